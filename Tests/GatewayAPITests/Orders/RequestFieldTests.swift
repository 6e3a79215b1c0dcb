import HTTPTypes
import Purchasing
import Testing

@testable import GatewayAPI

@Suite struct `Idempotency key` {
    @Test(arguments: [
        ("a", "a"), ("crawler-2026-05-28-001", "crawler-2026-05-28-001"), ("\"a\"", "a"), (" a ", "a"),
        ("a\"b", "a\"b"),
        (#""a\"b\\c""#, #"a"b\c"#), ("a\\b", "a\\b"), ("~!#", "~!#"), ("a,b;c=d", "a,b;c=d"),
        (String(repeating: "k", count: 255), String(repeating: "k", count: 255)),
        ("\"\(String(repeating: "k", count: 255))\"", String(repeating: "k", count: 255)),
    ])
    func `is read with or without quotes`(value: String, key: String) throws {
        #expect(try IdempotencyKey.of([.idempotencyKey: value], isRequired: true)?.text == key)
    }

    @Test(arguments: [
        "a b", "a, b", "\"", "\"a", "\"a\"b", "\"a\";p=1", "\"\"", "\"a b\"", #""a\b""#, #""a\"#, "ä", "a\tb",
        "\u{FFFD}",
        String(repeating: "k", count: 256), "\"\(String(repeating: "k", count: 256))\"",
    ])
    func `is nothing else`(value: String) {
        let problem = #expect(throws: Problem.self) {
            try IdempotencyKey.of([.idempotencyKey: value], isRequired: false)
        }
        #expect(problem?.code == .malformedRequest)
    }

    @Test func `comes once`() {
        var headers: HTTPFields = [.idempotencyKey: "a"]
        headers.append(HTTPField(name: .idempotencyKey, value: "a"))
        let problem = #expect(throws: Problem.self) { try IdempotencyKey.of(headers, isRequired: false) }
        #expect(problem?.code == .malformedRequest)
    }

    @Test func `is missing when it is absent or empty`() throws {
        let absent = #expect(throws: Problem.self) { try IdempotencyKey.of([:], isRequired: true) }
        #expect(absent?.code == .idempotencyKeyMissing)
        let empty = #expect(throws: Problem.self) {
            try IdempotencyKey.of([.idempotencyKey: " "], isRequired: false)
        }
        #expect(empty?.code == .idempotencyKeyMissing)
        #expect(try IdempotencyKey.of([:], isRequired: false) == nil)
    }
}

@Suite struct Preference {
    typealias Subject = GatewayAPI.Preference

    @Test(arguments: [
        ("wait=10", 10, "wait=10"), ("wait=0", 0, "wait=0"), ("wait=60", 60, "wait=60"), ("wait=61", 60, "wait=60"),
        ("wait=999999", 60, "wait=60"), ("wait=99999999999999999999", 60, "wait=60"), ("WAIT = 5", 5, "wait=5"),
        ("wait=\"5\"", 5, "wait=5"), ("wait=5; x=y", 5, "wait=5"), ("respond-async", 0, "respond-async"),
        ("Respond-Async", 0, "respond-async"), ("respond-async, wait=5", 5, "respond-async, wait=5"),
        ("foo, wait=5, wait=9", 5, "wait=5"), ("return=minimal", 30, nil), ("wait", 30, nil), ("wait=", 30, nil),
        ("wait=-1", 30, nil), ("wait=1.5", 30, nil), ("wait=abc", 30, nil), ("wait=\"", 30, nil), ("", 30, nil),
        (",,;=", 30, nil), ("respond-async=1", 30, nil),
    ])
    func `is how long to wait`(value: String, seconds: Int, applied: String?) {
        let preference = Subject([.prefer: value])
        #expect(preference.duration(default: .seconds(30)) == .seconds(seconds))
        #expect(preference.applied == applied)
    }

    @Test func `is read from several fields`() {
        var headers: HTTPFields = [.prefer: "respond-async"]
        headers.append(HTTPField(name: .prefer, value: "wait=3"))
        #expect(Subject(headers).duration(default: .seconds(30)) == .seconds(3))
    }

    @Test func `is never more than a minute, whatever the configuration says`() {
        #expect(Subject([:]).duration(default: .seconds(300)) == .seconds(60))
    }
}

@Suite struct `Trace parent` {
    static let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func `is passed on as it came`() {
        #expect(TraceParent.of([.traceParent: Self.good]) == Self.good)
    }

    @Test(arguments: [
        "", "00", good.uppercased(), good + "-x", String(good.dropLast()), "ff" + good.dropFirst(2),
        "01" + good.dropFirst(2), "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", good.replacing("-", with: "_"),
        good.replacing("4bf9", with: "4bfg"),
    ])
    func `is dropped when it is anything else`(value: String) {
        #expect(TraceParent.of([.traceParent: value]) == nil)
    }

    @Test func `is dropped when it comes twice`() {
        var headers: HTTPFields = [.traceParent: Self.good]
        headers.append(HTTPField(name: .traceParent, value: Self.good))
        #expect(TraceParent.of(headers) == nil)
    }
}
