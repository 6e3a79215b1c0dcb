import NIOCore
import NIOHTTP1
import Testing

@testable import GatewayAPI

@Suite
struct `Request targets` {
    @Test(
        arguments: [
            ("/", .plain), ("/orders", .plain), ("/v1/orders/ord_01", .plain), ("/orders?a=%20b", .plain),
            ("/orders?path=//..", .plain), ("/a.b", .plain), ("/...", .plain), ("/.well-known", .plain),
            ("/?q", .plain),
            ("//", .unknown), ("//orders", .unknown), ("/orders/", .unknown), ("/orders/?a", .unknown),
            ("/a//b", .unknown), ("/.", .unknown), ("/..", .unknown), ("/a/./b", .unknown), ("/a/../b", .unknown),
            ("/a/..", .unknown), ("/%6frders", .unknown), ("/%2e%2e/x", .unknown), ("/orders/%00", .unknown),
            ("", .unreadable), ("*", .unreadable), ("orders", .unreadable), ("http://a/orders", .unreadable),
            ("a:443", .unreadable), ("/a b", .unreadable), ("/a\u{7F}", .unreadable), ("/ä", .unreadable),
            ("/\u{FFFD}", .unreadable), ("/a#b", .unreadable), ("?a", .unreadable),
        ] as [(String, RequestTarget)])
    func `are plain, unknown or unreadable`(target: String, expected: RequestTarget) {
        #expect(RequestTarget(target) == expected)
    }
}

@Suite
struct `Head judgement` {
    static let host = ("Host", "a")

    static func judge(
        _ headers: [(String, String)], method: HTTPMethod = .POST, version: HTTPVersion = .http1_1
    ) -> HeadJudgement {
        HeadJudgement(
            HTTPRequestHead(version: version, method: method, uri: "/orders", headers: HTTPHeaders(headers)),
            bodyLimit: 100)
    }

    @Test(
        arguments: [
            ([("host", "a"), ("CONTENT-LENGTH", "100")], nil),
            ([("Host", "a"), ("Transfer-Encoding", "Chunked")], nil),
            ([], .malformedRequest),
            ([("Host", "a"), ("hOST", "a")], .malformedRequest),
            ([("Host", "a"), ("Content-Length", "1"), ("Transfer-Encoding", "chunked")], .malformedRequest),
            ([("Host", "a"), ("Content-Length", "1"), ("Content-Length", "1")], .malformedRequest),
            ([("Host", "a"), ("Transfer-Encoding", "gzip, chunked")], .malformedRequest),
            ([("Host", "a"), ("Transfer-Encoding", "xchunked")], .malformedRequest),
            ([("Host", "a"), ("Content-Length", "101")], .bodyTooLarge),
            ([("Host", "a"), ("Content-Length", "99999999999999999999")], .bodyTooLarge),
            ([("Host", "a"), ("Authorization", "Bearer a"), ("authorization", "Bearer b")], .unauthenticated),
            ([("Host", "a"), ("Idempotency-Key", "a"), ("idempotency-key", "a")], .malformedRequest),
            ([("Host", "a"), ("Idempotency-Key", "a\u{FFFD}")], .malformedRequest),
            ([("Host", "a"), ("Idempotency-Key", "\u{1}")], .malformedRequest),
            ([("Host", "a"), ("Idempotency-Key", "\"a b\"")], nil),
            ([("Host", "a"), ("Content-Type", "a/b"), ("Content-Type", "a/b")], .unsupportedMediaType),
            ([("Host", "a"), ("Content-Encoding", "gzip")], .unsupportedMediaType),
            ([("Host", "a"), ("Expect", "the moon")], .expectationFailed),
            ([("Host", "a"), ("Expect", "100-Continue")], nil),
        ] as [([(String, String)], DoorCode?)])
    func `refuses what could be read in two ways`(headers: [(String, String)], code: DoorCode?) {
        #expect(Self.judge(headers).refusal?.code == code)
    }

    @Test
    func `refuses to be a proxy`() {
        #expect(Self.judge([Self.host], method: .CONNECT).refusal?.endsConnection == true)
    }

