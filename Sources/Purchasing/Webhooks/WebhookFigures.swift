public import Measuring

/// What was sent since the process began, and what came of it. Takes no lock.
public final class WebhookFigures: Sendable {
    /// What came of one attempt, in a closed set of words.
    public enum Outcome: String, Sendable, CaseIterable {
        /// The receiver took it.
        case delivered
        /// It answered with anything but 2xx.
        case refused
        /// There was no answer.
        case unanswered
        /// Nothing was sent, because host or address is not allowed.
        case forbidden
    }

    private let counts = Outcome.allCases.map { _ in Tally() }
    /// How long attempts took.
    public let durations = DurationHistogram()

    public init() {}

    /// How many attempts ended so.
    public func count(_ outcome: Outcome) -> Int { counts[Self.index(of: outcome)].value }

    func note(_ reply: WebhookReply, took: Duration) {
        counts[Self.index(of: Self.outcome(of: reply))].add()
        durations.note(took)
    }

    private static func outcome(of reply: WebhookReply) -> Outcome {
        switch reply {
        case .answered(200...299, _): .delivered
        case .answered: .refused
        case .failed(.hostNotAllowed), .failed(.addressNotAllowed): .forbidden
        case .failed: .unanswered
        }
    }

    private static func index(of outcome: Outcome) -> Int {
        switch outcome {
        case .delivered: 0
        case .refused: 1
        case .unanswered: 2
        case .forbidden: 3
        }
    }
}
