import ExactJSON
import Purchasing

/// What a call that changes something makes: durable in the gateway, with a key of its own, and followed by its id.
enum Undertaking: Sendable {
    case order
    /// Something done to what an order bought.
    case action

    var noun: String {
        switch self {
        case .order: "order"
        case .action: "action"
        }
    }

    /// What it is to be carried out.
    var done: String {
        switch self {
        case .order: "bought"
        case .action: "done"
        }
    }

    /// Its id in a good answer, or in a problem that is about it.
    func id(in document: JSON, isProblem: Bool) -> Identifier? {
        let text = isProblem ? document["\(noun)_id"] : document["id"]
        return text?.string.flatMap { Identifier($0, kind: kind) }
    }

    /// Where it is read.
    func path(_ id: Identifier) -> String {
        switch self {
        case .order: "/orders/\(id)"
        case .action: "/actions/\(id)"
        }
    }

    /// Where it stands, as its document says.
    func standing(_ document: JSON) -> any Standing {
        switch self {
        case .order: OrderStanding(document)
        case .action: ActionStanding(document)
        }
    }

    private var kind: Identifier.Kind {
        switch self {
        case .order: .order
        case .action: .action
        }
    }
}
