import ArgumentParser
import ExactJSON

/// What came of a call that changes something, as far as this program saw it.
enum SubmissionEnding: Sendable {
    /// The order or the action as it was read last; `trouble` says why it was read no further.
    case reached(GatewayAnswer, trouble: String? = nil)
    /// The gateway refused. It is not certain that nothing was done where the answer to an earlier try was lost.
    case refused(GatewayAnswer, isCertain: Bool)
    /// The gateway was never reached.
    case notSent(String)
    /// Something was sent, and no answer says what became of it.
    case unanswered(String)

    /// - Parameter waits: whether it was to be waited for the outcome, or only for the gateway to take it.
    func exitStatus(of undertaking: Undertaking, waits: Bool) -> ExitCode {
        switch self {
        case .reached(let answer, _): undertaking.standing(answer.json).exitStatus(waits: waits)
        case .refused(let answer, let isCertain):
            isCertain && answer.provesNothingDone ? answer.refusalStatus : ExitStatus.unsettled
        case .notSent: ExitStatus.unreachable
        case .unanswered: ExitStatus.unsettled
        }
    }

    /// The gateway's last document; nil where there is none.
    var document: GatewayAnswer? {
        switch self {
        case .reached(let answer, _), .refused(let answer, _): answer
        case .notSent, .unanswered: nil
        }
    }

    /// What is wrong, over several lines; empty when nothing is.
    func trouble(of undertaking: Undertaking) -> String {
        switch self {
        case .reached(_, let trouble): trouble ?? ""
        case .refused(let answer, let isCertain):
            answer.problemText
                + (isCertain
                    ? ""
                    : "\nan earlier try was sent and its answer lost, so there may be an \(undertaking.noun) all the same")
        case .notSent(let reason): "\(reason); nothing was sent".terminalText(limit: 1000)
        case .unanswered(let reason):
            "\(reason.terminalText(limit: 1000))\nit was sent, and nobody said what became of it"
        }
    }
}

extension GatewayAnswer {
    /// Whether a refusal says that this call did nothing. One of a key that belongs to another request tells of that
    /// one's money.
    fileprivate var provesNothingDone: Bool {
        switch json["money_state"]?.string {
        case "not_spent", "unchanged": true
        default: json["code"]?.string == "idempotency_key_reused"
        }
    }
}
