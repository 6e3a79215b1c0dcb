public import Purchasing

extension MemoryOrderStore {
    public func accept(refund change: OrderChange) throws(StoreError) -> RefundAcceptance {
        try open()
        guard let refund = change.refund else { throw .refused("there is no refund to accept") }
        let (client, key) = (refund.client, refund.idempotencyKey)
        if let earlier = findRefund(client: client, key: key) { return .existing(earlier) }
        guard let stored = orders[change.order.id], stored.version == change.expectedVersion else { throw .conflict }
        guard find(client: client, key: key) == nil, findAction(client: client, key: key) == nil else {
            throw .refused("an order or an action has the key")
        }
        try store(change, over: stored)
        return .stored
    }

    public func refund(client: String, idempotencyKey: String) throws(StoreError) -> Refund? {
        try open()
        return findRefund(client: client, key: idempotencyKey)
    }

    public func refunds(of order: OrderID) throws(StoreError) -> [Refund] {
        try open()
        return returned[order] ?? []
    }

    func findRefund(client: String, key: String) -> Refund? {
        returned.values.joined().first { $0.client == client && $0.idempotencyKey == key }
    }
}
