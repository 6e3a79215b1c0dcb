/// Where an order stands. The cases say what each may become; `after(_:)` is the only place that decides it.
public enum OrderStatus: String, Sendable, Hashable, CaseIterable {
    /// Durable, nothing sent. May become purchasing, failed or canceled.
    case pending
    /// Durably marked before the first byte went to the vendor. May become provisioning, completed, failed, unknown,
    /// or pending again (for the next vendor, on proof that nothing was bought).
    case purchasing
    /// Sold; the goods are not ready. May become completed.
    case provisioning
    /// Sold and ready. Settled.
    case completed
    /// Definitely not bought. Settled.
    case failed
    /// The vendor may have sold it. May become provisioning, completed or failed, by the vendor's id, by evidence, or by
    /// a named person; never by waiting.
    case unknown
    /// Withdrawn before anything was sent. Settled.
    case canceled

    /// Whether the order can never change again.
    public var isSettled: Bool {
        switch self {
        case .completed, .failed, .canceled: true
        case .pending, .purchasing, .provisioning, .unknown: false
        }
    }

    /// What may be said about the money.
    public var moneyState: MoneyState {
        switch self {
        case .pending, .failed, .canceled: .notSpent
        case .purchasing, .unknown: .maybeSpent
        case .provisioning, .completed: .spent
        }
    }
}

/// What an order or an error says about money.
public enum MoneyState: String, Sendable, Hashable {
    case notSpent = "not_spent"
    case maybeSpent = "maybe_spent"
    case spent
    /// The call changed nothing; what earlier calls with the same key did stands.
    case unchanged
}

/// What can happen to an order.
public enum OrderStep: String, Sendable, Hashable, CaseIterable {
    /// The intent is durable; the vendor call may leave now.
    case dispatched
    /// The vendor sold it and the goods are ready.
    case boughtReady
    /// The vendor sold it and the goods follow.
    case bought
    /// Nothing was bought, and that is proved.
    case notBought
    /// Nothing was bought at this vendor, and that is proved; the next one is tried.
    case nextVendor
    /// The outcome of a call is not known.
    case lost
    /// The goods of a sale are all there.
    case goodsReady
    /// The caller withdrew the order.
    case withdrawn
}

/// A step that the order's status does not allow.
public struct IllegalStep: Error, Hashable, Sendable {
    public let status: OrderStatus
    public let step: OrderStep
}

extension OrderStatus {
    /// The status after a step.
    /// - Throws: `IllegalStep` when the status does not allow the step; a settled status allows none.
    public func after(_ step: OrderStep) throws(IllegalStep) -> OrderStatus {
        switch (self, step) {
        case (.pending, .dispatched): .purchasing
        case (.pending, .notBought): .failed
        case (.pending, .withdrawn): .canceled
        case (.purchasing, .boughtReady), (.unknown, .boughtReady): .completed
        case (.purchasing, .bought), (.unknown, .bought): .provisioning
        case (.purchasing, .notBought), (.unknown, .notBought): .failed
        case (.purchasing, .nextVendor): .pending
        case (.purchasing, .lost): .unknown
        case (.provisioning, .goodsReady): .completed
        default: throw IllegalStep(status: self, step: step)
        }
    }
}
