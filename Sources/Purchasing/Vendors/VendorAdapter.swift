public import Foundation

/// One vendor account, in Purser's words. An adapter translates and calls; it decides nothing about an order's state and
/// keeps no state that an order depends on.
///
/// Every adapter runs `VendorAdapterConformance`.
public protocol VendorAdapter: Sendable {
    /// What kind of vendor it is and what its API can promise.
    var traits: VendorTraits { get }

    /// What the vendor sells, product by product, in the order in which people are told. Never changes.
    var offers: [ProductOffer] { get }

    /// The unit price that the configuration states; used where the vendor does not tell. Pure.
    func listPrice(of shape: ProductShape) -> UnitPrice?

    /// The unit price that the vendor charged for an order, read from what it said at the sale; nil when it cannot be told.
    /// Pure.
    func soldPrice(in order: Order) -> UnitPrice?

    /// Asks what a request would cost; spends nothing. Asked only of products whose offer `quotes`.
    func quote(_ request: OrderRequest, context: CallContext) async -> VendorQuote

    /// Reads what there is of a product; asked only of products whose offer `tellsStock`. Rows are of that product; fields
    /// that the vendor cannot filter by may be wider than asked.
    func stock(_ query: StockQuery) async throws(VendorError) -> [InventoryRow]

    /// Reads what may be asked for in orders of a product; asked only of products whose offer `tellsLists`.
    func lists(of shape: ProductShape) async throws(VendorError) -> ReferenceLists

    /// The body of the purchase call: made once, stored, and sent unchanged by every try. Pure.
    func purchaseBody(for request: OrderRequest) -> [UInt8]

    /// Reads what must be known just before a purchase; spends nothing. The price comes last: a ceiling is held against it.
    func prepare(_ request: OrderRequest, context: CallContext) async -> Preparation

    /// Sends the purchase, once.
    /// - Parameter late: called at most once, and only when the outcome was `unknown` because the deadline passed: with
    ///   what an answer proves that came after it. An adapter listens for a bounded time, and never sends anything for it.
    func purchase(_ call: PurchaseCall, late: @escaping LateAnswer) async -> PurchaseOutcome

    /// Reads how far the goods of sales with a known batch or order id are. A sale that is missing in the answer could
    /// not be read.
    func follow(_ sales: [Sale]) async -> [OrderID: GoodsState]

    /// Reads the whole list of goods that the account owns; a part of a list is an error.
    func goods() async throws(VendorError) -> [Goods]

    /// Reads the proxies of a sale of IPs, credentials and all, as they stand now; nil when the vendor shows no such goods.
    ///
    /// The list may go on arriving after this has returned. Each of its proxies can be used as it stands: one that cannot be
    /// read, and a list that cannot be known to be whole, is an error, and never left out.
    func proxies(of sale: Sale) async throws(VendorError) -> ProxyList?

    /// What can be done to the goods of a product once they are bought. Pure.
    func actions(on shape: ProductShape) -> Set<ActionKind>

    /// Everything about a task that the vendor cannot honour. Pure; asked only of kinds among `actions`.
    func objections(to task: ActionTask, on sale: Sale) -> [Fault]

    /// Reads what must be known just before an action; spends and changes nothing.
    func prepare(_ call: ActionCall) async -> ActionPreparation

    /// The call as it can be sent, with the vendor's own ids of IPs in the place of their addresses: reads what that takes.
    /// By default the call itself.
    /// - Throws: `VendorError`; nothing was sent.
    func named(_ call: ActionCall) async throws(VendorError) -> ActionCall

    /// Sends the action, once.
    func perform(_ call: ActionCall) async -> ActionOutcome

    /// Reads the goods as they stand, as far as the action would change them: the evidence for a lost answer.
    func condition(for call: ActionCall) async throws(VendorError) -> GoodsCondition

    /// One of the goods of the account, by its id in the vendor's list; nil when the vendor shows no such goods.
    func goods(_ id: String) async throws(VendorError) -> Goods?

    /// The addresses that may use a batch without a password; nil when the vendor shows no such batch.
    func whitelist(ofBatch id: String) async throws(VendorError) -> [WhitelistEntry]?

    /// Reads the account; spends nothing. It also tries the credentials.
    func account() async throws(VendorError) -> VendorAccount
}

/// Takes what a vendor's answer proves that came after its call's deadline.
public typealias LateAnswer = @Sendable (PurchaseOutcome) async -> Void

/// What a vendor's API can promise; the flow asks these, never a vendor's name.
public struct VendorTraits: Sendable, Hashable {
    /// The kind in the configuration: `helodata`, `legacy`.
    public let kind: String
    /// Whether the purchase call honours an idempotency key, so that the same bytes may be sent again.
    public let isIdempotent: Bool
    /// Whether `prepare` must be asked before each purchase.
    public let asksBeforeBuying: Bool
    /// Whether a whole list without new goods and an unmoved balance prove that nothing was bought.
    public let provesAbsence: Bool
    /// How many purchases may be in flight at once; 1 where changes of the account must be attributable.
    public let width: Int
    /// The products whose sales appear in the vendor's list of owned goods.
    public let listsGoodsOf: Set<ProductShape>
    /// Whether an id in that list is a batch id, rather than an order id.
    public let goodsAreBatches: Bool
    /// How long the answer to a purchase is listened for after its deadline: until then its order is not called not bought.
    public let listensFor: Duration

