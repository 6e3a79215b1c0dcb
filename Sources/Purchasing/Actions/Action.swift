public import ExactJSON
public import Foundation

/// One change to what an order bought, from its acceptance on: as durable, and as careful, as the order itself.
///
/// An action changes only through `OrderChange`, which notes it on its order's timeline.
public struct Action: Sendable, Hashable {
    public let id: ActionID
    public let orderID: OrderID
    /// The vendor that sold the order.
    public let vendor: String
    /// The name of the client that asked for it.
    public let client: String
    /// The caller's key; orders and actions of a client share their keys.
    public let idempotencyKey: String
    /// `ActionRequest.fingerprint` of the request.
    public let fingerprint: String
    public let request: ActionRequest
    /// The request id of the call that made it.
    public let requestID: String
    /// The W3C `traceparent` of the call that made it, passed on to the vendor.
    public let traceparent: String?
    public let createdAt: Date

    public internal(set) var status: ActionStatus = .pending
    /// Counts the commits of this action, from 1.
    public internal(set) var version = 1
    public internal(set) var updatedAt: Date
    public internal(set) var settledAt: Date?

    /// When it was dispatched.
    public var startedAt: Date?
    /// The price known just before dispatch; nil when none is.
    public var quotedPrice: Money?
    /// What the goods looked like just before dispatch.
    public var baseline: GoodsCondition?
    /// How often the call was sent or tried to be sent.
    public var tries = 0
    /// What was charged; nil when nobody told.
    public var total: Money?
    public var totalSource: TotalSource?
    /// Set while the outcome is unknown.
    public var unknown: UnknownOutcome?
    /// Why it failed.
    public var problem: OrderProblem?
    /// What it led to: the new expiry, the new IP, as far as it is known.
    public var result: JSON?
    /// What the vendor said, as it said it, minus secrets.
    public var vendorDetails: JSON?

    /// A new action, not yet stored.
    public init(
        id: ActionID, of order: Order, vendor: String, client: String, idempotencyKey: String, request: ActionRequest,
        requestID: String, traceparent: String?, createdAt: Date
    ) {
        self.id = id
        orderID = order.id
        self.vendor = vendor
        self.client = client
        self.idempotencyKey = idempotencyKey
        fingerprint = request.fingerprint(about: order.id)
        self.request = request
        self.requestID = requestID
        self.traceparent = traceparent
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    /// An action as a store read it back.
    public init(
        id: ActionID, orderID: OrderID, vendor: String, client: String, idempotencyKey: String, fingerprint: String,
        request: ActionRequest, requestID: String, traceparent: String?, createdAt: Date, status: ActionStatus,
        version: Int, updatedAt: Date, settledAt: Date?
    ) {
        self.id = id
        self.orderID = orderID
        self.vendor = vendor
        self.client = client
        self.idempotencyKey = idempotencyKey
        self.fingerprint = fingerprint
        self.request = request
        self.requestID = requestID
        self.traceparent = traceparent
        self.createdAt = createdAt
        self.status = status
        self.version = version
        self.updatedAt = updatedAt
        self.settledAt = settledAt
    }

    public var kind: ActionKind { request.task.kind }

    /// What may be said about the money.
    public var moneyState: MoneyState {
        guard kind.maySpend else { return .notSpent }
        switch status {
        case .pending, .failed: return .notSpent
        case .running, .unknown: return .maybeSpent
        case .completed:
            guard let total else { return kind == .renew ? .spent : .maybeSpent }
            return total.amount == .zero ? .notSpent : .spent
        }
    }

    /// Whether evidence may still settle it.
    var isBeingSettled: Bool { status == .unknown && unknown?.needsReview != true }
}
