/// Buys, once: the one door to everything that spends.
public final class Purchaser: Sendable {
    /// Accepts a request, buys it, and answers when the outcome is known or the wait is over.
    ///
    /// The purchase belongs to the service: a caller that leaves changes nothing, and the same key finds the order.
    /// - Throws: `Problem`; with an `orderID` the order is stored as failed, without one nothing was stored and the key is free.
    public func submit(_ submission: Submission) async throws(Problem) -> Answer { fatalError() }

    /// The order with an id, as the caller may see it; waits until it changes or settles, for `wait` at most.
    /// - Throws: `Problem` `not_found`, also for another client's order.
    public func order(_ id: OrderID, for caller: Caller, wait: Duration? = nil) async throws(Problem) -> Order {
        fatalError()
    }

    /// Withdraws an order of which nothing was sent yet; withdrawing it again answers the same.
    /// - Throws: `Problem` `not_cancelable` when something may have been sent.
    public func cancel(_ id: OrderID, by caller: Caller, requestID: String) async throws(Problem) -> Order {
        fatalError()
    }

    /// Settles an unknown order by a person's decision.
    /// - Throws: `Problem` `not_resolvable` when the order is not unknown, `invalid_request` when the vendor's id belongs to another order.
    public func resolve(_ id: OrderID, _ resolution: Resolution, by caller: Caller, requestID: String)
        async throws(Problem) -> Order
    { fatalError() }

    /// Why no order can be taken now; empty when orders are taken.
    public func obstacles() async -> [String] { fatalError() }
}

/// A call to buy.
public struct Submission: Sendable {
    public let request: OrderRequest
    public let caller: Caller
    public let idempotencyKey: String?
    public let requestID: String
    public let traceparent: String?
    /// How long to wait for the outcome.
    public let wait: Duration

    public init(
        request: OrderRequest, caller: Caller, idempotencyKey: String?, requestID: String, traceparent: String? = nil,
        wait: Duration
    ) {
        self.request = request
        self.caller = caller
        self.idempotencyKey = idempotencyKey
        self.requestID = requestID
        self.traceparent = traceparent
        self.wait = wait
    }
}

/// The order that a call made or found.
public struct Answer: Sendable {
    public let order: Order
    /// Whether the key had been used before.
    public let isReplay: Bool
}

/// A person's decision about an unknown order.
public struct Resolution: Sendable, Hashable {
    public let outcome: Outcome
    public let reason: String

    public enum Outcome: Sendable, Hashable {
        case bought(vendorOrderID: String?, total: Money?)
        case notBought
    }

    public init(outcome: Outcome, reason: String) {
        self.outcome = outcome
        self.reason = reason
    }
}
