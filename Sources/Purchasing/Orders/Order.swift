public import ExactJSON
public import Foundation

/// One purchase, from its acceptance on: what was asked, where it stands, and everything that is known of it.
///
/// An order changes only through `OrderChange`, which keeps status, events and version together.
public struct Order: Sendable, Hashable {
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

    /// A new order, not yet stored; its first event follows with `OrderChange.accepting`.
    public init(
        id: OrderID, client: String, idempotencyKey: String?, request: OrderRequest, fingerprint: String,
        requestID: String, traceparent: String?, routing: Routing, createdAt: Date
    ) {
        self.id = id
        self.client = client
        self.idempotencyKey = idempotencyKey
        self.request = request
        self.fingerprint = fingerprint
        self.requestID = requestID
        self.traceparent = traceparent
        self.routing = routing
        self.createdAt = createdAt
        self.updatedAt = createdAt
    }

    /// An order as a store read it back.
    public init(
        restoring order: Order, status: OrderStatus, version: Int, eventCount: Int, updatedAt: Date, settledAt: Date?
    ) {
        self = order
        self.status = status
        self.version = version
        self.eventCount = eventCount
        self.updatedAt = updatedAt
        self.settledAt = settledAt
    }

    /// What may be said about the money.
    public var moneyState: MoneyState { status.moneyState }

    /// The attempt at the vendor that is being tried.
    public var currentAttempt: Attempt? { attempts.last }
}

/// Who told what was charged.
public enum TotalSource: String, Sendable, Hashable {
    /// The vendor said it.
    case vendor
    /// The price that the vendor quoted just before.
    case quote
    /// A person said it when they resolved the order.
    case `operator`
}

/// One vendor's turn at an order. An order has at most one attempt at each vendor; resends belong to it.
public struct Attempt: Sendable, Hashable {
    /// From 1, in the order in which vendors were tried.
    public let number: Int
    public let vendor: String
    /// The idempotency key that every try carries; nil where the vendor has none.
    public let vendorKey: String?
    /// The bytes that every try sends.
    public let body: [UInt8]
    /// The price known just before dispatch.
    public let quotedPrice: Money?
    /// What the vendor's account looked like just before dispatch.
    public let baseline: Baseline?
    public let startedAt: Date
    public var endedAt: Date?
    public var outcome: Outcome?
    /// Why it ended as it did, in a stable word: `insufficient_balance`, `connection_refused`, `deadline`.
    public var reason: String?
    /// How often the request was sent or tried to be sent.
    public var tries = 0
    /// Whether some try ended unknown; from then on a refusal proves nothing.
    public var isTainted = false

    public init(
        number: Int, vendor: String, vendorKey: String?, body: [UInt8], quotedPrice: Money?, baseline: Baseline?,
        startedAt: Date
    ) {
        self.number = number
        self.vendor = vendor
        self.vendorKey = vendorKey
        self.body = body
        self.quotedPrice = quotedPrice
        self.baseline = baseline
        self.startedAt = startedAt
    }

    /// How an attempt ended.
    public enum Outcome: String, Sendable, Hashable {
        case bought, refused, unknown
        case notSent = "not_sent"
    }
}

/// What a vendor's account looked like just before a purchase: what later evidence is held against.
public struct Baseline: Sendable, Hashable {
    public let balance: Money?
    /// The vendor's ids of goods that were listed and that no order owned; nil when the list could not be understood.
    public let goods: [String]?

    public init(balance: Money?, goods: [String]?) {
        self.balance = balance
        self.goods = goods
    }
}

/// An outcome that is not known, and how its settling stands.
public struct UnknownOutcome: Sendable, Hashable {
    public let since: Date
    /// A stable word: `deadline`, `connection_lost`, `status_502`, `crash`.
    public var reason: String
    /// Whether only a person can decide.
    public var needsReview = false
    /// What was found, for the person who decides.
    public var findings: [String] = []

    public init(since: Date, reason: String) {
        self.since = since
        self.reason = reason
    }
}

/// Why an order failed, as its callers are told.
public struct OrderProblem: Sendable, Hashable {
    public let code: ProblemCode
    public let detail: String
    public let vendor: VendorStatement?
    /// When a vendor that turned it away wants to be asked again at the earliest; nil where none said so.
    public let retryAt: Date?

    public init(code: ProblemCode, detail: String, vendor: VendorStatement? = nil, retryAt: Date? = nil) {
        self.code = code
        self.detail = detail
        self.vendor = vendor
        self.retryAt = retryAt
    }
}

/// What a vendor said when it refused, in its own words.
public struct VendorStatement: Sendable, Hashable {
    public let name: String
    public let code: String?
    public let message: String?

    public init(name: String, code: String?, message: String?) {
        self.name = name
        self.code = code
        self.message = message
    }
}
