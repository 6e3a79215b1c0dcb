import ExactJSON
import Foundation
import GRDB
import Purchasing

/// A receiver of events as its row.
enum WebhookRecord {
    private static let columns = """
        number, id, url, events, clients, description, created_at, updated_at, version, stop, stopped_at, secret,
        old_secret, old_secret_until, failures, rests_since, wakes_at, rest_reason, probes, delivered_at
        """

    static let all = "SELECT \(columns) FROM webhook WHERE removed_at IS NULL ORDER BY number"
    static let byID = "SELECT \(columns) FROM webhook WHERE id = ? AND removed_at IS NULL"
    static let insert = """
        INSERT INTO webhook (id, url, events, clients, description, created_at, updated_at, version, secret, failures,
            probes) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, 0, 0)
        """
    static let update = """
        UPDATE webhook SET url = ?, events = ?, clients = ?, description = ?, updated_at = ?, version = ?, stop = ?,
            stopped_at = ?, secret = ?, old_secret = ?, old_secret_until = ?, failures = ?, rests_since = ?,
            wakes_at = ?, rest_reason = ?, probes = ?, delivered_at = ?
        WHERE id = ? AND version = ? AND removed_at IS NULL
        """
    static let noteHealth = """
        UPDATE webhook SET failures = ?, rests_since = ?, wakes_at = ?, rest_reason = ?, probes = ?, delivered_at = ?
        WHERE number = ? AND version = ? AND removed_at IS NULL
        """
    static let stopGone = """
        UPDATE webhook SET stop = 'gone', stopped_at = ?, updated_at = max(updated_at, ?), version = version + 1
        WHERE number = ? AND version = ? AND stop IS NULL AND removed_at IS NULL
        """
    static let remove = """
        UPDATE webhook SET removed_at = ?, secret = NULL, old_secret = NULL, old_secret_until = NULL
        WHERE id = ? AND removed_at IS NULL
        """

    static func insert(_ webhook: Webhook, _ db: Database) throws {
        let values: [DatabaseValue] = [
            webhook.id.text.databaseValue, webhook.url.text.databaseValue, texts(webhook.filter.events),
            texts(webhook.filter.clients), webhook.description.databaseValue,
            webhook.createdAt.milliseconds.databaseValue, webhook.updatedAt.milliseconds.databaseValue,
            Data(webhook.secret.key).databaseValue,
        ]
        try db.cachedStatement(sql: insert).execute(arguments: StatementArguments(values))
        try writeWishes(of: webhook.id, webhook.filter, isInUse: webhook.stop == nil, db)
    }

    /// - Returns: the receiver's number where there may be more to wake.
    /// - Throws: `StoreError.conflict` unless the stored version is the one before.
    static func update(_ webhook: Webhook, _ db: Database) throws -> Int? {
        let earlier = try Row.fetchOne(
            db.cachedStatement(sql: byID), arguments: [webhook.id.text])
        guard let earlier, earlier["version"] == webhook.version - 1 else { throw StoreError.conflict }
        let stop = webhook.stop
        let own: [DatabaseValue] = [
            webhook.url.text.databaseValue, texts(webhook.filter.events), texts(webhook.filter.clients),
            webhook.description.databaseValue, webhook.updatedAt.milliseconds.databaseValue,
            webhook.version.databaseValue, (stop?.reason.rawValue).databaseValue, (stop?.at.milliseconds).databaseValue,
            Data(webhook.secret.key).databaseValue, (webhook.oldSecret.map { Data($0.key) }).databaseValue,
            (webhook.oldSecretUntil?.milliseconds).databaseValue,
        ]
        let last: [DatabaseValue] = [webhook.id.text.databaseValue, (webhook.version - 1).databaseValue]
        try db.cachedStatement(sql: update).execute(
            arguments: StatementArguments(own + health(webhook.health) + last))
        try writeWishes(of: webhook.id, webhook.filter, isInUse: stop == nil, db)
        let hasOtherPlace = earlier["url"] != webhook.url.text
        guard stop == nil, hasOtherPlace || (earlier["stop"] as String?) != nil else { return nil }
        let number: Int = earlier["number"]
        return try WebhookDeliveryRecord.wake(number, at: webhook.updatedAt.milliseconds, db) ? number : nil
    }

