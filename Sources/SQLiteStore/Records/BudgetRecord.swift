import Foundation
import GRDB
import Purchasing

/// A client's budget and its changes as their rows.
enum BudgetRecord {
    private static let changeColumns =
        "number, client, limit_micros, period, reason, actor_name, request_id, at"

    private static let standing = """
        SELECT b.client, b.limit_micros, b.period, coalesce(s.spent_micros, 0), coalesce(s.held_micros, 0),
            c.at, c.actor_name, c.reason
        FROM budget b JOIN budget_change c ON c.number = b.change
            LEFT JOIN budget_sum s ON s.client = b.client AND s.start = \(BudgetShare.start("b.period", ":at"))
        """

    /// A client's budget in the period of an instant, in milliseconds; nil when it has none.
    static func budget(of client: String, at instant: Int64, _ db: Database) throws -> BudgetStanding? {
        let statement = try db.cachedStatement(sql: standing + " WHERE b.client = :client")
        return try Row.fetchOne(statement, arguments: ["at": instant, "client": client])
            .map { try read($0, around: instant) }
    }

    /// Every budget in the period of an instant.
    static func all(at instant: Int64, _ db: Database) throws -> [BudgetStanding] {
        let statement = try db.cachedStatement(sql: standing + " ORDER BY b.client")
        return try Array(Row.fetchCursor(statement, arguments: ["at": instant]).map { try read($0, around: instant) })
    }

    /// Stores a change; the database does the rest.
    /// - Throws: `StoreError.conflict` when there is no budget to remove; `DatabaseError`.
    static func change(_ order: BudgetOrder, _ db: Database) throws -> BudgetStanding? {
        let at = order.at.milliseconds
        if order.limit == nil, try budget(of: order.client, at: at, db) == nil { throw StoreError.conflict }
        let insert = try db.cachedStatement(
            sql: "INSERT INTO budget_change (" + changeColumns
                + ") VALUES ((SELECT coalesce(max(number), 0) + 1 FROM budget_change), ?, ?, ?, ?, ?, ?, ?)")
        try insert.execute(arguments: [
            order.client, order.limit?.count, order.limit.map { _ in order.period.rawValue }, order.reason, order.by,
            order.requestID, at,
        ])
        return try budget(of: order.client, at: at, db)
    }

    /// The newest changes of a client's budget, the newest first.
    static func changes(of client: String, limit: Int, _ db: Database) throws -> [BudgetChange] {
        let statement = try db.cachedStatement(
            sql: "SELECT " + changeColumns + " FROM budget_change WHERE client = ? ORDER BY number DESC LIMIT ?")
        return try Array(
            Row.fetchCursor(statement, arguments: [client, limit]).map { row in
                BudgetChange(
                    number: row[0], client: row[1], limit: (row[2] as Int64?).map(Millionths.init),
                    period: try (row[3] as String?).map { try BudgetPeriod(word: $0, column: "budget's period") },
                    reason: row[4], by: row[5], requestID: row[6], at: Date(milliseconds: row[7]))
            })
    }

    private static func read(_ row: Row, around instant: Int64) throws -> BudgetStanding {
        BudgetStanding(
            client: row[0], limit: Millionths(row[1]),
            period: try BudgetPeriod(word: row[2], column: "budget's period"),
            spent: Millionths(row[3]), held: Millionths(row[4]), around: Date(milliseconds: instant),
            changedAt: Date(milliseconds: row[5]), by: row[6], reason: row[7])
    }
}
