/// What an operator is told of a refund.
public struct RefundAnswer: Sendable {
    public let refund: Refund
    /// Whether an earlier call with the same key wrote it down.
    public let isReplay: Bool
}