    @Test
    func `lets HTTP 1.0 come without a host but not with a transfer coding`() {
        #expect(Self.judge([], version: .http1_0).refusal == nil)
        #expect(Self.judge([("Transfer-Encoding", "chunked")], version: .http1_0).refusal?.code == .malformedRequest)
        #expect(Self.judge([Self.host], version: .init(major: 1, minor: 2)).refusal?.code == .malformedRequest)
    }

    @Test(
        arguments: [
            (["abc"], "abc"), (["\"\\"], "\"\\"),
            ([String(repeating: "x", count: 128)], String(repeating: "x", count: 128)),
            ([], nil), ([""], nil), (["a b"], nil), (["ä"], nil), (["a", "b"], nil), (["a", "a"], nil),
            ([String(repeating: "x", count: 129)], nil),
        ] as [([String], String?)])
    func `keeps one good request id`(ids: [String], expected: String?) {
        let headers = [Self.host] + ids.map { ("X-Request-ID", $0) }
        #expect(Self.judge(headers).requestID == expected)
    }

    @Test(
        arguments: [
            ([("Host", "a")], HTTPVersion.http1_1, false),
            ([("Host", "a"), ("Connection", "Close")], .http1_1, true),
            ([("Host", "a"), ("Upgrade", "h2c"), ("Connection", "upgrade")], .http1_1, true),
            ([("Host", "a"), ("Connection", "keep-alive")], .http1_0, true),
        ])
    func `knows the last request of a connection`(headers: [(String, String)], version: HTTPVersion, isLast: Bool) {
        #expect(Self.judge(headers, version: version).isLast == isLast)
    }

    @Test(
        arguments: [
            ([("Content-Length", "5")], HTTPVersion.http1_1, true),
            ([("Transfer-Encoding", "chunked")], .http1_1, true),
            ([("Content-Length", "0")], .http1_1, false),
            ([], .http1_1, false),
            ([("Content-Length", "5")], .http1_0, false),
        ])
    func `says continue to those who wait with a body`(
        framing: [(String, String)], version: HTTPVersion, awaits: Bool
    ) {
        let headers = [Self.host, ("Expect", "100-continue")] + framing
        #expect(Self.judge(headers, version: version).awaitsContinue == awaits)
    }
}

@Suite
struct `Door problems` {
    @Test
    func `are JSON of fixed words`() {
        let body = DoorProblem.bodyTooLarge.body(requestID: "req_1", allocator: ByteBufferAllocator())
        #expect(
            String(buffer: body)
                == #"{"type":"/problems/body_too_large","title":"The request's body is too large","status":413,"#
                + #""code":"body_too_large","#
                + #""detail":"The body is larger than this server reads, so nothing was done.","#
                + #""money_state":"unchanged","retry_action":"fix_request","request_id":"req_1"}"#)
    }

    @Test
    func `escape the caller's request id`() {
        let body = DoorProblem.requestTimeout.body(requestID: #"a"b\c"#, allocator: ByteBufferAllocator())
        #expect(String(buffer: body).hasSuffix(#""retry_action":"same_key","request_id":"a\"b\\c"}"#))
    }

    @Test(arguments: DoorCode.allCases)
    func `need no escapes in their own words`(code: DoorCode) {
        for text in [code.rawValue, code.title, code.standardDetail] {
            #expect(text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
        }
    }

    @Test(
        arguments: [
            (400, .malformedRequest), (401, .unauthenticated), (404, .notFound), (405, .methodNotAllowed),
            (413, .bodyTooLarge), (422, .invalidRequest), (429, .rateLimited), (503, .overloaded),
            (431, .malformedRequest), (599, .internalError),
        ] as [(Int, DoorCode)])
    func `stand in for any bare status`(status: Int, code: DoorCode) {
        let problem = DoorProblem(standingInFor: status, isSafe: true)
        #expect(problem.code == code)
        #expect(problem.status == status)
        #expect(problem.moneyState == .unchanged)
    }

    @Test
    func `promise nothing about money when a spending route failed`() {
        #expect(DoorProblem(standingInFor: 500, isSafe: false).moneyState == .maybeSpent)
        #expect(DoorProblem(standingInFor: 404, isSafe: false).moneyState == .unchanged)
    }
}
