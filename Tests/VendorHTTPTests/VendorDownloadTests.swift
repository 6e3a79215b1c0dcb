import NIOCore
import Purchasing
import PurchasingTestKit
import Testing
import VendorHTTP

@Suite(.timeLimit(.minutes(1)))
struct `A download from a vendor` {
    /// What came of one: the text that came, and what it ended with.
    private struct Outcome: Equatable {
        var text = ""
        var failure: TransportFailure?
    }

    private static let text = String(repeating: "198.51.100.42,8000,helo_s1a2b3c4d5e,Mz4yQv8R\n", count: 1000)

    private func withClient<Value>(
        connections: Int = 2, answering answer: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Act,
        _ body: (VendorHTTPClient, ScriptedServer) async throws -> Value
    ) async throws -> Value {
        let server = try ScriptedServer(answering: answer)
        defer { server.stop() }
        let client = try VendorHTTPClient(
            address: VendorAddress(server.url), credential: .bearer(Secret("canary-key")), connections: connections)
        let value = try await body(client, server)
        await client.close()
        return value
    }

    private func request(idle: Duration = .seconds(10), limit: Int = 1 << 20) -> VendorRequest {
        var request = VendorRequest(.read, .get, ["ips"], deadline: idle)
        request.accept = .csv
        request.bodyLimit = limit
        request.wantedHeaders = ["x-ratelimit-remaining"]
        return request
    }

    private func outcome(of body: VendorBody) async -> Outcome {
        var outcome = Outcome()
        do throws(TransportFailure) {
            while let piece = try await body.next() { outcome.text += String(buffer: piece) }
        } catch { outcome.failure = error }
        return outcome
    }

    /// Downloads what a server answers.
    private func download(
        _ act: ScriptedServer.Act, idle: Duration = .seconds(10), longest: Duration = .seconds(60), limit: Int = 1 << 20
    ) async throws -> Outcome {
        try await withClient(answering: { _ in act }) { client, _ in
            switch await client.download(request(idle: idle, limit: limit), longest: longest) {
            case .body(_, let body): return await outcome(of: body)
            case .reply(.failed(let failure)): return Outcome(failure: failure)
            case .reply(.answer(let answer)): return Outcome(text: "\(answer.status)")
            }
        }
    }

    @Test func `comes whole, with the headers that were wanted`() async throws {
        let headers = ["X-RateLimit-Remaining": "7", "Set-Cookie": "a=b"]
        let act = ScriptedServer.Act.http(200, Self.text, headers: headers)
        try await withClient(answering: { _ in act }) { client, server in
            guard case .body(let head, let body) = await client.download(request(), longest: .seconds(60)) else {
                Issue.record("no body")
                return
            }
            #expect(head == VendorAnswer(status: 200, headers: ["x-ratelimit-remaining": "7"], body: []))
            #expect(await outcome(of: body) == Outcome(text: Self.text))
            // And it stays at its end.
            #expect(await outcome(of: body) == Outcome())
            #expect(server.requests.first?.headers["accept"] == "text/csv")
            #expect(server.requests.first?.headers["accept-encoding"] == nil)
        }
    }

    @Test func `comes in chunks`() async throws {
        let chunk = "\(String(Self.text.utf8.count, radix: 16))\r\n\(Self.text)\r\n"
        let act = ScriptedServer.Act.answer(
            Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)0\r\n\r\n".utf8))
        #expect(try await download(act) == Outcome(text: Self.text + Self.text))
    }

    @Test(arguments: ["Content-Length: 70000", "Transfer-Encoding: chunked"])
    func `that is cut is a failure, and never an end`(framing: String) async throws {
        let chunk =
            framing.hasPrefix("T") ? "\(String(Self.text.utf8.count, radix: 16))\r\n\(Self.text)\r\n" : Self.text
        for isReset in [false, true] {
            let bytes = Array("HTTP/1.1 200 OK\r\n\(framing)\r\n\r\n\(chunk)".utf8)
            let outcome = try await download(isReset ? .answerAndReset(bytes) : .answer(bytes))
            guard case .lost = outcome.failure else {
                Issue.record("it ended: \(String(describing: outcome.failure))")
                continue
            }
        }
    }

    @Test func `that broke stays broken`() async throws {
        let act = ScriptedServer.Act.answer(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234".utf8))
        try await withClient(answering: { _ in act }) { client, _ in
            guard case .body(_, let body) = await client.download(request(), longest: .seconds(60)) else { return }
            let failure = await outcome(of: body).failure
            #expect(failure != nil)
            #expect(await outcome(of: body) == Outcome(failure: failure))
        }
    }

    @Test(arguments: ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n"])
    func `that does not say where it ends is refused`(head: String) async throws {
        let outcome = try await download(.answer(Array((head + "198.51.100.42\n").utf8)))
        #expect(outcome == Outcome(failure: .lost(.unframedBody)))
    }

    @Test func `that stops coming is given up on`() async throws {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234".utf8)
        let outcome = try await download(.answerAndHang(bytes), idle: .milliseconds(300))
        #expect(outcome == Outcome(text: "1234", failure: .lost(.deadline)))
        #expect(try await download(.hang, idle: .milliseconds(300)) == Outcome(failure: .lost(.deadline)))
    }

    @Test func `that drips has its time and no more`() async throws {
        let outcome = try await download(
            .drip(ScriptedServer.Act.bytes(200, Self.text)), idle: .seconds(10), longest: .milliseconds(300))
        // The head drips too, so that the deadline of either may be the one that ends it.
        #expect(outcome.failure == .lost(.deadline))
    }

    @Test func `has a largest size`() async throws {
        let said = try await download(.http(200, Self.text), limit: 1000)
        #expect(said.failure == .lost(.bodyTooLarge))
        let endless = try await download(
            .flood(
                first: Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8),
                again: Array("a\r\n0123456789\r\n".utf8)),
            limit: 100_000)
        #expect(endless.failure == .lost(.bodyTooLarge))
        #expect(endless.text.utf8.count <= 100_000)
    }

    @Test(arguments: [204, 302, 307, 404, 429, 503])
    func `that is no download is an answer`(status: Int) async throws {
        let outcome = try await download(.http(status, "", headers: ["Location": "/elsewhere"]))
        #expect(outcome == (status == 204 ? Outcome() : Outcome(text: "\(status)")))
    }

    @Test func `gives its connection back when its reader leaves`() async throws {
        let piece = String(repeating: "198.51.100.42,8000,helo_s1a2b3c4d5e,Mz4yQv8R\n", count: 200)
        let chunk = Array("\(String(piece.utf8.count, radix: 16))\r\n\(piece)\r\n".utf8)
        let head = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        // Endless, so that a client that reads ahead would never come to rest.
        try await withClient(connections: 1, answering: { _ in .flood(first: head, again: chunk) }) { client, server in
            for _ in 0..<3 {
                guard case .body(_, let body) = await client.download(request(limit: .max), longest: .seconds(60))
                else {
                    Issue.record("there is no connection for it")
                    return
                }
                for _ in 0..<20 {
                    let next = try await body.next()
                    #expect(next != nil)
                }
            }
            #expect(server.connections == 3)
        }
    }
}
