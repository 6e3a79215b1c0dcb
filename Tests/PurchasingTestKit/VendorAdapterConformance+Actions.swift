import ExactJSON
import Foundation
public import Purchasing

/// Changing what was bought: what each thing that can happen to the call proves. The call is never made twice.
extension VendorAdapterConformance {
    /// What the outcome of an action must be.
    public enum ActionExpectation: Sendable, Hashable {
        case done
        case refused(Refusal.Reason)
        /// Any of the words, or any word at all where none is given.
        case notSent([String])
        case unknown([String])
        /// Two errors race for it, or a call without a body proves less, and either is safe.
        case notSentOrUnknown

        func isMet(by outcome: ActionOutcome) -> Bool {
            switch (self, outcome) {
            case (.done, .done): true
            case (.refused(let reason), .refused(let refusal)): reason == refusal.reason
            case (.notSent(let words), .notSent(let proof)): words.isEmpty || words.contains(proof.reason)
            case (.unknown(let words), .unknown(let doubt)): words.isEmpty || words.contains(doubt.reason)
            case (.notSentOrUnknown, .notSent), (.notSentOrUnknown, .unknown): true
            default: false
            }
        }
    }

    /// Something that happens to the call of an action, and what must be made of it.
    public struct ActionCase: Sendable, CustomStringConvertible {
        let name: String
        let action: VendorActionDialect
        let peer: Peer
        let expectation: ActionExpectation
        /// How many whole requests may have reached the server.
        let requests: ClosedRange<Int>
        var deadline = Duration.seconds(10)

        public var description: String { "\(action.name) \(name)" }
    }

    /// Every case of an action: what transports do to any vendor, and what this vendor's own words mean.
    public func actionCases(_ action: VendorActionDialect) -> [ActionCase] {
        unsentCases(of: action) + lostCases(of: action) + framedCases(of: action) + answeredCases(of: action)
    }

    /// Runs one case.
    /// - Returns: what was wrong; empty when all was well.
    public func run(_ test: ActionCase) async throws -> [String] {
        let (server, url) = try open(test.peer)
        defer { server?.stop() }
        let adapter = try dialect.makeAdapter(url, test.deadline)
        let outcome = await adapter.adapter.perform(test.action.call)
        await adapter.close()
        var faults: [String] = []
        if !test.expectation.isMet(by: outcome) { faults.append("expected \(test.expectation), got \(outcome)") }
        let requests = server?.requests.count ?? 0
        if !test.requests.contains(requests) { faults.append("\(requests) requests arrived, not \(test.requests)") }
        if case .notSent(.unreachable) = outcome, requests > 0 {
            faults.append("said to be not sent, but it arrived")
        }
        var words = "\(outcome)" + String(reflecting: outcome)
        dump(outcome, to: &words)
        if case .done(let receipt) = outcome { words += receipt.details.text + receipt.result.text }
        for secret in [dialect.key] + test.action.secrets where words.contains(secret) {
            faults.append("a secret stands in the outcome")
        }
        return faults
    }

    // MARK: Cases

    private func unsentCases(of action: VendorActionDialect) -> [ActionCase] {
        let proved = { (words: [String]) in action.hasBody ? ActionExpectation.notSent(words) : .notSentOrUnknown }
        let tls = { (name: String, act: ScriptedServer.Act, expectation: ActionExpectation) in
            ActionCase(
                name: name, action: action, peer: .serverForTLS(act), expectation: expectation, requests: 0...0)
        }
        var hanging = tls("hangs within the TLS handshake", .hang, proved(["no_connection_in_time"]))
        hanging.deadline = .milliseconds(200)
        return [
            ActionCase(
                name: "finds nobody", action: action, peer: .nobody, expectation: .notSent(["connection_refused"]),
                requests: 0...0),
            ActionCase(
                name: "finds no such name", action: action, peer: .noSuchName,
                expectation: proved(["name_not_resolved", "no_connection_in_time"]), requests: 0...0),
            tls("finds no TLS", .answer("HTTP/1.1 400 Bad Request\r\n\r\n"), proved(["tls_failed"])),
            tls("is closed within the TLS handshake", .close, proved(["tls_failed"])),
            tls("is reset within the TLS handshake", .reset, .notSentOrUnknown),
            hanging,
        ]
    }

