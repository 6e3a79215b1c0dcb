import ExactJSON
import Foundation
import GRDB
import Purchasing

/// A reading of a vendor as its row.
struct ReadingRecord: Sendable {
    let vendor: String
    let topic: String
    let readAt: Int64
    /// The reading as JSON.
    let reading: String

    init(_ snapshot: ReadingSnapshot) {
        vendor = snapshot.key.vendor
        topic = snapshot.key.topic.text
        readAt = snapshot.readAt.milliseconds
        reading = snapshot.value.json.text
    }

    init(_ row: Row) {
        vendor = row[0]
        topic = row[1]
        readAt = row[2]
        reading = row[3]
    }

    /// The reading; nil when this Purser cannot make sense of it, which is no loss: it is read again from the vendor.
    var snapshot: ReadingSnapshot? {
        guard let topic = ReadingTopic(text: topic) else { return nil }
        let json: JSON
        do { json = try JSON(stored: reading, column: "reading") } catch { return nil }
        guard let value = VendorReading(json: json) else { return nil }
        return ReadingSnapshot(
            key: ReadingKey(vendor: vendor, topic: topic), value: value, readAt: Date(milliseconds: readAt))
    }

    static let newest = """
        SELECT vendor, topic, read_at, reading FROM vendor_reading WHERE read_at >= ?
        ORDER BY read_at DESC, rowid DESC LIMIT ?
        """

    static func newest(after: Int64, limit: Int, _ db: Database) throws -> [ReadingRecord] {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: newest), arguments: [after, limit])
        return try Array(rows.map(ReadingRecord.init))
    }

    /// Removes what `newest` leaves out.
    static func prune(after: Int64, limit: Int, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM vendor_reading WHERE read_at < ?").execute(arguments: [after])
        try db.cachedStatement(
            sql: """
                DELETE FROM vendor_reading WHERE rowid IN
                    (SELECT rowid FROM vendor_reading ORDER BY read_at DESC, rowid DESC LIMIT -1 OFFSET ?)
                """
        ).execute(arguments: [limit])
    }

    static func remove(_ key: ReadingKey, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM vendor_reading WHERE vendor = ? AND topic = ?")
            .execute(arguments: [key.vendor, key.topic.text])
    }

    /// Puts the reading in the place of an earlier one.
    func save(_ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO vendor_reading (vendor, topic, read_at, reading) VALUES (?, ?, ?, ?)
                ON CONFLICT (vendor, topic) DO UPDATE SET read_at = excluded.read_at, reading = excluded.reading
                """
        ).execute(arguments: [vendor, topic, readAt, reading])
    }
}
