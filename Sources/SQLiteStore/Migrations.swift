import GRDB

/// The steps from an empty database to today's schema, each with a name that is never used for anything else.
enum Migrations {
    /// Marks a database as Purser's in its header: `PRSR`.
    static let applicationID: Int32 = 0x5052_5352

    static let all: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("orders", foreignKeyChecks: .immediate) { db in
            for script in [
                Schema.tables, Schema.firstRows, Schema.orderDefences, Schema.attemptDefences, Schema.eventDefences,
                Schema.otherDefences, Schema.indexes,
            ] {
                try db.execute(sql: script)
            }
        }
        migrator.registerMigration("vendor readings", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: Schema.vendorReadings)
        }
        migrator.registerMigration("actions", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: Schema.actions)
            try db.execute(sql: Schema.actionDefences)
        }
        migrator.registerMigration("lapsing orders", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: Schema.lapsingOrders)
        }
        migrator.registerMigration("orders sold twice", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: Schema.ordersSoldTwice)
        }
        return migrator
    }()

    /// The applied migrations that this binary does not know.
    /// - Throws: `DatabaseError` when the database cannot be read.
    static func unknown(in db: Database) throws -> [String] {
        let known = Set(all.migrations)
        return try all.appliedIdentifiers(db).subtracting(known).sorted()
    }
}
