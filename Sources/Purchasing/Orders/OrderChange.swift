public import ExactJSON
public import Foundation
import OrderedCollections

/// A change of one order and the events that tell of it: what a store writes in one transaction.
public struct OrderChange: Sendable {
    /// The order as it will be.
    public private(set) var order: Order
    /// The events that the change adds, in their order.
    public private(set) var events: [OrderEvent] = []
    /// The action that the change makes or changes, as it will be; nil for a change of the order alone.
    public private(set) var action: Action?
    /// The refund that the change adds; nil for any other change.
    public private(set) var refund: Refund?
    /// The vendor's id that the change gives to the order on a person's word; no other order may have it, whether as that of
    /// an order or of a batch. Nil for any other change.
    public private(set) var claim: ClaimedID?
    /// The version that the store must hold for the change to be made; 0 for a new order.
    public let expectedVersion: Int

    private let ids: IdentifierSource
    private let at: Date
    private let requestID: String?

    /// The acceptance of a new order, with its first event.
    public static func accepting(_ order: Order, ids: IdentifierSource) -> OrderChange {
        var change = OrderChange(
            order: order, expectedVersion: 0, ids: ids, at: order.createdAt, requestID: order.requestID)
        change.append(
            .state(.pending), previous: nil, cause: "accepted", actor: .init(.client, order.client), data: .object([]))
        return change
    }

    /// A change of a stored order.
    public static func changing(_ order: Order, ids: IdentifierSource, at: Date, requestID: String? = nil)
        -> OrderChange
    {
        var next = order
        next.version += 1
        next.updatedAt = max(at, order.updatedAt)
        return OrderChange(
            order: next, expectedVersion: order.version, ids: ids, at: next.updatedAt,
            requestID: requestID ?? order.requestID)
    }

    private init(order: Order, expectedVersion: Int, ids: IdentifierSource, at: Date, requestID: String?) {
        self.order = order
        self.expectedVersion = expectedVersion
        self.ids = ids
        self.at = at
        self.requestID = requestID
    }

    /// Whether the change says that something was, or may have been, bought.
    var tellsOfSale: Bool {
        events.contains { event in
            switch event.type {
            case .state(.provisioning), .state(.completed), .state(.unknown): event.state != event.previous
            default: false
            }
        }
    }

    /// When the change is made.
    public var instant: Date { at }

    /// Takes a step of the state machine and notes it.
    /// - Throws: `IllegalStep` when the order's status does not allow the step; nothing is changed then.
    public mutating func take(
        _ step: OrderStep, cause: String, actor: OrderEvent.Actor = .purser, data: JSON = .object([])
    ) throws(IllegalStep) {
        let previous = order.status
        order.status = try previous.after(step)
        if order.status.isSettled { order.settledAt = at }
        if order.status != .unknown { order.unknown = nil }
        append(
            .state(order.status), previous: previous, cause: cause, actor: actor, data: order.soldFacts(beside: data))
    }

    /// Notes something that changed no state.
    public mutating func note(
        _ kind: OrderEvent.Kind, cause: String, actor: OrderEvent.Actor = .purser, data: JSON = .object([])
    ) {
        append(kind, previous: order.status, cause: cause, actor: actor, data: data)
    }

    /// Changes what is known of the order, beside its status.
    public mutating func update(_ change: (inout Order) -> Void) { change(&order) }

    /// Adds a refund to what came back of the order, and notes it; the order's state, total and money state stay.
    public mutating func add(_ refund: Refund, actor: OrderEvent.Actor) {
        let (sum, overflows) = (order.refunded?.amount.count ?? 0).addingReportingOverflow(refund.amount.amount.count)
        let refunded = Money(Millionths(overflows ? .max : sum), currency: refund.amount.currency)
        order.refunded = refunded
        order.lastRefund = refund.id
        self.refund = refund
        let data = JSON.object(refund.facts + [("refunded", refunded.json)])
        note(.refundRecorded, cause: "refunded", actor: actor, data: data)
    }

    /// Gives a vendor's id to the order, on a person's word.
    public mutating func claim(_ id: ClaimedID) {
        order.vendorOrderID = id.id
        claim = id
    }

    /// Puts an action beside the order, as it will be.
    mutating func put(_ action: Action) { self.action = action }

    /// Notes something about the action of the change.
    mutating func noteAction(_ kind: OrderEvent.Kind, cause: String, actor: OrderEvent.Actor, data: JSON) {
        append(kind, previous: order.status, cause: cause, actor: actor, data: data, actionID: action?.id)
    }

    private mutating func append(
        _ kind: OrderEvent.Kind, previous: OrderStatus?, cause: String, actor: OrderEvent.Actor, data: JSON,
        actionID: ActionID? = nil
    ) {
        order.eventCount += 1
        events.append(
            OrderEvent(
                id: ids.next(.event), orderID: order.id, number: order.eventCount, type: kind, state: order.status,
                previous: previous, cause: cause, actor: actor, requestID: requestID, at: at, data: data,
                actionID: actionID))
    }
}

extension Order {
    /// What an event tells that says that the order is sold, or that its goods are ready: what a receiver of events goes on
    /// with, as it is known then.
    /// - Parameter data: what the event tells anyhow; nothing is added to it where the order is not sold.
    fileprivate func soldFacts(beside data: JSON) -> JSON {
        guard moneyState == .spent, let told = data.object else { return data }
        let facts: [(String, JSON?)] = [
            ("vendor", self.vendor.map(JSON.string)), ("vendor_order_id", self.vendorOrderID.map(JSON.string)),
            ("batch_id", self.batchID.map(JSON.string)), ("total", self.total?.json),
            ("total_source", self.totalSource.map { .string($0.rawValue) }),
            ("expires_at", self.expiresAt.map { .string($0.rfc3339) }),
        ]
        return .object(told.map { ($0.key, $0.value) } + facts.filter { told[$0.0] == nil })
    }
}
