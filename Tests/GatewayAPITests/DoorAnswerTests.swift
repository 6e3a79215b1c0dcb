import GatewayAPI
import HummingbirdCore
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `Door answers` {
    @Test
    func `keep a connection that asked for nothing wrong`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                for _ in 1...3 {
                    try await wire.send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                    let answer = try #require(await wire.answer())
                    #expect(answer.body == "pong")
                    #expect(answer.values("Date").count == 1)
                    #expect(answer.values("Server") == [])
                    #expect(answer.values("Connection") == [])
                }
            }
        }
    }

    @Test(
        arguments: [
            (["mine-1"], "mine-1"), (["a\"b\\c"], "a\"b\\c"), ([], "req_test1"), (["a b"], "req_test1"),
            (["a", "b"], "req_test1"), ([String(repeating: "x", count: 129)], "req_test1"),
        ])
    func `carry the request id that the routes see`(ids: [String], expected: String) async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                let fields = ids.map { "x-request-id: \($0)\r\n" }.joined()
                try await wire.send("GET /ids HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
                let answer = try #require(await wire.answer())
                #expect(answer.body == expected)
                #expect(answer.values("X-Request-Id") == [expected])
            }
        }
    }

    @Test
    func `name the caller's request id in a problem`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /nothing HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\"b\\c\r\n\r\n")
                let answer = try #require(await wire.answer())
                #expect(answer.values("X-Request-Id") == ["a\"b\\c"])
                #expect(answer.body.hasSuffix(#""request_id":"a\"b\\c"}"#))
            }
        }
    }

    @Test(
        arguments: [
            ("GET", "/boom", 500, "internal_error", "unchanged", "same_key"),
            ("POST", "/boom", 500, "internal_error", "maybe_spent", "same_key"),
            ("GET", "/limited", 429, "rate_limited", "unchanged", "wait"),
            ("DELETE", "/ping", 404, "not_found", "unchanged", "fix_request"),
        ])
    func `get a problem in the place of a bare error`(
        method: String, path: String, status: Int, code: String, moneyState: String, retryAction: String
    ) async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("\(method) \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                let answer = try #require(await wire.answer())
                #expect(answer.status == status)
                #expect(answer.values("Content-Type") == ["application/problem+json"])
                #expect(answer.member("type") == "/problems/\(code)")
                #expect(answer.member("status") == "\(status)")
                #expect(answer.code == code)
                #expect(answer.member("money_state") == moneyState)
                #expect(answer.member("retry_action") == retryAction)
                #expect(answer.values("Retry-After") == (status == 429 ? ["7"] : []))
                try await wire.send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await wire.answer()?.body == "pong")
            }
        }
    }

    @Test
    func `leave a route's own problem alone`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /own HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try #require(await wire.answer())
                #expect(answer.status == 409)
                #expect(answer.body == #"{"code":"kyc_required"}"#)
            }
        }
    }

    @Test(arguments: ["/ping", "/stream", "/nothing", "//", "/boom", "/own"])
    func `to a HEAD are those to a GET without the body`(path: String) async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET \(path) HTTP/1.1\r\nHost: a\r\nX-Request-Id: i\r\n\r\n")
                let get = try #require(await wire.answer())
                try await wire.send("HEAD \(path) HTTP/1.1\r\nHost: a\r\nX-Request-Id: i\r\n\r\n")
                let head = try #require(await wire.answer(isHead: true))
                #expect(head.status == get.status)
                #expect(head.values("Content-Length") == get.values("Content-Length"))
                #expect(head.values("Content-Type") == get.values("Content-Type"))
                try await wire.send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await wire.answer()?.body == "pong")
            }
        }
    }

    @Test(
        arguments: [
            "GET /ping HTTP/1.1\r\nHost: a\r\nConnection: CLOSE\r\n\r\n", "GET /last HTTP/1.1\r\nHost: a\r\n\r\n",
        ])
    func `close the connection when either side asks for it`(request: String) async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(request)
                let answer = try #require(await wire.answer())
                #expect(answer.status == 200)
                #expect(answer.values("Connection") == ["close"])
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    @Test
    func `reach a caller that has closed its side, to the last byte`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                wire.finish()
                let rest = await wire.rest()
                #expect(rest.utf8.count > 16 << 20)
                #expect(rest.hasSuffix("pong"))
            }
        }
    }

    @Test
    func `come over a Unix-domain socket too`() async throws {
        let path = "/tmp/door-\(UInt32.random(in: 0 ... .max)).sock"
        try await DoorServer.run(at: .unixDomainSocket(path: path)) { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\nGET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await wire.answer()?.code == "not_found")
                #expect(await wire.answer()?.body == "pong")
            }
        }
    }
}
