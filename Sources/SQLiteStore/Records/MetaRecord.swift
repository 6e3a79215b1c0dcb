import GRDB

/// What the store knows of its own past.
enum MetaRecord {
    /// Counts the start, and raises the high-water mark of the clock to everything that was ever written.
    static func start(now: Int64, _ db: Database) throws -> (epoch: Int, highWater: Int64) {
        try db.execute(
            sql: """
                UPDATE meta SET boot_epoch = boot_epoch + 1, wall_high_water = max(wall_high_water, ?,
                    coalesce((SELECT at FROM event ORDER BY sequence DESC LIMIT 1), 0))
                """, arguments: [now])
        guard let row = try Row.fetchOne(db, sql: "SELECT boot_epoch, wall_high_water FROM meta") else {
            throw UnreadableRow(column: "meta row")
        }
        return (row[0], row[1])
    }

    /// Writes to the disk and raises the high-water mark. It counts, because SQLite writes no page that stays the same.
    static func probe(now: Int64, _ db: Database) throws {
        let update = try db.cachedStatement(
            sql: "UPDATE meta SET probes = probes + 1, wall_high_water = max(wall_high_water, ?)")
        try update.execute(arguments: [now])
    }
}
