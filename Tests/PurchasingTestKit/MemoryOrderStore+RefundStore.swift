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

    public func refunds(_ query: RefundQuery) throws(StoreError) -> RefundPage {
        try open()
        let all = returned.values.joined().sorted { ($0.at, $0.id.text) > ($1.at, $1.id.text) }
        guard query.before.map({ id in all.contains { $0.id == id } }) ?? true else {
            return RefundPage(refunds: [], hasMore: false)
        }
        let older = query.before.map { id in all.drop { $0.id != id }.dropFirst() } ?? all[...]
        let listed = older.compactMap { refund in
            orders[refund.orderID].map { ListedRefund(refund, vendor: $0.vendor, client: $0.client) }
        }
        .filter(query.matches)
        return RefundPage(refunds: Array(listed.prefix(query.limit)), hasMore: listed.count > query.limit)
    }

    func findRefund(client: String, key: String) -> Refund? {
        returned.values.joined().first { $0.client == client && $0.idempotencyKey == key }
    }
}

extension RefundQuery {
    /// Whether a refund passes every filter.
    func matches(_ listed: ListedRefund) -> Bool {
        (clients.isEmpty || clients.contains(listed.client))
            && (vendors.isEmpty || listed.vendor.map(vendors.contains) ?? false)
            && (order == nil || order == listed.refund.orderID)
            && (createdAfter.map { listed.refund.at >= $0 } ?? true)
            && (createdBefore.map { listed.refund.at < $0 } ?? true)
    }
}
