public import ExactJSON
public import Foundation

/// What an `Action` holds; read and changed as the action's own members.
public struct ActionFields: Sendable, Hashable {
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
}