    public init(
        kind: String, isIdempotent: Bool, asksBeforeBuying: Bool, provesAbsence: Bool, width: Int,
        listsGoodsOf: Set<ProductShape>, goodsAreBatches: Bool = false, listensFor: Duration = .zero
    ) {
        self.kind = kind
        self.isIdempotent = isIdempotent
        self.asksBeforeBuying = asksBeforeBuying
        self.provesAbsence = provesAbsence
        self.width = width
        self.listsGoodsOf = listsGoodsOf
        self.goodsAreBatches = goodsAreBatches
        self.listensFor = listensFor
    }
}

/// What goes along with a call for logs and traces.
public struct CallContext: Sendable, Hashable {
    /// Nil for a call that belongs to no order, such as a quote.
    public let orderID: OrderID?
    public let traceparent: String?

    public init(orderID: OrderID?, traceparent: String? = nil) {
        self.orderID = orderID
        self.traceparent = traceparent
    }
}

/// What a vendor says that a request would cost.
public enum VendorQuote: Sendable, Hashable {
    case priced(Money)
    /// The vendor would refuse it; the price where it tells one all the same.
    case refused(Refusal, price: Money?)
    /// The vendor could not be asked. `retryAfter` is what the vendor told.
    case unavailable(reason: String, retryAfter: Duration?)
}

/// What was read just before a purchase.
public enum Preparation: Sendable, Hashable {
    /// It may be bought: the price where one is known, and the account as it stands. `pricedAt` is when the call was begun
    /// that told the price; where it is nil the price counts as old as the whole preparation.
    case ready(price: Money?, baseline: Baseline?, pricedAt: Date? = nil)
    /// The vendor would refuse it; nothing was ordered.
    case refused(Refusal)
    /// The vendor could not be asked; nothing was ordered. `retryAfter` is what the vendor told.
    case unavailable(reason: String, retryAfter: Duration?)
}

/// One purchase, ready to be sent.
public struct PurchaseCall: Sendable, Hashable {
    public let request: OrderRequest
    /// The bytes to send.
    public let body: [UInt8]
    /// The idempotency key to send, where the vendor honours one.
    public let key: String?
    public let baseline: Baseline?
    public let quotedPrice: Money?
    public let context: CallContext

    public init(
        request: OrderRequest, body: [UInt8], key: String?, baseline: Baseline?, quotedPrice: Money?,
        context: CallContext
    ) {
        self.request = request
        self.body = body
        self.key = key
        self.baseline = baseline
        self.quotedPrice = quotedPrice
        self.context = context
    }
}

/// A sale whose goods are followed, or changed.
public struct Sale: Sendable, Hashable {
    public let orderID: OrderID
    public let request: OrderRequest
    public let vendorOrderID: String?
    public let batchID: String?
    /// For how long the vendor renews the goods by itself, as far as Purser had that set; nil where it did not.
    public let autoRenewal: RentalTime?

    public init(
        orderID: OrderID, request: OrderRequest, vendorOrderID: String?, batchID: String?,
        autoRenewal: RentalTime? = nil
    ) {
        self.orderID = orderID
        self.request = request
        self.vendorOrderID = vendorOrderID
        self.batchID = batchID
        self.autoRenewal = autoRenewal
    }
}

/// A vendor's account, as far as it can be read.
public struct VendorAccount: Sendable, Hashable {
    public let balance: Money?
    /// The vendor's own word: `approved`.
    public let kycStatus: String?

    public init(balance: Money?, kycStatus: String?) {
        self.balance = balance
        self.kycStatus = kycStatus
    }
}

extension VendorAdapter {
    public func named(_ call: ActionCall) async throws(VendorError) -> ActionCall { call }
}

/// Why a read failed; never carries a URL or a secret.
public enum VendorError: Error, Sendable, Hashable {
    /// Not reached, timed out, or answered with a server error; the text is a stable word such as `connection_refused`.
    case unavailable(reason: String)
    /// Asked to wait.
    case rateLimited(retryAfter: Duration)
    /// The vendor refused our credentials.
    case authFailed
    /// Answered something that cannot be read as what was asked.
    case unreadable(String)
    /// Answered with a definite error of its own.
    case refused(code: String?, message: String?)

    /// A stable word for events, logs and health.
    public var word: String {
        switch self {
        case .unavailable(let reason): reason
        case .rateLimited: "rate_limited"
        case .authFailed: "auth_failed"
        case .unreadable: "unreadable"
        case .refused: "refused"
        }
    }
}
