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
