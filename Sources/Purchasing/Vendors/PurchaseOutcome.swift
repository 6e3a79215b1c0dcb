public import ExactJSON
public import Foundation

/// What one purchase call proved: exactly one of four things. The flow never looks at a vendor's codes.
public enum PurchaseOutcome: Sendable, Hashable {
    /// The vendor says so, readably, with an id.
    case bought(Receipt)
    /// The vendor says no in a way that its documents make definite.
    case refused(Refusal)
    /// Proof that nothing was done: no byte of the request left, or the vendor turned it away before doing anything.
    case notSent(NotSent)
    /// Anything else.
    case unknown(Doubt)
}

/// What a vendor sold.
public struct Receipt: Sendable, Hashable {
    public var vendorOrderNumber: String?
    public var vendorOrderID: String?
    public var batchID: String?
    /// What the vendor says it charged; nil when it does not say or it cannot be read.
    public var total: Money?
    /// Whether the goods are ready.
    public var isReady: Bool
    public var expiresAt: Date?
    /// What the vendor said, minus secrets.
    public var details: JSON
    /// Things worth a look: `price_unknown`, `promo_code_not_applied`, `balance_mismatch`.
    public var flags: [String]

    public init(
        vendorOrderNumber: String? = nil, vendorOrderID: String? = nil, batchID: String? = nil, total: Money? = nil,
        isReady: Bool, expiresAt: Date? = nil, details: JSON = .object([]), flags: [String] = []
    ) {
        self.vendorOrderNumber = vendorOrderNumber
        self.vendorOrderID = vendorOrderID
        self.batchID = batchID
        self.total = total
        self.isReady = isReady
        self.expiresAt = expiresAt
        self.details = details
        self.flags = flags
    }
}

/// A definite no.
public struct Refusal: Sendable, Hashable {
    public let reason: Reason
    /// The vendor's own code and message.
    public let vendorCode: String?
    public let message: String?
    /// What an adapter found, in Purser's words; it stands beside the vendor's, or for them where the vendor was not asked.
    public let finding: String?

    public init(_ reason: Reason, vendorCode: String? = nil, message: String? = nil, finding: String? = nil) {
        self.reason = reason
        self.vendorCode = vendorCode
        self.message = message
        self.finding = finding
    }

    /// Why, in Purser's words.
    public enum Reason: Sendable, Hashable, CaseIterable {
        case insufficientBalance, kycRequired, insufficientInventory, quantityOutOfRange, promoCodeInvalid
        /// The vendor refused Purser's own credentials.
        case authFailed
        /// Any other definite refusal.
        case rejected
    }
}

/// Why it is proved that nothing was done.
public enum NotSent: Sendable, Hashable {
    /// No byte left; the text is a stable word: `connection_refused`, `name_not_resolved`, `tls_failed`,
    /// `connect_timeout`, `no_connection_in_time`.
    case unreachable(String)
    /// The vendor turned the call away before doing anything, and told how long to wait.
    case rateLimited(retryAfter: Duration)

    /// A stable word for events and logs.
    public var reason: String {
        switch self {
        case .unreachable(let reason): reason
        case .rateLimited: "rate_limited"
        }
    }
}

/// Why the outcome of a call is not known.
public struct Doubt: Sendable, Hashable {
    /// A stable word: `deadline`, `connection_lost`, `status_502`, `unreadable_body`, `unlisted_refusal`, `key_reused`.
    public let reason: String
    /// The HTTP status, where an answer came.
    public let status: Int?
    public let vendorCode: String?
    public let message: String?
    /// Whether another resend cannot help (a redirect, a key that the vendor says was reused).
    public let isFinal: Bool

    public init(
        _ reason: String, status: Int? = nil, vendorCode: String? = nil, message: String? = nil, isFinal: Bool = false
    ) {
        self.reason = reason
        self.status = status
        self.vendorCode = vendorCode
        self.message = message
        self.isFinal = isFinal
    }
}
