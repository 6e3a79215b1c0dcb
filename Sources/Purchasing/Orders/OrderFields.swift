public import ExactJSON
public import Foundation

/// What an `Order` holds; read and changed as the order's own members.
public struct OrderFields: Sendable, Hashable {
    public let id: OrderID
    /// The name of the client that bought it.
    public let client: String
    /// The caller's key, unique for the client; nil where the configuration makes keys optional.
    public let idempotencyKey: String?
    /// `OrderRequest.fingerprint` of the request.
    public let fingerprint: String
    public let request: OrderRequest
    /// The request id of the call that made it.
    public let requestID: String
    /// The W3C `traceparent` of the call that made it, passed on to the vendor.
    public let traceparent: String?
    public let createdAt: Date

    public internal(set) var status: OrderStatus = .pending
    /// Counts the commits of this order, from 1.
    public internal(set) var version = 1
    /// How many events it has; they are numbered from 1 without gaps.
    public internal(set) var eventCount = 0
    public internal(set) var updatedAt: Date
    public internal(set) var settledAt: Date?

    /// The vendor that is being tried or that sold it.
    public var vendor: String?
    /// The number in the vendor's order answer, where it differs from the id (legacy's `orderNumber`).
    public var vendorOrderNumber: String?
    /// The vendor's id of the order (HeloData's `id`; legacy's `orderId`, known once its goods are listed).
    public var vendorOrderID: String?
    public var batchID: String?
    /// What was charged; nil when nobody told.
    public var total: Money?
    public var totalSource: TotalSource?
    /// What came back of the total, the sum of the order's refunds, in the total's currency; nil when nothing did.
    public var refunded: Money?
    /// The newest of the refunds.
    public var lastRefund: RefundID?
    public var routing: Routing
    public var attempts: [Attempt] = []
    /// Set while the outcome is unknown.
    public var unknown: UnknownOutcome?
    /// Why the order failed.
    public var problem: OrderProblem?
    /// When the goods lapse.
    public var expiresAt: Date?
    /// How long the vendor renews the goods by itself, each time; nil when it does not, or when nobody has told.
    public var autoRenewal: RentalTime?
    /// What the vendor said, as it said it, minus secrets.
    public var vendorDetails: JSON?
    /// Things worth a look that changed no money, such as `price_unknown`.
    public var flags: [String] = []
}
