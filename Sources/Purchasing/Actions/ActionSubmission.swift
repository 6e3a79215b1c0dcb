/// A call to change what was bought.
public struct ActionSubmission: Sendable {
    public let order: OrderID
    public let request: ActionRequest
    public let caller: Caller
    public let idempotencyKey: String
    public let requestID: String
    public let traceparent: String?
    /// How long to wait for the outcome.
    public let wait: Duration

    public init(
        order: OrderID, request: ActionRequest, caller: Caller, idempotencyKey: String, requestID: String,
        traceparent: String? = nil, wait: Duration
    ) {
        self.order = order
        self.request = request
        self.caller = caller
        self.idempotencyKey = idempotencyKey
        self.requestID = requestID
        self.traceparent = traceparent
        self.wait = wait
    }
}

/// The action that a call made or found.
public struct ActionAnswer: Sendable {
    public let action: Action
    /// Whether the key had been used before.
    public let isReplay: Bool
}

/// A person's decision about an unknown action.
public struct ActionResolution: Sendable, Hashable {
    public let outcome: Outcome
    public let reason: String

    public enum Outcome: Sendable, Hashable {
        /// The vendor did it, and charged this; nil where the person does not say.
        case done(total: Money?)
        case notDone
    }

    public init(outcome: Outcome, reason: String) {
        self.outcome = outcome
        self.reason = reason
    }
}
