import Foundation
import GRDB
import Purchasing

/// Questions about actions; what each answers comes of one statement.
enum ActionReading {
    private static let selection = "SELECT " + ActionRecord.columns + " FROM action"

    static let byID = selection + " WHERE id = ?"
    static let idOfKey = "SELECT id FROM action WHERE client = ? AND idempotency_key = ?"
    static let ofOrder = selection + " WHERE order_id = ? ORDER BY created_at, id"
    static let unsettled = selection + " WHERE settled_at IS NULL ORDER BY created_at, id"
    static func action(_ id: ActionID, _ db: Database) throws -> Action? {
        try actions(byID, [id.text], db).first
    }

    /// Asked of every order's key, which no action has.
    static func action(client: String, idempotencyKey: String, _ db: Database) throws -> Action? {
        try String.fetchOne(db.cachedStatement(sql: idOfKey), arguments: [client, idempotencyKey])
            .flatMap { try actions(byID, [$0], db).first }
    }

    static func actions(of order: OrderID, _ db: Database) throws -> [Action] {
        try actions(ofOrder, [order.text], db)
    }

    static func unsettled(_ db: Database) throws -> [Action] { try actions(unsettled, [], db) }

    private static func actions(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws -> [Action] {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        return try Array(rows.map(ActionRecord.read))
    }
}
