import Foundation
import GRDB
import Purchasing

/// A refund as its row: what is bound when it is written, and how it is read back, by position.
enum RefundRecord {
    private static let names = [
        "id", "order_id", "number", "micros", "currency", "note", "vendor_reference", "client", "actor_name",
        "idempotency_key", "fingerprint", "request_id", "at",
    ]
    private static let columns = names.joined(separator: ", ")
    /// How many columns are read.
    static let width = names.count

    /// What is read of a refund, `r`.
    static func columns(of r: String) -> String { names.map { r + "." + $0 }.joined(separator: ", ") }

    static let insert =
        "INSERT INTO refund (" + columns + ") VALUES (" + Array(repeating: "?", count: width).joined(separator: ", ")
        + ")"
    static let byKey = "SELECT " + columns + " FROM refund WHERE client = ? AND idempotency_key = ?"
    static let ofOrder = "SELECT " + columns + " FROM refund WHERE order_id = ? ORDER BY number"

    static func values(of refund: Refund) -> [DatabaseValue] {
        [
            refund.id.text.databaseValue, refund.orderID.text.databaseValue, refund.number.databaseValue,
            refund.amount.amount.count.databaseValue, refund.amount.currency.databaseValue,
            refund.note.databaseValue, refund.vendorReference.databaseValue, refund.client.databaseValue,
            refund.by.databaseValue, refund.idempotencyKey.databaseValue, refund.fingerprint.databaseValue,
            refund.requestID.databaseValue, refund.at.milliseconds.databaseValue,
        ]
    }

    static func refund(client: String, idempotencyKey: String, _ db: Database) throws -> Refund? {
        try refunds(byKey, [client, idempotencyKey], db).first
    }

    static func refunds(of order: OrderID, _ db: Database) throws -> [Refund] {
        try refunds(ofOrder, [order.text], db)
    }

    private static func refunds(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws -> [Refund] {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        return try Array(rows.map(read))
    }

    /// - Throws: `UnreadableRow`.
    static func read(_ row: Row) throws -> Refund {
        guard let id = RefundID(row[0], kind: .refund), let orderID = OrderID(row[1], kind: .order) else {
            throw UnreadableRow(column: "refund id")
        }
        return Refund(
            id: id, orderID: orderID, number: row[2], amount: Money(Millionths(row[3]), currency: row[4]), note: row[5],
            vendorReference: row[6], client: row[7], by: row[8], idempotencyKey: row[9], fingerprint: row[10],
            requestID: row[11], at: Date(milliseconds: row[12]))
    }
}
