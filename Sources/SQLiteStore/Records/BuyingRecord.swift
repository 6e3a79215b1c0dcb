import Foundation
import GRDB
import Purchasing

/// A change of buying as its row.
enum BuyingRecord {
    private static let columns = "number, is_paused, reason, since, actor_name, request_id, at"

    /// The newest changes, the newest first.
    static func newest(_ limit: Int, _ db: Database) throws -> [BuyingChange] {
        let statement = try db.cachedStatement(
            sql: "SELECT " + columns + " FROM buying_change ORDER BY number DESC LIMIT ?")
        return try Array(Row.fetchCursor(statement, arguments: [limit]).map(read))
    }

    /// Stores a change that follows the last one, where it changes anything; the change that stands.
    static func change(
        reason: String?, by: String, requestID: String, at: Date, _ db: Database
    ) throws -> BuyingChange? {
        let last = try newest(1, db).first
        // As it will be read back: a clock may tell more than milliseconds.
        let at = Date(milliseconds: at.milliseconds)
        guard
            let change = BuyingChange.following(last, reason: reason, by: by, requestID: requestID, at: at)
        else { return last }
        let insert = try db.cachedStatement(
            sql: "INSERT INTO buying_change (" + columns
                + ", after_event) VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(sequence), 0) FROM event))")
        try insert.execute(arguments: [
            change.number, change.isPaused, change.reason, change.since?.milliseconds, change.by, change.requestID,
            change.at.milliseconds,
        ])
        return change
    }

    private static func read(_ row: Row) -> BuyingChange {
        BuyingChange(
            number: row[0], isPaused: row[1], reason: row[2],
            since: (row[3] as Int64?).map(Date.init(milliseconds:)), by: row[4], requestID: row[5],
            at: Date(milliseconds: row[6]))
    }
}
