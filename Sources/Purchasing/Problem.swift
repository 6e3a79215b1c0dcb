/// Every way in which a call can be answered with an error; `GatewayAPI` has the one table from code to HTTP status.
public enum ProblemCode: String, Sendable, Hashable, CaseIterable {
    case malformedRequest = "malformed_request"
    case idempotencyKeyMissing = "idempotency_key_missing"
    case unsupportedMediaType = "unsupported_media_type"
    case bodyTooLarge = "body_too_large"
    case requestTimeout = "request_timeout"
    case expectationFailed = "expectation_failed"
    case invalidRequest = "invalid_request"
    case noVendor = "no_vendor"
    case idempotencyKeyReused = "idempotency_key_reused"
    case notCancelable = "not_cancelable"
    case notResolvable = "not_resolvable"
    case notRefundable = "not_refundable"
    case refundCurrencyMismatch = "refund_currency_mismatch"
    case refundExceedsTotal = "refund_exceeds_total"
    case actionNotAllowed = "action_not_allowed"
    case proxiesNotReady = "proxies_not_ready"
    case noProxies = "no_proxies"
    case unauthenticated
    case forbidden
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case insufficientBalance = "insufficient_balance"
    case kycRequired = "kyc_required"
    case insufficientInventory = "insufficient_inventory"
    case quantityOutOfRange = "quantity_out_of_range"
    case vendorRejected = "vendor_rejected"
    case promoCodeInvalid = "promo_code_invalid"
    case priceAboveLimit = "price_above_limit"
    case priceUnknown = "price_unknown"
    case budgetExceeded = "budget_exceeded"
    case buyingPaused = "buying_paused"
    case rateLimited = "rate_limited"
    case overloaded
    case vendorAuthFailed = "vendor_auth_failed"
    case vendorUnavailable = "vendor_unavailable"
    case storeUnavailable = "store_unavailable"
    case internalError = "internal_error"
}

/// An error that a caller is told: nothing was bought by this call, or the order says what was.
public struct Problem: Error, Sendable {
    public let code: ProblemCode
    public let detail: String
    /// What is known about the money.
    public var moneyState: MoneyState
    /// The order that the problem is about, where one is stored.
    public var orderID: OrderID?
    /// The action that the problem is about, where one is stored.
    public var actionID: ActionID?
    public var vendor: VendorStatement?
    public var faults: [Fault] = []
    /// When to ask again, in seconds.
    public var retryAfter: Int?
    /// Whether an earlier call with the same key ended so.
    public var isReplay = false
    /// What was honoured of how the caller preferred to wait, as `Preference-Applied` says it; nil for nothing.
    public var preferenceApplied: String?

    public init(
        _ code: ProblemCode, _ detail: String, moneyState: MoneyState = .notSpent, orderID: OrderID? = nil,
        vendor: VendorStatement? = nil, faults: [Fault] = [], retryAfter: Int? = nil
    ) {
        self.code = code
        self.detail = detail
        self.moneyState = moneyState
        self.orderID = orderID
        self.vendor = vendor
        self.faults = faults
        self.retryAfter = retryAfter
    }
}

extension Problem {
    /// What callers are told of an order that failed for this reason.
    init(_ problem: OrderProblem) {
        self.init(problem.code, problem.detail, vendor: problem.vendor)
    }
}
