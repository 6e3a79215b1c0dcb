public import Purchasing

/// Refunds stand beside the orders that they belong to, and are written with them.
extension SQLiteOrderStore {
    public func accept(refund change: OrderChange) async throws(StoreError) -> RefundAcceptance {
        let rows = OrderRows(change)
        let kept = kept
        let acceptance = try await write { db in try rows.acceptRefund(db, keeping: kept) }
        signal.ring(for: change.order.client)
        return acceptance
    }

    public func refund(client: String, idempotencyKey: String) async throws(StoreError) -> Refund? {
        try read { db in try RefundRecord.refund(client: client, idempotencyKey: idempotencyKey, db) }
    }

    public func refunds(of order: OrderID) async throws(StoreError) -> [Refund] {
        try read { db in try RefundRecord.refunds(of: order, db) }
    }

    public func refunds(_ query: RefundQuery) async throws(StoreError) -> RefundPage {
        try await readApart { db in try RefundHistory(query).page(db) }
    }
}
