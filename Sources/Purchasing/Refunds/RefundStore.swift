/// Where refunds live, beside the orders that they belong to.
public protocol RefundStore: Sendable {
    /// Stores a refund with its event and its order's new sum, unless the client has used the key already.
    /// - Throws: `StoreError.conflict` when the order has changed since it was read, `.refused` when the refunds would come to
    ///   more than the total, are in another currency, or an order or action of the client has the key; nothing is stored
    ///   then, as with any other error.
    func accept(refund change: OrderChange) async throws(StoreError) -> RefundAcceptance

    /// The refund that a client wrote down with a key.
    func refund(client: String, idempotencyKey: String) async throws(StoreError) -> Refund?

    /// Every refund of an order, oldest first.
    func refunds(of order: OrderID) async throws(StoreError) -> [Refund]

    /// A page of all refunds, newest first; empty where the one that the page begins behind is not there.
    func refunds(_ query: RefundQuery) async throws(StoreError) -> RefundPage
}

/// What became of a new refund.
public enum RefundAcceptance: Sendable {
    case stored
    /// The client has used the key; this is the refund that it wrote down then.
    case existing(Refund)
}
