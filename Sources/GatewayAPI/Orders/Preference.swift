import HTTPTypes

/// How long a caller prefers to wait for an outcome (RFC 7240): `Prefer: wait=10`, `Prefer: respond-async`.
///
/// A preference that cannot be read is no preference; a longer wait than is offered is the longest that is.
struct Preference: Sendable, Equatable {
    /// The longest wait that is offered, in seconds.
    static let longestWait = 60

    private(set) var respondsAsync = false
    private(set) var wait: Int?

    init(_ headers: HTTPFields) {
        for preference in headers[values: .prefer].flatMap({ $0.split(separator: ",") }) {
            let token = preference.prefix { $0 != ";" }.withoutBlanks
            let pair = token.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            switch pair.first?.withoutBlanks.lowercased() {
            case "respond-async" where pair.count == 1: respondsAsync = true
            case "wait" where pair.count == 2 && wait == nil: wait = Self.seconds(pair[1].withoutBlanks)
            default: break
            }
        }
    }

    /// How long to wait; `respond-async` alone is no wait, and beside `wait` it changes nothing.
    func duration(default standard: Duration) -> Duration {
        if let wait { return .seconds(wait) }
        return respondsAsync ? .zero : min(standard, .seconds(Self.longestWait))
    }

    /// What was honoured, as a `Preference-Applied` field; nil when nothing was preferred.
    var applied: String? {
        let parts = (respondsAsync ? ["respond-async"] : []) + (wait.map { ["wait=\($0)"] } ?? [])
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func seconds(_ text: String) -> Int? {
        let isQuoted = text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
        let digits = isQuoted ? String(text.dropFirst().dropLast()) : text
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return min(Int(digits) ?? longestWait, longestWait)
    }
}
