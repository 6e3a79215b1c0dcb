import Foundation
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing
import WebhookHTTP

/// Against real sockets: what leaves, where it goes, and what comes back.
@Suite(.timeLimit(.minutes(1))) struct WebhookHTTPTests {
    private static let here = "127.0.0.1"

    /// Sends once.
    /// - Parameters:
    ///   - host: the name in the URL; the resolver leads it to the addresses.
    private static func send(
        to server: ScriptedServer, host: String = "receiver.example", path: String = "/in?x=1", scheme: String = "http",
        addresses: [String] = [here], allowed: String? = nil, allowsHTTP: Bool = true, allowsPrivate: Bool = true,
        timeout: Duration = .seconds(5), body: [UInt8] = Array("{}".utf8), times: Int = 1, asked: Counter = Counter()
    ) async throws -> WebhookReply {
        let port = try #require(URL(string: server.url)?.port)
        let entry = try #require(WebhookHosts.Entry(allowed ?? "\(host):\(port)"))
        let hosts = WebhookHosts(allowed: [entry], allowsHTTP: allowsHTTP, allowsPrivate: allowsPrivate)
        let resolve: HostResolver.Resolve = { (name: String) throws(WebhookFailure) in
            asked.add()
            guard name == host else { throw .nameNotResolved }
            return addresses.compactMap(NetworkAddress.init)
        }
        let client = WebhookHTTPClient(hosts: hosts, timeout: timeout, resolve: resolve, now: { .example })
        let request = WebhookRequest(
            url: try WebhookURL("\(scheme)://\(host):\(port)\(path)"), id: "evt_1", timestamp: "17",
            signature: "v1,abc",
            body: body)
        var reply = await client.send(request)
        for _ in 1..<times { reply = await client.send(request) }
        await client.close()
        return reply
    }

    @Test func `the body is posted, with the three fields and nothing of ours beside them`() async throws {
        let server = try ScriptedServer { _ in .http(204, "") }
        defer { server.stop() }
        let reply = try await Self.send(to: server, body: Array(#"{"a":1}"#.utf8))
        #expect(reply == .answered(status: 204, retryAfter: nil))
        let request = try #require(server.requests.first)
        #expect(request.method == "POST" && request.target == "/in?x=1" && request.text == #"{"a":1}"#)
        let port = try #require(URL(string: server.url)?.port)
        #expect(
            request.headers == [
                "host": "receiver.example:\(port)", "content-type": "application/json", "content-length": "7",
                "webhook-id": "evt_1", "webhook-timestamp": "17", "webhook-signature": "v1,abc",
            ])
    }

    @Test func `a name in capitals leads to the address that was judged, too`() async throws {
        let server = try ScriptedServer { _ in .http(200, "ok") }
        defer { server.stop() }
        let port = try #require(URL(string: server.url)?.port)
        let hosts = WebhookHosts(
            allowed: [.init("receiver.example:\(port)")].compactMap(\.self), allowsHTTP: true, allowsPrivate: true)
        let client = WebhookHTTPClient(hosts: hosts) { (_: String) throws(WebhookFailure) in
            [NetworkAddress(Self.here)].compactMap(\.self)
        }
        let url = try WebhookURL("http://Receiver.EXAMPLE:\(port)/")
        let reply = await client.send(WebhookRequest(url: url, id: "e", timestamp: "1", signature: "s", body: []))
        #expect(reply.status == 200)
        await client.close()
    }

    @Test func `a name is looked up once for each attempt, and the connection goes to that address`() async throws {
        let server = try ScriptedServer { _ in .http(200, "ok") }
        defer { server.stop() }
        let asked = Counter()
        // Whoever looked the name up again would find nothing: it is in nobody's DNS.
        #expect(try await Self.send(to: server, times: 3, asked: asked).status == 200)
        #expect(asked.count == 3 && server.requests.count == 3)
    }

    @Test(arguments: ["127.0.0.1", "10.0.0.1", "::1", "169.254.169.254", "::ffff:127.0.0.1", "0.0.0.0", "fe80::1"])
    func `a name that leads inside is refused before a byte leaves`(address: String) async throws {
        let server = try ScriptedServer { _ in .http(200, "ok") }
        defer { server.stop() }
        #expect(
            try await Self.send(to: server, addresses: [address], allowsPrivate: false) == .failed(.addressNotAllowed))
        #expect(
            try await Self.send(to: server, addresses: ["93.184.215.14", address], allowsPrivate: false)
                == .failed(.addressNotAllowed))
        #expect(server.connections == 0)
    }

    @Test func `an address of its own may be inside`() async throws {
        let server = try ScriptedServer { _ in .http(200, "ok") }
        defer { server.stop() }
        let asked = Counter()
        let reply = try await Self.send(to: server, host: Self.here, allowsPrivate: false, asked: asked)
        #expect(reply.status == 200)
        #expect(asked.count == 0)
    }

    @Test func `a host that is allowed no more is sent nothing`() async throws {
        let server = try ScriptedServer { _ in .http(200, "ok") }
        defer { server.stop() }
        #expect(try await Self.send(to: server, allowed: "other.example:1") == .failed(.hostNotAllowed))
        #expect(try await Self.send(to: server, allowsHTTP: false) == .failed(.hostNotAllowed))
        #expect(server.connections == 0)
    }

    @Test(arguments: [301, 302, 303, 307, 308]) func `no redirect is followed`(status: Int) async throws {
        let inside = try ScriptedServer { _ in .http(200, "secret") }
        let server = try ScriptedServer { _ in .http(status, "", headers: ["Location": inside.url + "/latest"]) }
        defer {
            server.stop()
            inside.stop()
        }
        let reply = try await Self.send(to: server)
        #expect(reply.reason == "redirected")
        #expect(inside.connections == 0 && server.requests.count == 1)
    }

    @Test func `an answer that never ends is an answer, and is not read`() async throws {
        let head = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        let chunk = Array("400\r\n\(String(repeating: "x", count: 1024))\r\n".utf8)
        for act: ScriptedServer.Act in [
            .flood(first: head, again: chunk), .answerAndHang(head),
            .answerAndHang(Array("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nx".utf8)),
        ] {
            let server = try ScriptedServer { _ in act }
            defer { server.stop() }
            #expect(try await Self.send(to: server).status == 200)
        }
    }

    @Test func `an answer that drips, or does not come, ends in time`() async throws {
        for act: ScriptedServer.Act in [.drip([UInt8](repeating: 0x48, count: 10_000)), .hang] {
            let server = try ScriptedServer { _ in act }
            defer { server.stop() }
            let reply = try await Self.send(to: server, timeout: .milliseconds(300))
            #expect(reply == .failed(.timedOut) || reply == .failed(.noAnswer))
        }
    }

    @Test func `a head that is too long, a reset and a mess are no answers`() async throws {
        let long = Array(("HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 200_000)).utf8)
        for act: ScriptedServer.Act in [.answer(long), .reset, .close, .answer(Array("hello\r\n\r\n".utf8))] {
            let server = try ScriptedServer { _ in act }
            defer { server.stop() }
            #expect(try await Self.send(to: server) == .failed(.noAnswer))
        }
    }

    @Test func `where nobody listens there is no connection, and where no TLS is none either`() async throws {
        let server = try ScriptedServer(at: .accepted(.answer(Array("this is no TLS\r\n".utf8))))
        #expect(try await Self.send(to: server, scheme: "https", allowsHTTP: false) == .failed(.tlsFailed))
        server.stop()
        let port = try #require(URL(string: try ScriptedServer.refusingURL())?.port)
        let hosts = WebhookHosts(allowed: [.init("127.0.0.1:\(port)")].compactMap(\.self), allowsHTTP: true)
        let client = WebhookHTTPClient(hosts: hosts)
        let url = try WebhookURL("http://127.0.0.1:\(port)/")
        let reply = await client.send(WebhookRequest(url: url, id: "e", timestamp: "1", signature: "s", body: []))
        #expect(reply == .failed(.notConnected))
        await client.close()
    }

    @Test func `a name that is not found, or hangs, is told so`() async throws {
        let server = try ScriptedServer { _ in .http(200, "ok") }
        defer { server.stop() }
        #expect(try await Self.send(to: server, addresses: []) == .failed(.nameNotResolved))
        let hosts = WebhookHosts(allowed: [.init("slow.example")].compactMap(\.self))
        let client = WebhookHTTPClient(hosts: hosts, timeout: .milliseconds(100)) {
            (_: String) throws(WebhookFailure) in
            do { try await ContinuousClock().sleep(for: .seconds(30)) } catch { throw .nameNotResolved }
            return []
        }
        let url = try WebhookURL("https://slow.example/")
        let reply = await client.send(WebhookRequest(url: url, id: "e", timestamp: "1", signature: "s", body: []))
        #expect(reply == .failed(.timedOut))
        await client.close()
    }

    @Test(arguments: [
        ("120", Duration.seconds(120)), ("Thu, 28 May 2026 10:01:00 GMT", .seconds(60)),
        ("Thu, 28 May 2026 09:00:00 GMT", .zero), ("soon", nil), ("-1", nil), ("1e3", nil),
    ])
    func `how long it wants to be left alone is read`(text: String, pause: Duration?) async throws {
        let server = try ScriptedServer { _ in .http(503, "", headers: ["Retry-After": text]) }
        defer { server.stop() }
        #expect(try await Self.send(to: server) == .answered(status: 503, retryAfter: pause))
    }

    @Test func `the system finds this machine`() async throws {
        #expect(try await HostResolver.system("localhost").contains { $0.text == Self.here })
        await #expect(throws: WebhookFailure.nameNotResolved) { try await HostResolver.system("no.such.name.invalid") }
    }
}

/// Counts.
final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
}
