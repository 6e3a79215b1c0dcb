public import Measuring

/// How a call to a vendor ended, as it is counted.
public enum VendorCallOutcome: String, Sendable, CaseIterable {
    /// The vendor did or told what was asked.
    case done
    /// It said no.
    case refused
    /// It refused Purser's own credentials.
    case authFailed = "auth_failed"
    /// It asked to wait.
    case rateLimited = "rate_limited"
    /// Proof that no byte of a purchase or change was sent.
    case notSent = "not_sent"
    /// Nobody knows what a purchase or change led to.
    case unknown
    /// What only read was not answered, or not readably.
    case failed
}

/// Counts the calls to one vendor: by what was asked and how it ended, with how long it took. Takes no lock.
public final class VendorCallBook: Sendable {
    /// The names of the calls.
    public static let calls =
        [
            "quote", "prepare", "purchase", "follow", "stock", "lists", "goods", "proxies", "prepare_action",
            "condition", "batch", "whitelist", "account",
        ] + ActionKind.allCases.map(\.rawValue)

    /// The counts of one call.
    private struct Page: Sendable {
        let outcomes = VendorCallOutcome.allCases.map { _ in Tally() }
        let durations = DurationHistogram()
    }

    private let pages = Dictionary(uniqueKeysWithValues: calls.map { ($0, Page()) })
    private static let places = Dictionary(
        uniqueKeysWithValues: VendorCallOutcome.allCases.enumerated().map { ($1, $0) })

    init() {}

    func note(_ call: String, _ outcome: VendorCallOutcome, took: Duration) {
        guard let page = pages[call], let place = Self.places[outcome] else { return }
        page.outcomes[place].add()
        page.durations.note(took)
    }

    /// How often a call ended so.
    public func count(_ call: String, _ outcome: VendorCallOutcome) -> Int {
        guard let page = pages[call], let place = Self.places[outcome] else { return 0 }
        return page.outcomes[place].value
    }

    /// How long a call took; nil when it was never made.
    public func durations(of call: String) -> DurationHistogram? {
        pages[call].flatMap { $0.durations.isEmpty ? nil : $0.durations }
    }
}

extension VendorError {
    var outcome: VendorCallOutcome {
        switch self {
        case .refused: .refused
        case .authFailed: .authFailed
        case .rateLimited: .rateLimited
        case .unavailable, .unreadable: .failed
        }
    }
}

extension Refusal {
    var outcome: VendorCallOutcome { reason == .authFailed ? .authFailed : .refused }
}

extension NotSent {
    var outcome: VendorCallOutcome {
        switch self {
        case .unreachable: .notSent
        case .rateLimited: .rateLimited
        }
    }
}

extension VendorCallOutcome {
    /// How a reading ended that could not be made, from the word that it ended with.
    init(reading word: String) {
        switch word {
        case "auth_failed": self = .authFailed
        case "rate_limited": self = .rateLimited
        default: self = .failed
        }
    }
}
