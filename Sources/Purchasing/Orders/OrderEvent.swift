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
    /// The action that it tells of; nil for what concerns the order alone.
    public let actionID: ActionID?

    public init(
        id: Identifier, orderID: OrderID, number: Int, type: Kind, state: OrderStatus, previous: OrderStatus?,
        cause: String, actor: Actor, requestID: String?, at: Date, data: JSON,
        actionID: ActionID? = nil
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
        self.actionID = actionID
    }

    /// What kind of thing happened; a change of state is named after the new state.
    public enum Kind: Sendable, Hashable, CaseIterable {
        case state(OrderStatus)
        case attemptStarted, attemptEnded, evidenceRead, decisionMade
        /// An action is in another state.
        case action(ActionStatus)
        /// What was bought lapses soon; it has lapsed.
        case goodsExpiring, goodsExpired
        /// An operator wrote down that money came back; the order's state stays.
        case refundRecorded

        /// `order.completed`, `attempt.started`, `action.running`, …
        public var text: String {
            switch self {
            case .state(let status): "order.\(status.rawValue)"
            case .attemptStarted: "attempt.started"
            case .attemptEnded: "attempt.ended"
            case .evidenceRead: "evidence.read"
            case .decisionMade: "decision.made"
            case .action(let status): "action.\(status.rawValue)"
            case .goodsExpiring: "goods.expiring"
            case .goodsExpired: "goods.expired"
            case .refundRecorded: "refund.recorded"
            }
        }

        /// Reads a type by its text.
        public init?(text: String) {
            guard let kind = Self.byText[text] else { return nil }
            self = kind
        }

        public static let allCases: [Kind] =
            OrderStatus.allCases.map(Kind.state) + ActionStatus.allCases.map(Kind.action)
            + [.attemptStarted, .attemptEnded, .evidenceRead, .decisionMade, .goodsExpiring, .goodsExpired]
            + [.refundRecorded]

        private static let byText = Dictionary(uniqueKeysWithValues: allCases.map { ($0.text, $0) })
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
