import GRDB
public import Purchasing

/// Actions stand beside the orders that they change, and are written with them.
extension SQLiteOrderStore {
    public func accept(action change: OrderChange) async throws(StoreError) -> ActionAcceptance {
        let rows = OrderRows(change)
        let kept = kept
        let acceptance = try await write { db in try rows.acceptAction(db, keeping: kept) }
        signal.ring(for: change.order.client)
        return acceptance
    }

    public func action(_ id: ActionID) async throws(StoreError) -> Action? {
        try read { db in try ActionReading.action(id, db) }
    }

    public func action(client: String, idempotencyKey: String) async throws(StoreError) -> Action? {
        try read { db in try ActionReading.action(client: client, idempotencyKey: idempotencyKey, db) }
    }

    public func actions(of order: OrderID) async throws(StoreError) -> [Action] {
        try read { db in try ActionReading.actions(of: order, db) }
    }

    public func unsettledActions() async throws(StoreError) -> [Action] {
        try await readApart { db in try ActionReading.unsettled(db) }
    }

    public func actions(_ query: ActionQuery) async throws(StoreError) -> ActionPage {
        try await readApart { db in try ActionHistory(query).page(db) }
    }
}
