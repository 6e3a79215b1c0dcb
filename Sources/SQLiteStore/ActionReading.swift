import Foundation
import GRDB
import Purchasing

/// Questions about actions, each of them one statement.
enum ActionReading {
    private static let selection = "SELECT " + ActionRecord.columns + " FROM action"

    static let byID = selection + " WHERE id = ?"
    static let byKey = selection + " WHERE client = ? AND idempotency_key = ?"
    static let ofOrder = selection + " WHERE order_id = ? ORDER BY created_at, id"
    static let unsettled = selection + " WHERE settled_at IS NULL ORDER BY created_at, id"
    static let unknown = """
        SELECT vendor, created_at FROM action INDEXED BY action_unsettled
        WHERE settled_at IS NULL AND status = 'unknown' ORDER BY created_at
        """

    static func action(_ id: ActionID, _ db: Database) throws -> Action? {
        try actions(byID, [id.text], db).first
    }

    static func action(client: String, idempotencyKey: String, _ db: Database) throws -> Action? {
        try actions(byKey, [client, idempotencyKey], db).first
    }

    static func actions(of order: OrderID, _ db: Database) throws -> [Action] {
        try actions(ofOrder, [order.text], db)
    }

    static func unsettled(_ db: Database) throws -> [Action] { try actions(unsettled, [], db) }

    static func unknown(_ db: Database) throws -> [UnknownTally] {
        // They are few, and come oldest first.
        let rows = try Row.fetchAll(db.cachedStatement(sql: unknown))
        return Dictionary(grouping: rows) { $0[0] as String }.map { vendor, rows in
            UnknownTally(vendor: vendor, count: rows.count, oldest: Date(milliseconds: rows[0][1]))
        }.sorted { $0.vendor < $1.vendor }
    }

    private static func actions(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws -> [Action] {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        return try Array(rows.map(ActionRecord.read))
    }
}
