import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import Testing

@testable import SQLiteStore

@Suite struct WebhookStoreTests {
    @Test(arguments: WebhookStoreConformance.checks)
    func `a store in SQLite`(_ check: WebhookStoreConformance.Check) async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in try await check.run(store) }
        }
    }

    @Test(arguments: WebhookStoreConformance.checks)
    func `a store in memory`(_ check: WebhookStoreConformance.Check) async throws {
        try await check.run(MemoryOrderStore())
    }

    /// With millions of deliveries, a question that reads all of them would stop everything else.
    @Test(arguments: [
        WebhookDeliveryRecord.due, WebhookDeliveryRecord.one, WebhookDeliveryRecord.settle, WebhookDeliveryRecord.note,
        WebhookDeliveryRecord.lane, WebhookDeliveryRecord.head, WebhookDeliveryRecord.demote,
        WebhookDeliveryRecord.promote, WebhookDeliveryRecord.woken, WebhookDeliveryRecord.again,
        WebhookDeliveryRecord.failed, WebhookDeliveryRecord.tooOld, WebhookDeliveryRecord.giveUp,
        WebhookDeliveryRecord.forgotten, WebhookDeliveryRecord.forget, WebhookRecord.forgetWishes, WebhookRecord.wish,
        WebhookRecord.noteHealth, EventRecord.insert, WebhookRecord.byID,
    ])
    func `no question and no write reads all deliveries, and none sorts them`(sql: String) async throws {
        let plan = try await plan(of: sql)
        for step in plan where step.contains("SCAN") {
            #expect(["CONSTANT ROW", "VIRTUAL TABLE"].contains { step.contains($0) }, "\(plan)")
        }
        #expect(!plan.contains { $0.contains("TEMP B-TREE FOR ORDER BY") }, "\(plan)")
        // All that one webhook is owed can be millions.
        for step in plan where step.hasPrefix("SEARCH") && step.contains("delivery") {
            #expect(!step.hasSuffix("(webhook=?)"), "\(plan)")
        }
    }

    @Test(arguments: [WebhookDeliveryRecord.owed, WebhookDeliveryRecord.orphaned, WebhookDeliveryRecord.oldest])
    func `what is asked of every receiver reads a few rows of each`(sql: String) async throws {
        let plan = try await plan(of: sql)
        for step in plan where step.contains("SCAN") { #expect(step == "SCAN webhook", "\(plan)") }
        #expect(plan.contains { $0.contains("SEARCH") && $0.contains("webhook=?") }, "\(plan)")
    }

    @Test func `a new event finds who wants it by an index, and whether an earlier one waits`() async throws {
        let plan = try await plan(of: Schema.owed.replacing(/new\.[a-z_]+/, with: "?"))
        #expect(plan.contains { $0.contains("SEARCH wish USING PRIMARY KEY (type=? AND client=?)") }, "\(plan)")
        #expect(plan.contains { $0.contains("SEARCH earlier") && $0.contains("order_id=?") }, "\(plan)")
        #expect(!plan.contains { $0.contains("SCAN") && !$0.contains("CONSTANT ROW") }, "\(plan)")
    }

    @Test func `pages of deliveries are read where they begin, in their order`() async throws {
        let order = IdentifierSource.examples.next(.order)
        for status in [nil, WebhookDelivery.Status.failed] {
            for order in [nil, order] {
                let query = WebhookDeliveryQuery(number: 1, status: status, order: order)
                let plan = try await plan(of: WebhookDeliveryRecord.statement(query).sql)
                #expect(plan.first?.hasPrefix("SEARCH delivery") == true, "\(plan)")
                #expect(plan.first?.contains("event<?") == true, "\(plan)")
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
            }
        }
    }

    @Test func `what is owed is there after a restart, in the state it was in`() async throws {
        try await StorePlace.temporary { place in
            let webhook = try Webhook.example()
            try await place.withStore { store in
                try await store.insert(webhook)
                _ = try await store.accept(.accepting(.example()))
            }
            try await place.withStore { store in
                let number = try #require(try await store.webhook(webhook.id)?.number)
                #expect(try await store.dueDeliveries(of: number, limit: 9).count == 1)
                #expect(try await store.webhook(webhook.id)?.secret == webhook.secret)
            }
        }
    }

    @Test func `a URL that would be refused now is read as it was taken`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in try await store.insert(.example()) }
            try place.sql { db in try db.execute(sql: "UPDATE webhook SET url = 'https://a.example/[x]?%zz'") }
            try await place.withStore { store in
                let targets = try await store.webhooks().map(\.url.target)
                #expect(targets == ["/[x]?%zz"])
            }
        }
    }

    @Test func `the database refuses two due events of one order, and to forget what is owed`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                try await store.insert(.example())
                let change = OrderChange.accepting(.example())
                _ = try await store.accept(change)
                try await store.commit(.example(change.order, taking: .withdrawn))
            }
            try place.sql { db in
                #expect(throws: DatabaseError.self) {
                    try db.execute(sql: "UPDATE webhook_delivery SET due_at = 1 WHERE due_at IS NULL")
                }
                #expect(throws: DatabaseError.self) { try db.execute(sql: "DELETE FROM webhook_delivery") }
                #expect(throws: DatabaseError.self) { try db.execute(sql: "UPDATE webhook_delivery SET event = 9") }
            }
        }
    }

    @Test(arguments: [
        ("webhooks_get_first_events_first", "UPDATE webhook_delivery SET due_at = NULL", "2 events of"),
        (
            "webhooks_are_owed_events",
            "DROP TRIGGER webhook_delivery_keeps_its_event; UPDATE webhook_delivery SET order_id = 'ord_x'",
            "of ord_x, which is of ord_"
        ),
        ("webhooks_wish_what_they_say", "DELETE FROM webhook_wish WHERE type = 'order.*'", "is not kept"),
        ("webhooks_wish_what_they_say", "UPDATE webhook_wish SET client = 'zenith'", "does not say"),
    ])
    func `a fault that is planted is found`(check: String, sql: String, finding: String) async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                try await store.insert(.example(events: ["order.*", "action.failed"], clients: ["acme"]))
                try await store.insert(.example(events: ["*", "order.*"]))
                var gone = try Webhook.example()
                try await store.insert(gone)
                gone.version = 2
                gone.stop = .init(.operator, at: .example)
                try await store.update(gone)
                let change = OrderChange.accepting(.example())
                _ = try await store.accept(change)
                try await store.commit(.example(change.order, taking: .withdrawn))
            }
            let verify = {
                let closed = try ClosedStore(path: place.path)
                defer { closed.close() }
                return try closed.verify(thoroughly: true).broken
            }
            #expect(try verify() == [])
            try place.sql { db in try db.execute(sql: sql) }
            let broken = try #require(try verify().first { $0.name == check })
            guard case .broken(let findings, _) = broken.outcome else { return }
            #expect(findings.contains { $0.contains(finding) }, "\(findings)")
        }
    }

    @Test(arguments: [true, false])
    func `all that waits is due when its receiver is back, not only the first of it`(byOperator: Bool) async throws {
        try await StorePlace.temporary { place in
            var webhook = try await place.withStore { store in
                let webhook = try Webhook.example()
                try await store.insert(webhook)
                _ = try await store.accept(.accepting(.example()))
                return try #require(try await store.webhook(webhook.id))
            }
            try place.sql { db in
                try db.execute(
                    sql: """
                        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
                        INSERT INTO webhook_delivery (webhook, event, order_id, status, since, due_at)
                            SELECT ?, 1000 + i, 'ord_' || i, 'pending', 0, ? FROM n
                        """,
                    arguments: [webhook.number, Date.example.advanced(by: .seconds(3600)).milliseconds])
            }
            try await place.withStore { store in
                guard byOperator else { return try await store.record(.example(webhook, 1, .delivered, wakes: true)) }
                for stop in [Webhook.Stop(.operator, at: .example), nil] {
                    webhook.version += 1
                    webhook.stop = stop
                    try await store.update(webhook)
                }
            }
            let waiting = try place.sql { db in
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM webhook_delivery WHERE due_at > ?",
                    arguments: [Date.example.milliseconds])
            }
            #expect(waiting == 0)
        }
    }

    private func plan(of sql: String) async throws -> [String] {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let arguments = StatementArguments(Array(repeating: "1", count: sql.count { $0 == "?" }))
                return try store.read { db in
                    try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments)
                        .map { $0["detail"] as String }
                }
            }
        }
    }
}
