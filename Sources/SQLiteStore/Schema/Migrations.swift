import GRDB

/// The steps from an empty database to today's schema, each with a name that is never used for anything else.
enum Migrations {
    /// Marks a database as Purser's in its header: `PRSR`.
    static let applicationID: Int32 = 0x5052_5352

    static let all: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        for step in steps {
            migrator.registerMigration(step.name, foreignKeyChecks: .immediate, migrate: step.change)
        }
        return migrator
    }()

    private struct Step {
        let name: String
        let change: @Sendable (Database) throws -> Void

        init(_ name: String, change: @escaping @Sendable (Database) throws -> Void) {
            self.name = name
            self.change = change
        }

        init(_ name: String, _ scripts: String...) {
            self.init(name) { db in
                for script in scripts { try db.execute(sql: script) }
            }
        }
    }

    private static let steps: [Step] = [
        Step(
            "orders", Schema.tables, Schema.firstRows, Schema.orderDefences, Schema.attemptDefences,
            Schema.eventDefences, Schema.otherDefences, Schema.indexes),
        Step("vendor readings", Schema.vendorReadings),
        Step("actions", Schema.actions, Schema.actionDefences),
        Step("lapsing orders", Schema.lapsingOrders),
        Step("latest sales", Schema.latestSales),
        Step("orders sold twice", Schema.ordersSoldTwice),
        Step("listed actions") { db in
            try addOwners(db)
            try db.execute(sql: Schema.listedActions)
        },
        Step("history", Schema.history),
        Step("statistics", Schema.statistics),
        Step("event feed", Schema.eventFeed),
        Step("buying", Schema.buying),
        Step("client budgets", Schema.budgets),
        Step("webhooks", Schema.webhooks, Schema.webhookDefences),
        Step("refunds", Schema.refunds, Schema.refundDefences, Schema.refundSums),
        Step("action statistics", Schema.actionStatistics),
        Step("refunds by time", "CREATE INDEX refund_by_time ON refund (at, id)"),
    ]

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
