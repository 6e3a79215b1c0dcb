import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import SQLiteStore
import Testing

/// Whatever is planted in a database is found, by the check that it breaks and by the row that breaks it.
@Suite struct VerificationTests {
    /// Something that the database refuses while its defences are there.
    struct Fault: Sendable, CustomTestStringConvertible {
        let check: String
        let testDescription: String
        let sql: String
        /// What one of the findings says.
        let finding: String

        init(_ check: String, _ name: String, _ sql: String, finding: String) {
            self.check = check
            testDescription = name
            self.sql = sql
            self.finding = finding
        }
    }

    @Test func `finds nothing wrong with what a store wrote`() async throws {
        try await StorePlace.temporary { place in
            _ = try await place.withStore { store in try await Self.fill(store) }
            let verification = try Self.verify(place)
            #expect(verification.broken == [])
            #expect(!verification.checks.contains { $0.outcome == .older })
            #expect(verification.orders == 3)
            #expect(verification.actions == 1)
            #expect(verification.checks.count > 15)
        }
    }

    @Test func `finds nothing wrong with a new store`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { _ in }
            #expect(try Self.verify(place).broken == [])
        }
    }

    @Test(arguments: faults) func `finds a planted fault`(_ fault: Fault) async throws {
        try await StorePlace.temporary { place in
            let ids = try await place.withStore { store in try await Self.fill(store) }
            try Self.plant(fault.sql, ids, place)
            let broken = try Self.verify(place).broken
            let check = try #require(broken.first { $0.name == fault.check }, "\(broken)")
            guard case .broken(let findings, _) = check.outcome else { return }
            let text = findings.joined(separator: "\n")
            let wanted = ids.reduce(fault.finding) { $0.replacing(":" + $1.key, with: $1.value) }
            #expect(text.contains(wanted), "\(text)")
            #expect(!broken.contains { $0.name == "defences" })
        }
    }

    static let faults: [Fault] = [
        Fault(
            "orders_stand_where_their_events_say", "a status that no event tells of",
            "UPDATE purchase_order SET status = 'provisioning' WHERE id = :open",
            finding: ":open is provisioning"),
        Fault(
            "orders_stand_where_their_events_say", "a lost last event",
            "DELETE FROM event WHERE order_id = :open AND number = (SELECT max(number) FROM event WHERE order_id = :open)",
            finding: ":open is purchasing with 2 events"),
        Fault(
            "orders_stand_where_their_events_say", "an order without any event",
            "DELETE FROM event WHERE order_id = :open", finding: "its last event says nothing"),
        Fault(
            "events_have_no_gaps", "a lost event in between",
            "DELETE FROM event WHERE order_id = :settled AND number = 2", finding: ":settled has"),
        Fault(
            "events_follow_each_other", "an event that starts from another state",
            "UPDATE event SET previous = 'unknown' WHERE order_id = :settled AND type = 'order.completed'",
            finding: ":settled event"),
        Fault(
            "events_follow_each_other", "an event that was committed before the one before it",
            "UPDATE event SET sequence = -1 WHERE order_id = :settled AND number = 2", finding: ":settled event 2"),
        Fault(
            "references", "a step that there is not",
            "UPDATE event SET previous = 'pending' WHERE order_id = :settled AND type = 'order.completed'",
            finding: "event"),
        Fault(
            "attempts_have_no_gaps", "an attempt with a later number",
            "UPDATE attempt SET number = 2 WHERE order_id = :settled", finding: ":settled has 1 attempts"),
        Fault(
            "sales_have_one_attempt", "a sale that no attempt made",
            "UPDATE attempt SET outcome = 'refused' WHERE order_id = :settled", finding: ":settled is completed with 0"),
        Fault(
            "sales_have_one_attempt", "a sale that was lost sight of, and nobody decided",
            "UPDATE attempt SET outcome = 'unknown' WHERE order_id = :settled", finding: ":settled is completed with 0"),
        Fault(
            "sales_have_one_attempt", "a sale at two vendors",
            """
            INSERT INTO attempt (order_id, number, vendor, body, started_at, outcome, tries, is_tainted)
            VALUES (:settled, 2, 'other', x'00', 1, 'bought', 1, 0)
            """, finding: ":settled is completed with 2"),
        Fault(
            "sales_have_one_attempt", "a purchase that nobody was told of",
            "UPDATE attempt SET outcome = 'bought' WHERE order_id = :open", finding: ":open is purchasing with 1"),
        Fault(
            "sales_have_one_attempt", "a sale at another vendor than the order says",
            "UPDATE attempt SET vendor = 'other' WHERE order_id = :settled", finding: ":settled is completed with 1"),
        Fault(
            "totals_are_whole", "a total that nobody told",
            "UPDATE purchase_order SET total_source = NULL WHERE id = :settled", finding: "from nobody"),
        Fault(
            "totals_are_whole", "a total without a currency",
            "UPDATE purchase_order SET total_currency = NULL WHERE id = :settled", finding: "without currency"),
        Fault(
            "totals_are_whole", "money for nothing",
            """
            UPDATE purchase_order SET total_micros = 1, total_currency = 'USD', total_source = 'vendor' WHERE id = :open
            """, finding: ":open is purchasing with total 1 USD"),
        Fault(
            "refunds_come_to_what_orders_say", "money that came back and nobody noted",
            "UPDATE purchase_order SET refunded_micros = 1 WHERE id = :settled", finding: ":settled says 1 came back"),
        Fault(
            "refunds_are_on_timelines", "a refund that no timeline tells of",
            """
            INSERT INTO refund (id, order_id, number, micros, currency, note, client, actor_name, idempotency_key,
                fingerprint, request_id, at)
            VALUES ('rfd_x', :settled, 1, 1, 'USD', 'n', 'ops', 'n', 'new', 'f', 'r', 1)
            """, finding: ":settled refund 1 is no event"),
        Fault(
            "held_is_what_was_quoted", "more held than was quoted",
            "UPDATE purchase_order SET held_micros = held_micros + 1 WHERE id = :open", finding: ":open is purchasing"),
        Fault(
            "held_is_what_was_quoted", "money held for what was sold",
            "UPDATE purchase_order SET held_micros = 1, held_currency = 'USD' WHERE id = :settled",
            finding: ":settled is completed"),
        Fault(
            "orders_settled_when_their_events_say", "another settling time",
            "UPDATE purchase_order SET settled_at = settled_at + 1 WHERE id = :settled",
            finding: ":settled is completed"),
        Fault(
            "orders_settled_when_their_events_say", "a forgotten settling time",
            "UPDATE purchase_order SET settled_at = NULL WHERE id = :settled", finding: "settled at no time"),
        Fault(
            "orders_settled_when_their_events_say", "another birthday",
            "UPDATE purchase_order SET created_at = created_at - 1 WHERE id = :open", finding: ":open is purchasing"),
        Fault(
            "actions_stand_where_their_events_say", "an action that is further than its events",
            "UPDATE action SET status = 'completed', settled_at = 5 WHERE id = :action", finding: ":action of"),
        Fault(
            "actions_stand_where_their_events_say", "an action's event on another order",
            """
            INSERT INTO event (id, order_id, number, type, state, previous, cause, actor_kind, actor_name, at, data, action_id)
            VALUES ('evt_x', :open, 3, 'evidence.read', 'purchasing', 'purchasing', 'c', 'purser', 'n', 1, '{}', :action)
            """, finding: "tells of :action"),
        Fault(
            "actions_take_known_steps", "an action that begins in the middle",
            "UPDATE event SET type = 'action.completed' WHERE action_id = :action AND type = 'action.pending'",
            finding: ":action goes from nothing to action.completed"),
        Fault(
            "action_totals_are_whole", "an action's total without a source",
            "UPDATE action SET total_micros = 1, total_currency = 'USD' WHERE id = :action", finding: "from nobody"),
        Fault(
            "keys_are_used_once", "an action with an order's key",
            """
            UPDATE action SET idempotency_key = (SELECT idempotency_key FROM purchase_order WHERE id = :open)
            WHERE id = :action
            """, finding: ":action has the key of :open"),
        Fault(
            "metadata_is_what_orders_say", "a lost label",
            "DELETE FROM order_metadata WHERE name = 'team'", finding: "is missing in the list"),
        Fault(
            "metadata_is_what_orders_say", "a label that nobody gave",
            "UPDATE order_metadata SET value = 'other'", finding: "that it does not say"),
        Fault(
            "sum_by_day_and_vendor", "a sum that is too high",
            "UPDATE sum_by_day_and_vendor SET spent_micros = spent_micros + 1 WHERE spent_micros > 0",
            finding: "spent_micros 120000001"),
        Fault(
            "sum_by_quarter", "a lost sum", "DELETE FROM sum_by_quarter WHERE status = 'completed'",
            finding: "counted: quarter"),
        Fault(
            "sum_by_day", "a sum of a client that there is not",
            "UPDATE sum_by_day SET client = 'nobody' WHERE status = 'completed'", finding: "client nobody"),
        Fault(
            "action_sum_by_day", "a charge that nobody made",
            "INSERT INTO action_sum_by_day VALUES (1, 'acme', 'helodata', 'isp', 'US', 'USD', 1, 5, 0, 0, 0, 0)",
            finding: "kept: day 1"),
        Fault(
            "action_sum_by_quarter", "a doubt that there is not",
            "INSERT INTO action_sum_by_quarter VALUES (1, 'acme', 'helodata', 'isp', 'US', 'USD', 0, 0, 0, 1, 5, 0)",
            finding: "kept: quarter 1"),
        Fault(
            "migrations", "a step of a newer Purser", "INSERT INTO grdb_migrations VALUES ('time travel')",
            finding: "time travel"),
        Fault(
            "application", "another program's mark", "PRAGMA application_id = 5", finding: "its mark is 5"),
        Fault(
            "references", "an attempt of no order",
            "UPDATE attempt SET order_id = 'nobody' WHERE order_id = :settled", finding: "attempt"),
    ]

    @Test(arguments: [
        ("DROP TRIGGER order_stays_settled", "trigger order_stays_settled is missing"),
        ("DROP INDEX order_by_age", "index order_by_age is missing"),
        ("CREATE TRIGGER mine AFTER UPDATE ON action BEGIN SELECT 1; END", "trigger mine is not Purser's"),
    ]) func `finds that the defences were touched`(sql: String, finding: String) async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { _ in }
            try place.sql { db in try db.execute(sql: sql) }
            let check = try #require(Self.verify(place).broken.first { $0.name == "defences" })
            #expect(check.outcome == .broken(first: [finding], hasMore: false))
        }
    }

    @Test func `finds that an index lost a row`() async throws {
        try await StorePlace.temporary { place in
            let ids = try await place.withStore { store in try await Self.fill(store) }
            let index = try place.sql { db in
                let row = try Row.fetchOne(db, sql: "SELECT * FROM sqlite_schema WHERE name = 'order_unsettled'")
                try db.execute(sql: "PRAGMA writable_schema = ON")
                try db.execute(sql: "DELETE FROM sqlite_schema WHERE name = 'order_unsettled'")
                return row
            }
            // The row goes while nobody knows of the index.
            try Self.plant("UPDATE purchase_order SET created_at = created_at + 1 WHERE id = :open", ids, place)
            try place.sql { db in
                try db.execute(sql: "PRAGMA writable_schema = ON")
                let values = try #require(index).databaseValues
                try db.execute(
                    sql: "INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)",
                    arguments: StatementArguments(Array(values)))
            }
            let store = try ClosedStore(path: place.path)
            defer { store.close() }
            let file = try #require(try store.verify(thoroughly: true).broken.first { $0.name == "file" })
            guard case .broken(let findings, _) = file.outcome else { return }
            #expect(findings.contains { $0.contains("order_unsettled") }, "\(findings)")
        }
    }

    @Test func `says of a file that is no database, or another program's, what it is`() async throws {
        try await StorePlace.temporary { place in
            try Data("this is no database, however long it is".utf8).write(to: URL(filePath: place.path))
            let error = #expect(throws: StoreOpeningError.self) { try Self.verify(place) }
            guard case .notADatabase = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try FileManager.default.removeItem(atPath: place.path)
            try place.sql { db in try db.execute(sql: "CREATE TABLE a (b)") }
            #expect(try Self.verify(place).broken.map(\.name) == ["application"])
        }
    }

    @Test func `tells the first findings only`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                for _ in 0..<8 { _ = try await store.accept(.accepting(.example())) }
            }
            try Self.plant("DELETE FROM event", [:], place)
            let check = try #require(Self.verify(place).broken.first)
            guard case .broken(let first, let hasMore) = check.outcome else { return }
            #expect(first.count == 5)
            #expect(hasMore)
        }
    }

    @Test func `fills the sums anew`() async throws {
        try await StorePlace.temporary { place in
            _ = try await place.withStore { store in try await Self.fill(store) }
            let tables = ["sum_by_day_and_vendor", "sum_by_quarter", "sum_by_day"]
            try place.sql { db in
                for table in tables { try db.execute(sql: "UPDATE \(table) SET orders = orders + 1") }
            }
            #expect(try Self.verify(place).broken.map(\.name) == tables)
            let store = try ClosedStore(path: place.path, isWritten: true)
            try store.rebuildSums()
            #expect(try store.verify(thoroughly: true).broken == [])
            store.close()
        }
    }

    @Test func `a file that a store has open is not looked at`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { _ in
                let error = #expect(throws: StoreOpeningError.self) { try ClosedStore(path: place.path) }
                guard case .inUse = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
            let missing = #expect(throws: StoreOpeningError.self) { try ClosedStore(path: place.path + "x") }
            #expect(missing?.description.contains("there is no such file") == true)
        }
    }

    // MARK: The orders that are tried

    static func verify(_ place: StorePlace) throws -> StoreVerification {
        let store = try ClosedStore(path: place.path)
        defer { store.close() }
        return try store.verify(thoroughly: true)
    }

    /// Writes what the database refuses: its triggers are taken away meanwhile, and nothing else is checked.
    static func plant(_ sql: String, _ ids: [String: String], _ place: StorePlace) throws {
        try place.sql { db in
            let triggers = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
            for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger[0] as String)") }
            let used = ids.filter { sql.contains(":" + $0.key) }
            try db.execute(sql: sql, arguments: StatementArguments(used))
            for trigger in triggers { try db.execute(sql: trigger[1]) }
        }
    }

    /// A completed order with a label, an action and an attempt, one that is being purchased, and one that is unknown.
    static func fill(_ store: SQLiteOrderStore) async throws -> [String: String] {
        let accepted = OrderChange.accepting(
            .example(request: .example(metadata: [.init(name: "team", value: "crawl")])))
        _ = try await store.accept(accepted)
        let dispatched = try OrderChange.example(accepted.order, taking: .dispatched)
        try await store.commit(dispatched)
        let sold = try OrderChange.example(dispatched.order, taking: .boughtReady) { order in
            order.attempts[0].outcome = .bought
            order.vendorOrderID = "ord_1"
            order.total = .usd(micros: 120_000_000)
            order.totalSource = .vendor
        }
        try await store.commit(sold)
        let action = Action.example(on: sold.order)
        let asked = OrderChange.asking(for: action, of: sold.order)
        _ = try await store.accept(action: asked)
        try await store.commit(try .example(asked.order, taking: .dispatched, of: action))
        let open = OrderChange.accepting(.example())
        _ = try await store.accept(open)
        try await store.commit(try .example(open.order, taking: .dispatched))
        let doubtful = OrderChange.accepting(.example())
        _ = try await store.accept(doubtful)
        let sent = try OrderChange.example(doubtful.order, taking: .dispatched)
        try await store.commit(sent)
        try await store.commit(try .example(sent.order, taking: .lost))
        return ["settled": sold.order.id.text, "open": open.order.id.text, "action": action.id.text]
    }
}
