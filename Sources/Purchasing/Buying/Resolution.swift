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
