import ExactJSON
import GRDB
public import Purchasing

extension OrderReading {
    static let ofBatches =
        selection + """
             WHERE o.vendor = ? AND o.batch_id IN (SELECT value FROM json_each(?))
            ORDER BY o.id, a.number
            """

    static func orders(batches: [String], vendor: String, _ db: Database) throws -> [Order] {
        try orders(ofBatches, [vendor, JSON.texts(batches).text], db)
    }
}

extension SQLiteOrderStore {
    public func orders(batches: [String], vendor: String) async throws(StoreError) -> [Order] {
        try await readApart { db in try OrderReading.orders(batches: batches, vendor: vendor, db) }
    }
}
