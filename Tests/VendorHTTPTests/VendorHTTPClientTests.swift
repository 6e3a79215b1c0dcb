import Dispatch
import ExactJSON
import Purchasing
import PurchasingTestKit
import Testing
import VendorHTTP

@Suite(.timeLimit(.minutes(1)))
struct `The client of one vendor account` {
    /// Runs with a client of a scripted server, and closes both.
    private func withClient<Result>(
        _ credential: VendorCredential = .bearer(Secret("canary-key")), once: Bool = false,
        answering answer: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Act,
        _ body: (VendorHTTPClient, ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let server = try ScriptedServer(answering: answer)
        defer { server.stop() }
        let client = try VendorHTTPClient(
            address: VendorAddress(server.url + "/v1"), credential: credential, connections: 2,
            usesConnectionsOnce: once)
        let result = try await body(client, server)
        await client.close()
        return result
    }

    private func request(
        _ purpose: VendorRequest.Purpose, _ action: VendorRequest.Action, _ path: [VendorPathComponent] = ["orders"]
    ) -> VendorRequest {
        VendorRequest(purpose, action, path, deadline: .seconds(10))
    }

    @Test func `sends exactly what it was given`() async throws {
        try await withClient(answering: { _ in .http(200, "{}") }) { client, server in
            var call = request(.purchase, .post(Array(#"{"gb":50}"#.utf8)), ["isp", "batches", "orders"])
            call.query = [VendorQueryItem("cursor", "a b&c=d/ü")]
            call.idempotencyKey = "ord_1"
            call.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            _ = await client.send(call)
            let sent = try #require(server.requests.first)
            #expect(sent.method == "POST")
            #expect(sent.target == "/v1/isp/batches/orders?cursor=a%20b%26c%3Dd%2F%C3%BC")
            #expect(sent.text == #"{"gb":50}"#)
            #expect(sent.headers["authorization"] == "Bearer canary-key")
            #expect(sent.headers["content-type"] == "application/json")
            #expect(sent.headers["content-length"] == "9")
            #expect(sent.headers["idempotency-key"] == "ord_1")
            let trace = try #require(sent.headers["traceparent"]?.wholeMatch(of: Self.passedOn))
            #expect(trace.1 != "00f067aa0ba902b7" && trace.1 != "0000000000000000")
        }
    }

    private static var passedOn: Regex<(Substring, Substring)> {
        /00-4bf92f3577b34da6a3ce929d0e0e4736-([0-9a-f]{16})-01/
    }

    @Test func `each call of a trace has a parent of its own, and a call of no trace has none`() async throws {
        try await withClient(answering: { _ in .http(200, "{}") }) { client, server in
            let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            await CallTrace.$traceparent.withValue(trace) {
                for call in [request(.read, .get), request(.purchase, .post([123, 125])), request(.purchase, .delete)] {
                    _ = await client.send(call)
                }
            }
            _ = await client.send(request(.read, .get))
            _ = await client.send(request(.purchase, .post([123, 125])))
            let sent = server.requests.map { $0.headers["traceparent"] }
            let parents = sent.prefix(3).compactMap { $0?.wholeMatch(of: Self.passedOn).map { String($0.1) } }
            #expect(Set(parents).count == 3)
            #expect(sent.suffix(2) == [nil, nil])
            // Nothing else of ours goes with it.
            let names = Set(server.requests.flatMap(\.headers.keys))
            #expect(
                names.isSubset(of: [
                    "host", "accept", "user-agent", "authorization", "traceparent", "content-type", "content-length",
                    "connection",
                ]), "\(names)")
        }
    }

    @Test func `takes away with no body, and says nothing about one`() async throws {
        try await withClient(answering: { _ in .http(204, "") }) { client, server in
            let reply = await client.send(request(.purchase, .delete, ["isp", "batches"]))
            #expect(reply == .answer(VendorAnswer(status: 204, body: [])))
            let sent = try #require(server.requests.first)
            #expect(sent.method == "DELETE" && sent.target == "/v1/isp/batches" && sent.body.isEmpty)
            #expect(sent.headers["content-type"] == nil && sent.headers["transfer-encoding"] == nil)
            #expect(sent.headers["authorization"] == "Bearer canary-key")
        }
    }

    @Test(arguments: [VendorRequest.Action.delete, .post([])])
    func `proves nothing about a call without a body that was not answered in time`(_ action: VendorRequest.Action)
        async throws
    {
        try await withClient(answering: { _ in .hang }) { client, server in
            var call = request(.purchase, action)
            call.deadline = .milliseconds(200)
            let reply = await client.send(call)
            #expect(reply == .failed(.lost(.deadline)))
            #expect(server.requests.count == 1)
        }
        let client = try VendorHTTPClient(
            address: VendorAddress(ScriptedServer.refusingURL()), credential: .bearer(Secret("k")), connections: 1)
        #expect(await client.send(request(.purchase, action)) == .failed(.notSent(.connectionRefused)))
        await client.close()
    }

    @Test func `puts a key that belongs into the path there and nowhere else`() async throws {
        try await withClient(.pathSegment(Secret("canary_key-1")), answering: { _ in .http(200, "{}") }) {
            client, server in
            _ = await client.send(request(.read, .get, ["client", .credential, "balance"]))
            let sent = try #require(server.requests.first)
            #expect(sent.target == "/v1/client/canary_key-1/balance")
            #expect(!sent.headers.values.contains { $0.contains("canary") })
        }
    }

    @Test(arguments: [
        "", "00-x", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\r", "x\r\nA: b",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e47360-0f067aa0ba902b7-01",
    ])
    func `leaves out what is no traceparent`(_ text: String) async throws {
        try await withClient(answering: { _ in .http(200, "{}") }) { client, server in
            var call = request(.read, .get)
            call.traceparent = text
            _ = await client.send(call)
            #expect(server.requests.first?.headers["traceparent"] == nil)
        }
    }

    @Test func `gives the headers that were asked for and no others`() async throws {
        let headers = ["Retry-After": "8", "Set-Cookie": "a=b", "X-RateLimit-Reset": "1717029600"]
        try await withClient(answering: { _ in .http(429, "", headers: headers) }) { client, _ in
            var call = request(.read, .get)
            call.wantedHeaders = RetryAfter.headers
            let reply = await client.send(call)
            #expect(
                reply
                    == .answer(
                        VendorAnswer(
                            status: 429, headers: ["retry-after": "8", "x-ratelimit-reset": "1717029600"], body: [])))
        }
    }

    @Test(arguments: [true, false])
    func `never lets a second answer on a connection become that of the next call`(_ once: Bool) async throws {
        let first = ScriptedServer.Act.bytes(200, #"{"n":1}"#) + ScriptedServer.Act.bytes(200, #"{"n":666}"#)
        try await withClient(
            once: once,
            answering: { $0.target == "/v1/first" ? .answerAndKeep(first) : .http(200, #"{"n":2}"#) }
        ) { client, _ in
            #expect(await client.send(request(.read, .get, ["first"])) == self.answer(#"{"n":1}"#))
            // A connection that is used again may break on what was left in it; it may not mix up answers.
            let second = await client.send(request(.read, .get, ["second"]))
            let isLost = if case .failed(.lost) = second { true } else { false }
            #expect(second == self.answer(#"{"n":2}"#) || !once && isLost)
            #expect(await client.send(request(.read, .get, ["third"])) == self.answer(#"{"n":2}"#))
        }
    }

    private func answer(_ body: String) -> VendorReply {
        .answer(VendorAnswer(status: 200, body: Array(body.utf8)))
    }

    @Test func `uses each connection once where that is asked for`() async throws {
        for (once, connections) in [(true, 3), (false, 1)] {
            try await withClient(once: once, answering: { _ in .http(200, "{}") }) { client, server in
                for _ in 0..<3 { _ = await client.send(request(.read, .get)) }
                #expect(server.connections == connections)
            }
        }
    }

    @Test(arguments: [
        (VendorRequest.Purpose.purchase, VendorRequest.Action.post(Array("{}".utf8))), (.read, .get),
    ])
    func `does not follow a redirect, nor carry the key to another host`(
        purpose: VendorRequest.Purpose, action: VendorRequest.Action
    ) async throws {
        let other = try ScriptedServer { _ in .http(200, "{}") }
        defer { other.stop() }
        try await withClient(
            answering: { _ in .http(307, "", headers: ["Location": other.url + "/steal"]) }
        ) { client, server in
            let reply = await client.send(request(purpose, action))
            #expect(reply == .answer(VendorAnswer(status: 307, body: [])))
            #expect(server.requests.count == 1)
            #expect(other.connections == 0)
        }
    }

    @Test func `does not unpack what is packed`() async throws {
        try await withClient(answering: { _ in .http(200, "{}", headers: ["Content-Encoding": "gzip"]) }) {
            client, server in
            let reply = await client.send(request(.read, .get))
            #expect(reply == .answer(VendorAnswer(status: 200, body: Array("{}".utf8))))
            #expect(server.requests.first?.headers["accept-encoding"] == nil)
        }
    }

    @Test func `finishes a purchase whose caller went away, and drops a read`() async throws {
        try await withClient(answering: { $0.method == "POST" ? .http(200, "{}") : .hang }) { client, _ in
            let purchase = request(.purchase, .post([]))
            let bought = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await client.send(purchase)
            }
            #expect(await bought.value == .answer(VendorAnswer(status: 200, body: Array("{}".utf8))))
            let read = request(.read, .get)
            let dropped = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await client.send(read)
            }
            #expect(await dropped.value == .failed(.lost(.canceled)))
        }
    }

    @Test func `waits for a free connection no longer than for a new one, and says that nothing was sent`() async throws
    {
        let server = try ScriptedServer { $0.target == "/v1/slow" ? .hang : .http(200, "{}") }
        defer { server.stop() }
        let client = try VendorHTTPClient(
            address: VendorAddress(server.url + "/v1"), credential: .bearer(Secret("k")),
            connectTimeout: .milliseconds(500), connections: 1)
        var slow = request(.read, .get, ["slow"])
        slow.deadline = .seconds(2)
        async let busy = client.send(slow)
        while server.requests.isEmpty { await Task.yield() }
        let reply = await client.send(request(.purchase, .post([])))
        #expect(reply == .failed(.notSent(.noConnectionInTime)))
        #expect(await busy == .failed(.lost(.deadline)))
        #expect(server.requests.count == 1)
        await client.close()
    }

    @Test func `delivers the answer to a purchase that comes after the deadline`() async throws {
        let isOverdue = DispatchSemaphore(value: 0)
        try await withClient(answering: { _ in
            isOverdue.wait()
            return .http(200, #"{"n":1}"#)
        }) { client, server in
            var call = request(.purchase, .post(Array("{}".utf8)))
            call.deadline = .seconds(1)
            let (answers, continuation) = AsyncStream.makeStream(of: VendorAnswer.self)
            let caller = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await client.send(call) { continuation.yield($0) }
            }
            #expect(await caller.value == .failed(.lost(.deadline)))
            isOverdue.signal()
            var late = answers.makeAsyncIterator()
            #expect(await late.next().map(VendorReply.answer) == self.answer(#"{"n":1}"#))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `listens for a late answer as long again, and then lets the connection go`() async throws {
        let server = try ScriptedServer { $0.target == "/v1/orders" ? .hang : .http(200, "{}") }
        defer { server.stop() }
        let client = try VendorHTTPClient(
            address: VendorAddress(server.url + "/v1"), credential: .bearer(Secret("k")), connections: 1)
        var purchase = request(.purchase, .post(Array("{}".utf8)))
        purchase.deadline = .milliseconds(500)
        let reply = await client.send(purchase) { Issue.record("there is no answer, but \($0) was told") }
        #expect(reply == .failed(.lost(.deadline)))
        // The one connection is free again before the HTTP client's own deadline would end the call.
        #expect(await client.send(request(.read, .get, ["read"])) == self.answer("{}"))
        await client.close()
    }

    @Test func `drops the late answer to a read`() async throws {
        let isOverdue = DispatchSemaphore(value: 0)
        try await withClient(answering: { request in
            if request.method == "POST" { isOverdue.wait() }
            return .http(200, "{}")
        }) { client, _ in
            var call = request(.read, .post(Array("{}".utf8)))
            call.deadline = .milliseconds(200)
            let reply = await client.send(call) { _ in Issue.record("a read was answered late") }
            #expect(reply == .failed(.lost(.deadline)))
            isOverdue.signal()
            #expect(await client.send(request(.read, .get)) == self.answer("{}"))
        }
    }

    @Test func `is of no use once it is closed`() async throws {
        try await withClient(answering: { _ in .http(200, "{}") }) { client, server in
            await client.close()
            #expect(await client.send(request(.purchase, .post([]))) == .failed(.notSent(.clientClosed)))
            #expect(server.connections == 0)
        }
    }

    @Test(arguments: ["a\r\nX: y", "a\u{0}b"]) func `refuses to send a key that would break the head`(_ key: String)
        async throws
    {
        try await withClient(answering: { _ in .http(200, "{}") }) { client, server in
            var call = request(.purchase, .post([]))
            call.idempotencyKey = key
            #expect(await client.send(call) == .failed(.notSent(.requestNotBuilt)))
            #expect(server.requests.isEmpty)
        }
    }
}
