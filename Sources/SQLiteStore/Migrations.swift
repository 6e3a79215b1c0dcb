import GRDB

/// The steps from an empty database to today's schema, each with a name that is never used for anything else.
enum Migrations {
    /// Marks a database as Purser's in its header: `PRSR`.
    static let applicationID: Int32 = 0x5052_5352

    static let all: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        for (name, scripts) in steps {
            migrator.registerMigration(name, foreignKeyChecks: .immediate) { db in
                for script in scripts { try db.execute(sql: script) }
            }
        }
        return migrator
    }()

    private static let steps: [(name: String, scripts: [String])] = [
        (
            "orders",
            [
                Schema.tables, Schema.firstRows, Schema.orderDefences, Schema.attemptDefences, Schema.eventDefences,
                Schema.otherDefences, Schema.indexes,
            ]
        ),
        ("vendor readings", [Schema.vendorReadings]),
        ("actions", [Schema.actions, Schema.actionDefences]),
        ("lapsing orders", [Schema.lapsingOrders]),
        ("latest sales", [Schema.latestSales]),
        ("orders sold twice", [Schema.ordersSoldTwice]),
        ("history", [Schema.history]),
        ("statistics", [Schema.statistics]),
        ("event feed", [Schema.eventFeed]),
    ]

    /// The applied migrations that this binary does not know.
    /// - Throws: `DatabaseError` when the database cannot be read.
    static func unknown(in db: Database) throws -> [String] {
        let known = Set(all.migrations)
        return try all.appliedIdentifiers(db).subtracting(known).sorted()
    }
}