    static func remove(_ id: Identifier, at: Date, _ db: Database) throws -> Bool {
        try db.cachedStatement(sql: remove).execute(arguments: [at.milliseconds, id.text])
        guard db.changesCount == 1 else { return false }
        try db.cachedStatement(sql: forgetWishes).execute(arguments: [id.text])
        return true
    }

    /// Notes how a receiver does, where it still is the one that the attempt was made at.
    /// - Returns: whether there may be more to wake.
    static func note(_ attempt: WebhookAttempt, _ db: Database) throws -> Bool {
        let last: [DatabaseValue] = [attempt.number.databaseValue, attempt.version.databaseValue]
        try db.cachedStatement(sql: noteHealth).execute(arguments: StatementArguments(health(attempt.health) + last))
        guard db.changesCount == 1 else { return false }
        let hasMore =
            try attempt.wakes && WebhookDeliveryRecord.wake(attempt.number, at: attempt.at.milliseconds, db)
        guard attempt.isGone else { return hasMore }
        let at = attempt.at.milliseconds
        try db.cachedStatement(sql: stopGone).execute(arguments: [at, at, attempt.number, attempt.version])
        try db.cachedStatement(sql: "DELETE FROM webhook_wish WHERE webhook = ?").execute(arguments: [attempt.number])
        return hasMore
    }

    /// - Throws: `UnreadableRow`.
    static func read(_ row: Row) throws -> Webhook {
        guard let id = Identifier(row[1], kind: .webhook) else { throw UnreadableRow(column: "webhook id") }
        let url: WebhookURL
        do { url = try WebhookURL(stored: row[2]) } catch { throw UnreadableRow(column: "webhook url") }
        guard let secret = WebhookSecret(key: [UInt8](row[11] as Data? ?? Data())) else {
            throw UnreadableRow(column: "webhook secret")
        }
        let filter = WebhookFilter(events: try texts(row[3]), clients: try texts(row[4]))
        var webhook = Webhook(
            id: id, number: row[0], url: url, filter: filter, description: row[5], secret: secret,
            createdAt: Date(milliseconds: row[6]))
        webhook.updatedAt = Date(milliseconds: row[7])
        webhook.version = row[8]
        if let word = row[9] as String?, let at = row[10] as Int64? {
            webhook.stop = Webhook.Stop(try .init(word: word, column: "webhook stop"), at: Date(milliseconds: at))
        }
        webhook.oldSecret = (row[12] as Data?).flatMap { WebhookSecret(key: [UInt8]($0)) }
        webhook.oldSecretUntil = date(row[13])
        webhook.health.failures = row[14]
        webhook.health.restsSince = date(row[15])
        webhook.health.wakesAt = date(row[16])
        webhook.health.reason = row[17]
        webhook.health.probes = row[18]
        webhook.health.deliveredAt = date(row[19])
        return webhook
    }

    // MARK: Wishes

    static let forgetWishes =
        "DELETE FROM webhook_wish WHERE webhook = (SELECT number FROM webhook WHERE id = ?)"
    static let wish =
        "INSERT INTO webhook_wish (type, client, webhook) SELECT ?, ?, number FROM webhook WHERE id = ?"

    private static func writeWishes(
        of id: Identifier, _ filter: WebhookFilter, isInUse: Bool, _ db: Database
    ) throws {
        try db.cachedStatement(sql: forgetWishes).execute(arguments: [id.text])
        guard isInUse else { return }
        let clients = filter.clients.isEmpty ? [""] : Set(filter.clients).sorted()
        for pattern in filter.patterns {
            for client in clients {
                try db.cachedStatement(sql: wish).execute(arguments: [pattern, client, id.text])
            }
        }
    }

    // MARK: Parts

    private static func health(_ health: WebhookHealth) -> [DatabaseValue] {
        [
            health.failures.databaseValue, (health.restsSince?.milliseconds).databaseValue,
            (health.wakesAt?.milliseconds).databaseValue, health.reason.databaseValue, health.probes.databaseValue,
            (health.deliveredAt?.milliseconds).databaseValue,
        ]
    }

    private static func texts(_ texts: [String]) -> DatabaseValue { JSON.texts(texts).text.databaseValue }

    private static func texts(_ text: String) throws(UnreadableRow) -> [String] {
        guard let texts = try JSON(stored: text, column: "webhook filter").texts else {
            throw UnreadableRow(column: "webhook filter")
        }
        return texts
    }

    private static func date(_ milliseconds: Int64?) -> Date? { milliseconds.map(Date.init(milliseconds:)) }
}
