import Foundation
import Purchasing
import Synchronization

/// Reading the goods as they stand, as evidence: all of what was asked for, or an error. What is not the whole is no
/// evidence, and goods that could not be read are never goods that are gone.
extension VendorAdapterConformance {
    /// Something that happens to the calls that read a condition, and what must be made of it.
    public struct ConditionCase: Sendable, CustomStringConvertible {
        let name: String
        let action: VendorActionDialect
        let expectation: ConditionExpectation
        /// What becomes of each call: its number, from 0, and what was asked.
        let act: @Sendable (Int, ScriptedServer.Request) -> ScriptedServer.Act
        /// Whether nobody is there to be called.
        var isAlone = false
        var deadline = Duration.seconds(10)

        public var description: String { "\(action.name) \(name)" }
    }

    enum ConditionExpectation: Sendable {
        case whole
        /// The goods are not there.
        case absent
        case failure
    }

    /// Every case of an action's condition.
    public func conditionCases(_ action: VendorActionDialect) -> [ConditionCase] {
        let reading = action.reading
        var cases = [
            ConditionCase(name: "is read", action: action, expectation: .whole) { .http(200, reading.answer($1)) },
            ConditionCase(name: "is read, one connection for each call", action: action, expectation: .whole) {
                .answer(ScriptedServer.Act.bytes(200, reading.answer($1), headers: ["Connection": "close"]))
            },
            ConditionCase(
                name: "finds nobody", action: action, expectation: .failure, act: { _, _ in .close }, isAlone: true),
        ]
        if let absent = reading.absent {
            cases.append(ConditionCase(name: "is gone", action: action, expectation: .absent) { absent($1) })
        }
        for call in 0..<reading.calls { cases += failures(of: action, at: call) }
        return cases
    }

    /// Runs one case.
    /// - Returns: what was wrong; empty when all was well.
    public func run(_ test: ConditionCase) async throws -> [String] {
        let count = Mutex(0)
        let (server, url) = try open(
            test.isAlone
                ? .nobody
                : .server(
                    .read { request in
                        let number = count.withLock { count in
                            defer { count += 1 }
                            return count
                        }
                        return test.act(number, request)
                    }))
        defer { server?.stop() }
        let adapter = try dialect.makeAdapter(url, test.deadline)
        var condition: GoodsCondition?
        var failure: VendorError?
        do throws(VendorError) { condition = try await adapter.adapter.condition(for: test.action.call) } catch {
            failure = error
        }
        await adapter.close()
        var faults: [String] = []
        let isMet =
            switch test.expectation {
            case .whole: condition == test.action.reading.condition
            case .absent: condition?.isThere == false
            case .failure: failure != nil
            }
        var words = "\(String(describing: condition))\(String(describing: failure))"
        if !isMet { faults.append("expected \(test.expectation), got \(words)") }
        dump(condition, to: &words)
        dump(failure, to: &words)
        for secret in [dialect.key] + test.action.secrets where words.contains(secret) {
            faults.append("a secret stands in what was found")
        }
        if case .whole = test.expectation, server?.requests.count != test.action.reading.calls {
            faults.append("\(server?.requests.count ?? 0) calls were made, not \(test.action.reading.calls)")
        }
        return faults
    }

    /// One of the calls fails, and all others are answered.
    private func failures(of action: VendorActionDialect, at call: Int) -> [ConditionCase] {
        let reading = action.reading
        let key = dialect.key
        func failing(
            _ name: String, within deadline: Duration = .seconds(10),
            _ act: @escaping @Sendable (String) -> ScriptedServer.Act
        ) -> ConditionCase {
            ConditionCase(
                name: "\(name) in call \(call)", action: action, expectation: .failure,
                act: { number, request in
                    number == call ? act(reading.answer(request)) : .http(200, reading.answer(request))
                }, deadline: deadline)
        }
        let framed = { @Sendable (whole: String, part: String) in
            ScriptedServer.Act.answer(
                Array("HTTP/1.1 200 OK\r\nContent-Length: \(whole.utf8.count)\r\n\r\n\(part)".utf8))
        }
        let error = #"{"code":"\#(key)","message":"no \#(key)"}"#
        return [
            failing("is closed") { _ in .close }, failing("is reset") { _ in .reset },
            failing("is not answered", within: .milliseconds(200)) { _ in .hang },
            failing("is cut half-way") { framed($0, String($0.prefix($0.count / 2))) },
            failing("is cut before its last byte") { framed($0, String($0.dropLast())) },
            failing("gets a page") { _ in .http(200, "<html><body>\(key)</body></html>") },
            failing("gets nothing") { _ in .http(200, "") }, failing("gets an empty object") { _ in .http(200, "{}") },
            failing("gets an error with status 200") { _ in .http(200, error) },
        ]
            + [302, 400, 401, 403, 408, 422, 429, 500, 502, 503].map { status in
                failing("gets \(status)") { _ in .http(status, error, headers: ["Location": "/x", "Retry-After": "8"]) }
            }
            + reading.broken.enumerated().filter { $0.element.call == call }.map { index, broken in
                failing("gets something broken (\(index))") { _ in .http(200, broken.body) }
            }
    }
}
