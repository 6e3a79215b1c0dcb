public import Foundation

/// Which refunds to list; an empty list lets everything through.
public struct RefundQuery: Sendable, Hashable {
    /// The clients whose orders they are of, whoever wrote them down.
    public var clients: [String] = []
    /// The vendors that sold the orders.
    public var vendors: [String] = []
    /// Only refunds of this order.
    public var order: OrderID?
    /// Written down from this instant on.
    public var createdAfter: Date?
    /// Written down up to but not at this instant.
    public var createdBefore: Date?
    /// Only refunds older than this one: where the page before ended.
    public var before: RefundID?
    /// At most this many, 1 to 200.
    public var limit = 50

    public init() {}
}

/// A refund, and what of its order those want to know who add refunds up.
public struct ListedRefund: Sendable, Hashable {
    public let refund: Refund
    /// The vendor that gave the money back.
    public let vendor: String?
    /// The client whose order it is of.
    public let client: String

    public init(_ refund: Refund, vendor: String?, client: String) {
        self.refund = refund
        self.vendor = vendor
        self.client = client
    }
}

/// A page of refunds, newest first.
public struct RefundPage: Sendable {
    public let refunds: [ListedRefund]
    /// Whether older refunds follow.
    public let hasMore: Bool

    public init(refunds: [ListedRefund], hasMore: Bool) {
        self.refunds = refunds
        self.hasMore = hasMore
    }
}
