import ArgumentParser
import ExactJSON

/// What came of a purchase, as far as this program saw it.
enum PurchaseEnding: Sendable {
    /// The order as it was read last; `trouble` says why it was read no further.
    case order(GatewayAnswer, trouble: String? = nil)
    /// The gateway refused. It is not certain that nothing was bought where the answer to an earlier try was lost.
    case refused(GatewayAnswer, isCertain: Bool)
    /// The gateway was never reached.
    case notSent(String)
    /// Something was sent, and no answer says what became of it.
    case unanswered(String)

    /// - Parameter waits: whether the purchase was to wait for the outcome, or only for the order to be taken.
    func exitStatus(waits: Bool) -> ExitCode {
        switch self {
        case .order(let answer, _): OrderStanding(answer.json).exitStatus(waits: waits)
        case .refused(let answer, let isCertain):
            isCertain && answer.provesNothingBought ? answer.refusalStatus : ExitStatus.unsettled
        case .notSent: ExitStatus.unreachable
        case .unanswered: ExitStatus.unsettled
        }
    }

    /// The gateway's last document; nil where there is none.
    var document: GatewayAnswer? {
        switch self {
        case .order(let answer, _), .refused(let answer, _): answer
        case .notSent, .unanswered: nil
        }
    }

    /// What is wrong, over several lines; empty when nothing is.
    var trouble: String {
        switch self {
        case .order(_, let trouble): trouble ?? ""
        case .refused(let answer, let isCertain):
            answer.problemText
                + (isCertain
                    ? "" : "\nan earlier try was sent and its answer lost, so there may be an order all the same")
        case .notSent(let reason): "\(reason); nothing was sent".terminalText(limit: 1000)
        case .unanswered(let reason):
            "\(reason.terminalText(limit: 1000))\nit was sent, and nobody said what became of it"
        }
    }
}

extension GatewayAnswer {
    /// Whether a refusal says that this call bought nothing. One of a key that belongs to another request tells of that
    /// one's money.
    fileprivate var provesNothingBought: Bool {
        switch json["money_state"]?.string {
        case "not_spent", "unchanged": true
        default: json["code"]?.string == "idempotency_key_reused"
        }
    }
}