    /// The connection breaks, or nothing is said, once the request is on its way.
    private func lostCases(of action: VendorActionDialect) -> [ActionCase] {
        let acts: [(String, ScriptedServer.Act, [String], isImpatient: Bool)] = [
            ("hangs", .hang, ["deadline"], true), ("is reset", .reset, ["connection_lost"], false),
            ("is closed", .close, ["connection_lost"], false),
        ]
        return acts.flatMap { name, act, words, isImpatient in
            [
                (" before it is read", Peer.server(.accepted(act)), 0...0),
                (" once it is read", .server(.read { _ in act }), 1...1),
            ]
            .map { when, peer, requests in
                ActionCase(
                    name: name + when, action: action, peer: peer, expectation: .unknown(words), requests: requests,
                    deadline: isImpatient ? .milliseconds(200) : .seconds(10))
            }
        }
    }

    /// The answer's frame is broken, or odd.
    private func framedCases(of action: VendorActionDialect) -> [ActionCase] {
        let done = action.done
        let length = done.utf8.count
        var cases = [
            read(action, "gets half a head", .answer("HTTP/1.1 200 OK\r\nContent-Le"), .unknown([])),
            read(
                action, "gets a cut body",
                .answer("HTTP/1.1 200 OK\r\nContent-Length: \(length + 1)\r\n\r\n\(done)"), .unknown([])),
            read(
                action, "gets a body that is reset",
                .answerAndReset(Array("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{".utf8)), .unknown([])),
            read(
                action, "gets a cut chunk",
                .answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(hex(length))\r\n\(done)"), .unknown([])),
            read(
                action, "gets two lengths",
                .answer("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\nContent-Length: 3\r\n\r\n\(done)"),
                .unknown([])),
            read(action, "gets no HTTP", .answer(done), .unknown([])),
            read(action, "gets an endless body", endless(done), .unknown(["body_too_large"])),
            read(action, "is done, and the connection closed", .answer(ok(done)), .done),
            read(
                action, "is done in chunks",
                .answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(hex(length))\r\n\(done)\r\n0\r\n\r\n"),
                .done),
        ]
        var drip = read(action, "gets a drip", .drip(ScriptedServer.Act.bytes(200, done)), .unknown(["deadline"]))
        drip.deadline = .milliseconds(200)
        cases.append(drip)
        return cases
    }

    /// The frame is good.
    private func answeredCases(of action: VendorActionDialect) -> [ActionCase] {
        let done = action.done
        let page = "<html><body>Bad gateway</body></html>"
        let json = ["Content-Type": "application/json"]
        let garbage = [
            ("half of it", String(done.dropLast())), ("text after it", done + "x"),
            ("a comma too many", String(done.dropLast()) + ",}"), ("a byte-order mark", "\u{FEFF}" + done),
            ("a page", page), ("a text", "\"ok\""), ("an array", "[\(done)]"),
            ("64 levels", String(repeating: "[", count: 64) + String(repeating: "]", count: 64)),
        ]
        let lost = [500, 502, 503, 504, 520, 408, 301, 302, 303, 307, 308]
        return garbage.map { name, body in read(action, "is answered \(name)", .http(200, body), .unknown([])) }
            + lost.map {
                read(
                    action, "is answered \($0), as if it were done",
                    .http($0, done, headers: ["Location": "/elsewhere"]), .unknown(["status_\($0)"]))
            }
            + (lost + [400, 401, 403, 404, 405, 409, 410, 413, 418, 422]).map {
                read(
                    action, "is answered \($0) with a page", .http($0, page, headers: json),
                    .unknown(["status_\($0)"]))
            }
            + [read(action, "is done", .http(200, done), .done)]
            + action.answers.map { answer in
                read(
                    action, "is answered " + answer.name,
                    .http(answer.status, answer.body, headers: answer.headers), answer.expectation)
            }
    }

    private func read(
        _ action: VendorActionDialect, _ name: String, _ act: ScriptedServer.Act, _ expectation: ActionExpectation
    ) -> ActionCase {
        ActionCase(
            name: name, action: action, peer: .server(.read { _ in act }), expectation: expectation, requests: 1...1)
    }
}
