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
        migrator.registerMigration("listed actions", foreignKeyChecks: .immediate) { db in
            try addOwners(db)
            try db.execute(sql: Schema.listedActions)
        }
        return migrator
    }()

    /// Writes the owner of each action beside it; what guards actions against changes stands aside for that.
    private static func addOwners(_ db: Database) throws {
        try db.execute(sql: Schema.actionOwner)
        let guards = try Row.fetchAll(db, sql: Schema.actionGuards)
        for row in guards { try db.execute(sql: "DROP TRIGGER " + (row["name"] as String)) }
        try db.execute(sql: Schema.actionOwners)
        for row in guards { try db.execute(sql: row["sql"]) }
    }

    /// The applied migrations that this binary does not know.
    /// - Throws: `DatabaseError` when the database cannot be read.
    static func unknown(in db: Database) throws -> [String] {
        let known = Set(all.migrations)
        return try all.appliedIdentifiers(db).subtracting(known).sorted()
    }
}
