/// A page of orders, newest first.
public struct OrderPage: Sendable {
    public let orders: [Order]
    /// Whether older orders follow.
    public let hasMore: Bool

    public init(orders: [Order], hasMore: Bool) {
        self.orders = orders
        self.hasMore = hasMore
    }
}
