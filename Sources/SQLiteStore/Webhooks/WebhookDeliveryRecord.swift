import Foundation
import GRDB
import Purchasing

/// A delivery as its row, and how rows follow each other.
enum WebhookDeliveryRecord {
    /// How many deliveries that wait for their next attempt are made due in one write when a receiver is back.
    static let wokenAtOnce = 1000

    private static let eventColumns = EventRecord.columns.split(separator: ", ").map { "event." + $0 }
        .joined(separator: ", ")
    private static let columns =
        eventColumns
        + ", delivery.event, delivery.status, delivery.attempts, delivery.tries, delivery.since, delivery.due_at, "
        + "delivery.attempted_at, delivery.last_status, delivery.last_reason, delivery.settled_at"
    private static let tables = " FROM webhook_delivery delivery JOIN event ON event.sequence = delivery.event "

    static let due =
        "SELECT " + columns + tables
        + "WHERE delivery.webhook = ? AND delivery.due_at IS NOT NULL ORDER BY delivery.due_at, delivery.event LIMIT ?"
    static let one = "SELECT " + columns + tables + "WHERE delivery.webhook = ? AND delivery.event = ?"
    static let owed = """
        SELECT number FROM webhook WHERE stop IS NULL AND removed_at IS NULL AND EXISTS
            (SELECT 1 FROM webhook_delivery WHERE webhook = webhook.number AND event > ?)
        """
    static let settle = """
        UPDATE webhook_delivery SET status = ?, attempts = attempts + 1, tries = tries + 1, due_at = ?,
            attempted_at = ?, last_status = ?, last_reason = ?, settled_at = ?
        WHERE webhook = ? AND event = ?
        """
    static let note = """
        UPDATE webhook_delivery SET attempts = attempts + 1, attempted_at = ?, last_status = ?, last_reason = ?
        WHERE webhook = ? AND event = ?
        """
    static let lane = "SELECT order_id, status, since FROM webhook_delivery WHERE webhook = ? AND event = ?"
    static let head = """
        SELECT event FROM webhook_delivery INDEXED BY webhook_delivery_by_order
        WHERE webhook = ? AND order_id = ? AND status = 'pending' ORDER BY event LIMIT 1
        """
    static let demote = """
        UPDATE webhook_delivery SET due_at = NULL
        WHERE webhook = ? AND order_id = ? AND due_at IS NOT NULL AND event <> ?
        """
    static let promote =
        "UPDATE webhook_delivery SET due_at = ? WHERE webhook = ? AND event = ? AND due_at IS NULL"
    static let woken = """
        UPDATE webhook_delivery SET due_at = ? WHERE webhook = ? AND event IN
            (SELECT event FROM webhook_delivery WHERE webhook = ? AND due_at > ? ORDER BY due_at LIMIT ?)
        """
    static let again = """
        UPDATE webhook_delivery SET status = 'pending', tries = 0, since = ?, due_at = NULL, settled_at = NULL
        WHERE webhook = ? AND event = ?
        """
    static let failed = """
        SELECT delivery.event FROM webhook_delivery delivery JOIN event ON event.sequence = delivery.event
        WHERE delivery.webhook = ? AND delivery.status = 'failed' AND event.at >= ? ORDER BY delivery.event LIMIT ?
        """
    static let tooOld = """
        SELECT event FROM webhook_delivery WHERE webhook = ? AND status = 'pending' AND since < ? ORDER BY since LIMIT ?
        """
    static let giveUp = """
        UPDATE webhook_delivery SET status = 'failed', due_at = NULL, settled_at = ?,
            last_reason = coalesce(last_reason, 'gave_up') WHERE webhook = ? AND event = ?
        """
    static let forgotten =
        "SELECT webhook, event FROM webhook_delivery WHERE settled_at IS NOT NULL AND settled_at < ? LIMIT ?"
    static let orphaned = """
        SELECT delivery.webhook, delivery.event FROM webhook CROSS JOIN webhook_delivery delivery ON delivery.webhook = webhook.number
        WHERE removed_at IS NOT NULL LIMIT ?
        """
    static let forget = "DELETE FROM webhook_delivery WHERE webhook = ? AND event = ?"
    static let oldest = """
        SELECT (SELECT at FROM event WHERE sequence =
            (SELECT min(event) FROM webhook_delivery WHERE webhook = webhook.number AND status = 'pending'))
        FROM webhook WHERE stop IS NULL AND removed_at IS NULL
        """

    static func list(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws -> [WebhookDelivery] {
        try Array(Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments).map(read))
    }

