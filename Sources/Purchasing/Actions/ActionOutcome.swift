public import ExactJSON
public import Foundation

/// One action, ready to be sent.
public struct ActionCall: Sendable, Hashable {
    public var task: ActionTask
    public let sale: Sale
    public let context: CallContext
    /// The goods and the account as `prepare` read them; nil before that.
    public var baseline: GoodsCondition?

    public init(task: ActionTask, sale: Sale, context: CallContext, baseline: GoodsCondition? = nil) {
        self.task = task
        self.sale = sale
        self.context = context
        self.baseline = baseline
    }
}

/// What was read just before an action.
public enum ActionPreparation: Sendable, Hashable {
    /// It may be done: the price where one is known, and the goods as they stand.
    case ready(price: Money?, baseline: GoodsCondition)
    /// The vendor would refuse it; nothing was done.
    case refused(Refusal)
    /// The vendor could not be asked; nothing was done. `retryAfter` is what the vendor told.
    case unavailable(reason: String, retryAfter: Duration?)
}

/// What one call for an action proved: exactly one of four things.
public enum ActionOutcome: Sendable, Hashable {
    /// The vendor says so, readably.
    case done(ActionReceipt)
    /// The vendor says no in a way that its documents make definite.
    case refused(Refusal)
    /// Proof that nothing was done.
    case notSent(NotSent)
    /// Anything else.
    case unknown(Doubt)
}

/// What a vendor did.
public struct ActionReceipt: Sendable, Hashable {
    /// What the vendor says it charged; nil when it does not say.
    public var total: Money?
    /// The new expiry of the goods.
    public var expiresAt: Date?
    /// Members for the action's `result`.
    public var result: JSON
    /// What the vendor said, minus secrets.
    public var details: JSON

    public init(
        total: Money? = nil, expiresAt: Date? = nil, result: JSON = .object([]), details: JSON = .object([])
    ) {
        self.total = total
        self.expiresAt = expiresAt
        self.result = result
        self.details = details
    }
}
