import Testing

@Suite(.timeLimit(.minutes(1)))
struct `Door framing` {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: String
        let status: Int
        let code: String

        init(_ name: String, _ request: String, _ status: Int = 400, _ code: String = "malformed_request") {
            self.testDescription = name
            self.request = request
            self.status = status
            self.code = code
        }

        static func get(_ name: String, _ target: String, _ status: Int, _ code: String) -> Case {
            Case(name, "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n", status, code)
        }

        static func post(_ name: String, _ fields: String, _ status: Int = 400, _ code: String = "malformed_request")
            -> Case
        {
            Case(name, "POST /echo HTTP/1.1\r\nHost: a\r\n\(fields)\r\nabc", status, code)
        }
    }

    /// Requests after which the connection cannot be trusted.
    static let fatal: [Case] = [
        .post("Content-Length and Transfer-Encoding", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
        .post("Transfer-Encoding and Content-Length", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"),
        .post("two Content-Lengths", "Content-Length: 3\r\nContent-Length: 4\r\n"),
        .post("two equal Content-Lengths", "Content-Length: 3\r\nContent-Length: 3\r\n"),
        .post("a list as Content-Length", "Content-Length: 3, 3\r\n"),
        .post("a signed Content-Length", "Content-Length: +3\r\n"),
        .post("a negative Content-Length", "Content-Length: -1\r\n"),
        .post("a hexadecimal Content-Length", "Content-Length: 0x3\r\n"),
        .post("an endless Content-Length", "Content-Length: 99999999999999999999999\r\n"),
        .post("an unknown transfer coding", "Transfer-Encoding: xchunked\r\n"),
        .post("two transfer codings", "Transfer-Encoding: gzip, chunked\r\n"),
        .post("two Transfer-Encodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        .post("a bad chunk size", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        .post("a folded field", "Idempotency-Key: a\r\n b\r\nContent-Length: 3\r\n"),
        .post("a space before the colon", "Content-Length : 3\r\n"),
        .post("a NUL in a value", "Idempotency-Key: a\0b\r\nContent-Length: 3\r\n"),
        .post("a bare CR in a value", "Idempotency-Key: a\rb\r\nContent-Length: 3\r\n"),
        .post("an empty field name", ": a\r\nContent-Length: 3\r\n"),
        .post("65 fields", (1...64).map { "A\($0): b\r\n" }.joined()),
        .post("70,000 tiny fields", String(repeating: "A:\r\n", count: 70_000)),
        .post("a field of 9 KiB", "A: " + String(repeating: "b", count: 9 << 10) + "\r\n"),
        .post("a field name of 9 KiB", String(repeating: "b", count: 9 << 10) + ": a\r\n"),
        .post(
            "fields of 17 KiB", (1...17).map { "A\($0): " + String(repeating: "b", count: 1 << 10) + "\r\n" }.joined()),
        Case("a target of 100 KB", "GET /" + String(repeating: "a", count: 100_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("no Host", "GET /ping HTTP/1.1\r\n\r\n"),
        Case("two Hosts", "GET /ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        Case("bare LF", "GET /ping HTTP/1.1\nHost: a\n\n"),
        Case("an unknown method", "FETCH /ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a lower-case method", "get /ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
        Case("HTTP/0.9", "GET /ping\r\n\r\n"),
        Case("HTTP/1.2", "GET /ping HTTP/1.2\r\nHost: a\r\n\r\n"),
        Case("HTTP/2.0", "GET /ping HTTP/2.0\r\nHost: a\r\n\r\n"),
        Case("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Case("a TLS greeting", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{7C}\u{3}\u{3}"),
        Case("noise", "\u{1}\u{2}\u{3}~~~~\r\n\r\n"),
        .get("an absolute target", "http://a/ping", 400, "malformed_request"),
        .get("a target with a space", "/ping pong", 400, "malformed_request"),
        .get("a target beyond ASCII", "/pïng", 400, "malformed_request"),
        .get("an asterisk", "*", 400, "malformed_request"),
    ]

    @Test(arguments: fatal)
    func `answers with a problem and closes after`(request: Case) async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(request.request + "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try #require(await wire.answer())
                #expect(answer.status == request.status)
                #expect(answer.code == request.code)
                #expect(answer.values("Content-Type") == ["application/problem+json"])
                #expect(answer.values("Connection") == ["close"])
                #expect(answer.values("X-Request-Id") == [answer.member("request_id")])
                #expect(answer.values("Date").count == 1)
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    /// Requests that are wrong in themselves.
    static let harmless: [Case] = [
        .get("an unknown path", "/nothing", 404, "not_found"),
        .get("another case", "/Ping", 404, "not_found"),
        .get("a doubled slash", "//ping", 404, "not_found"),
        .get("a trailing slash", "/ping/", 404, "not_found"),
        .get("an escaped letter", "/%70ing", 404, "not_found"),
        .get("an escaped slash", "/a%2f..%2fping", 404, "not_found"),
        .get("an escaped NUL", "/ping%00", 404, "not_found"),
        .get("a way up", "/a/../ping", 404, "not_found"),
        .get("a way around", "/./ping", 404, "not_found"),
        .post("two keys", "Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 3\r\n"),
        .post("a key beyond ASCII", "Idempotency-Key: ä\r\nContent-Length: 3\r\n"),
        .post(
            "two media types", "Content-Type: a/b\r\nContent-Type: a/b\r\nContent-Length: 3\r\n", 415,
            "unsupported_media_type"),
        .post("two callers", "Authorization: a\r\nAuthorization: b\r\nContent-Length: 3\r\n", 401, "unauthenticated"),
        .post("a packed body", "Content-Encoding: gzip\r\nContent-Length: 3\r\n", 415, "unsupported_media_type"),
        Case("a great expectation", "GET /ping HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n", 417, "expectation_failed"),
    ]

    @Test(arguments: harmless)
    func `answers with a problem and goes on`(request: Case) async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(request.request)
                let answer = try #require(await wire.answer())
                #expect(answer.status == request.status)
                #expect(answer.code == request.code)
                #expect(answer.member("money_state") == "unchanged")
                #expect(answer.member("retry_action") == "fix_request")
                #expect(answer.values("WWW-Authenticate") == (request.status == 401 ? ["Bearer"] : []))
                try await wire.send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await wire.answer()?.body == "pong")
            }
        }
    }

    @Test
    func `refuses a key whose bytes are no text`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /ping HTTP/1.1\r\nHost: a\r\nIdempotency-Key: ")
                try await wire.send(bytes: [0xFF, 0xFE])
                try await wire.send("\r\n\r\n")
                #expect(await wire.answer()?.status == 400)
            }
        }
    }

    @Test
    func `answers as if nobody had asked to upgrade and closes after`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(
                    "GET /ping HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n")
                let answer = try #require(await wire.answer())
                #expect(answer.body == "pong")
                #expect(answer.values("Connection") == ["close"])
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    @Test
    func `answers HTTP 1.0 in its own version and closes after`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /stream HTTP/1.0\r\n\r\n")
                let rest = await wire.rest()
                #expect(rest.hasPrefix("HTTP/1.0 200 OK\r\n"))
                #expect(rest.hasSuffix("\r\n\r\none,two"))
            }
        }
    }
}
