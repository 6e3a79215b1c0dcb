public import ExactJSON
public import Foundation

/// One line of an order's timeline. Events are only ever added.
public struct OrderEvent: Sendable, Hashable {
    public let id: Identifier
    public let orderID: OrderID
    /// Counts from 1 without gaps in each order.
    public let number: Int
    public let type: Kind
    /// The state after the event.
    public let state: OrderStatus
    /// The state before; nil for the first event.
    public let previous: OrderStatus?
    /// Why, in a stable word.
    public let cause: String
    public let actor: Actor
    public let requestID: String?
    public let at: Date
    public let data: JSON

    public init(
        id: Identifier, orderID: OrderID, number: Int, type: Kind, state: OrderStatus, previous: OrderStatus?,
        cause: String, actor: Actor, requestID: String?, at: Date, data: JSON
    ) {
        self.id = id
        self.orderID = orderID
        self.number = number
        self.type = type
        self.state = state
        self.previous = previous
        self.cause = cause
        self.actor = actor
        self.requestID = requestID
        self.at = at
        self.data = data
    }

    /// What kind of thing happened; a change of state is named after the new state.
    public enum Kind: Sendable, Hashable {
        case state(OrderStatus)
        case attemptStarted, attemptEnded, evidenceRead, decisionMade

        /// `order.completed`, `attempt.started`, …
        public var text: String {
            switch self {
            case .state(let status): "order.\(status.rawValue)"
            case .attemptStarted: "attempt.started"
            case .attemptEnded: "attempt.ended"
            case .evidenceRead: "evidence.read"
            case .decisionMade: "decision.made"
            }
        }

        public init?(text: String) {
            let kinds =
                OrderStatus.allCases.map(Kind.state) + [.attemptStarted, .attemptEnded, .evidenceRead, .decisionMade]
            guard let kind = kinds.first(where: { $0.text == text }) else { return nil }
            self = kind
        }
    }

    /// Who made it happen.
    public struct Actor: Sendable, Hashable {
        public let kind: Kind
        public let name: String

        public init(_ kind: Kind, _ name: String) {
            self.kind = kind
            self.name = name
        }

        public enum Kind: String, Sendable, Hashable {
            case client, `operator`, purser, vendor
        }

        /// Purser itself.
        public static let purser = Actor(.purser, "purser")
    }
}