    /// The statement of a page.
    static func statement(_ query: WebhookDeliveryQuery) -> (sql: String, arguments: StatementArguments) {
        var sql = "SELECT " + columns + tables + "WHERE delivery.webhook = ? AND delivery.event < ?"
        var values: [DatabaseValue] = [query.number.databaseValue, (query.before ?? .max).databaseValue]
        if let order = query.order {
            sql += " AND delivery.order_id = ?"
            values.append(order.text.databaseValue)
        }
        if let status = query.status {
            sql += query.order == nil ? " AND delivery.status = ?" : " AND +delivery.status = ?"
            values.append(status.rawValue.databaseValue)
        }
        sql += " ORDER BY delivery.event DESC LIMIT ?"
        return (sql, StatementArguments(values + [query.limit.databaseValue]))
    }

    /// Stores what came of an attempt, and makes the next event of the order due once this one is settled.
    /// - Returns: whether there may be more to wake.
    static func record(_ attempt: WebhookAttempt, _ db: Database) throws -> Bool {
        let place: StatementArguments = [attempt.number, attempt.place]
        guard let row = try Row.fetchOne(db.cachedStatement(sql: lane), arguments: place) else { return false }
        let at = attempt.at.milliseconds
        let isAnother = row[1] != "pending" || row[2] != attempt.since.milliseconds
        if isAnother, attempt.status != .delivered {
            // It was given up, or is to be sent again, since it was sent.
            try db.cachedStatement(sql: note).execute(
                arguments: [at, attempt.answer, attempt.reason, attempt.number, attempt.place])
        } else {
            // An earlier event of the order may have been sent again meanwhile; then this one waits for it.
            let first = try Int64.fetchOne(
                db.cachedStatement(sql: head), arguments: [attempt.number, row[0] as String])
            let isDue = attempt.status == .pending && first ?? attempt.place >= attempt.place
            try db.cachedStatement(sql: settle).execute(
                arguments: [
                    attempt.status.rawValue, isDue ? attempt.dueAt?.milliseconds ?? at : nil, at, attempt.answer,
                    attempt.reason, attempt.status == .pending ? nil : at, attempt.number, attempt.place,
                ])
            try lineUp(attempt.number, row[0], at: at, db)
        }
        return try WebhookRecord.note(attempt, db)
    }

    /// Has the first pending delivery of an order due, at once unless it was already, and no other.
    static func lineUp(_ number: Int, _ order: String, at: Int64, _ db: Database) throws {
        let first = try Int64.fetchOne(db.cachedStatement(sql: head), arguments: [number, order])
        guard let first else { return }
        try db.cachedStatement(sql: demote).execute(arguments: [number, order, first])
        try db.cachedStatement(sql: promote).execute(arguments: [at, number, first])
    }

    /// Makes due what waits for its next attempt, so many at once.
    /// - Returns: whether there may be more.
    static func wake(_ number: Int, at: Int64, _ db: Database) throws -> Bool {
        try db.cachedStatement(sql: woken).execute(arguments: [at, number, number, at, wokenAtOnce])
        return db.changesCount >= wokenAtOnce
    }

    static func resend(_ places: [Int64], to number: Int, at: Int64, _ db: Database) throws {
        for place in places {
            guard
                let order = try String.fetchOne(db.cachedStatement(sql: lane), arguments: [number, place])
            else { continue }
            try db.cachedStatement(sql: again).execute(arguments: [at, number, place])
            try lineUp(number, order, at: at, db)
        }
    }

    static func giveUp(
        _ number: Int, askedBefore: Int64, at: Int64, limit: Int, _ db: Database
    ) throws -> Int {
        let places = try Int64.fetchAll(db.cachedStatement(sql: tooOld), arguments: [number, askedBefore, limit])
        for place in places {
            let order = try String.fetchOne(db.cachedStatement(sql: lane), arguments: [number, place])
            try db.cachedStatement(sql: giveUp).execute(arguments: [at, number, place])
            if let order { try lineUp(number, order, at: at, db) }
        }
        return places.count
    }

    static func forget(settledBefore: Int64, limit: Int, _ db: Database) throws -> Int {
        var rows = try Row.fetchAll(db.cachedStatement(sql: forgotten), arguments: [settledBefore, limit])
        rows += try Row.fetchAll(db.cachedStatement(sql: orphaned), arguments: [limit])
        for row in rows {
            try db.cachedStatement(sql: forget).execute(arguments: [row[0] as Int, row[1] as Int64])
        }
        return rows.count
    }

    /// - Throws: `UnreadableRow`.
    private static func read(_ row: Row) throws -> WebhookDelivery {
        var delivery = WebhookDelivery(
            place: row[13], event: try EventRecord.read(row), since: Date(milliseconds: row[17]), dueAt: date(row[18]))
        delivery.status = try .init(word: row[14], column: "delivery status")
        delivery.attempts = row[15]
        delivery.tries = row[16]
        delivery.attemptedAt = date(row[19])
        delivery.lastStatus = row[20]
        delivery.lastReason = row[21]
        delivery.settledAt = date(row[22])
        return delivery
    }

    private static func date(_ milliseconds: Int64?) -> Date? { milliseconds.map(Date.init(milliseconds:)) }
}
