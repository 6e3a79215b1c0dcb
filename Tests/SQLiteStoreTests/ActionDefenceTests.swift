import ExactJSON
import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import SQLiteStore
import Testing

/// What the database refuses about actions, even to somebody who writes SQL by hand.
@Suite struct ActionDefenceTests {
    typealias Misdeed = DefenceTests.Misdeed

    @Test(arguments: misdeeds) func `the database refuses`(_ misdeed: Misdeed) async throws {
        try await StorePlace.temporary { place in
            let ids = try await place.withStore { store in try await Self.fill(store) }
            let before = try place.sql(Self.everything)
            let refusal = #expect(throws: DatabaseError.self) {
                try place.sql { db in
                    try db.inTransaction {
                        try db.execute(
                            sql: misdeed.sql, arguments: misdeed.sql.contains(":") ? StatementArguments(ids) : [])
                        return .commit
                    }
                }
            }
            #expect(refusal?.resultCode == .SQLITE_CONSTRAINT, "\(misdeed.sql): \(String(describing: refusal))")
            #expect(try place.sql(Self.everything) == before)
        }
    }

    static let misdeeds: [Misdeed] = settled + origins + lives + events + others

    private static let settled: [Misdeed] = [
        "status = 'unknown', settled_at = NULL", "total_micros = 1, total_currency = 'USD'", "settled_at = 5",
        "tries = tries + 1", "result = '{}'", "problem = '{}'", "vendor_details = NULL", "updated_at = 5",
    ].map { Misdeed("a change of a settled action: \($0)", update($0, of: ":settled")) }

    private static let origins: [Misdeed] = [
        "id = 'x'", "order_id = 'x'", "vendor = 'x'", "client = 'x'", "idempotency_key = 'x'", "fingerprint = 'x'",
        "kind = 'release'", "request = '{}'", "request_id = 'x'", "traceparent = 'x'", "created_at = 5",
    ].map { Misdeed("a change of what was asked: \($0)", update($0, of: ":running")) }

    private static let lives: [Misdeed] = [
        Misdeed("a deleted action", "DELETE FROM action"),
        Misdeed("a change without a new version", "UPDATE action SET updated_at = 5 WHERE id = :running"),
        Misdeed("a skipped version", "UPDATE action SET version = version + 2 WHERE id = :running"),
        Misdeed("a status that no event tells of", update("status = 'unknown'", of: ":running")),
        Misdeed("a status that there is not", update("status = 'lost'", of: ":running")),
        Misdeed("another start", update("started_at = 5", of: ":running")),
        Misdeed("another price", update("quoted_micros = 1", of: ":running")),
        Misdeed("no price any more", update("quoted_micros = NULL, quoted_currency = NULL", of: ":running")),
        Misdeed("another baseline", update("baseline = '{}'", of: ":running")),
        Misdeed("a forgotten try", update("tries = tries - 1", of: ":running")),
        Misdeed("a negative total", update("total_micros = -1, total_currency = 'USD'", of: ":running")),
        Misdeed("a total without a currency", update("total_micros = 1", of: ":running")),
        Misdeed("a total that is a fraction", update("total_micros = 0.5, total_currency = 'USD'", of: ":running")),
        Misdeed(
            "a step from pending to done",
            event("action.completed", of: ":pending")
                + update("status = 'completed', settled_at = 5, started_at = 1, baseline = '{}'", of: ":pending")),
        Misdeed(
            "a step back",
            event("action.pending", of: ":running") + update("status = 'pending'", of: ":running")),
        Misdeed(
            "a start without a baseline",
            event("action.running", of: ":pending") + update("status = 'running', started_at = 1", of: ":pending")),
        Misdeed(
            "two actions at a time",
            event("action.running", of: ":pending")
                + update("status = 'running', started_at = 1, baseline = '{}'", of: ":pending")),
    ]

    private static let events: [Misdeed] = [
        Misdeed("an event of no action", event("action.running", of: "NULL")),
        Misdeed("an action's event on another order", event("evidence.read", of: ":running", order: ":other")),
        Misdeed("a step of the order in an action's name", event("order.completed", of: ":running")),
        Misdeed("a changed action of an event", "UPDATE event SET action_id = NULL"),
    ]

    private static let others: [Misdeed] = [
        Misdeed("an action without an event", copy("'x', order_id", key: "'x'", status: "'pending'")),
        Misdeed(
            "an action that begins in the middle",
            event("action.running", of: "'x'") + copy("'x', order_id", key: "'x'", status: "'running'")),
        Misdeed(
            "an order's key",
            event("action.pending", of: "'x'") + copy("'x', order_id", key: "'k'", status: "'pending'")),
        Misdeed(
            "another action's key",
            event("action.pending", of: "'x'") + copy("'x', order_id", key: "idempotency_key", status: "'pending'")),
        Misdeed(
            "an action on no order",
            event("action.pending", of: "'x'") + copy("'x', 'nobody'", key: "'x'", status: "'pending'")),
        Misdeed("a new step in the table", "INSERT INTO action_transition VALUES ('failed', 'completed')"),
        Misdeed(
            "a changed step in the table", "UPDATE action_transition SET status = 'failed' WHERE status = 'unknown'"),
        Misdeed("a step taken from the table", "DELETE FROM action_transition WHERE status = 'unknown'"),
        Misdeed(
            "a renewal that is no JSON",
            "UPDATE purchase_order SET version = version + 1, auto_renewal = 'monthly' WHERE id = :order"),
    ]

    private static func update(_ assignments: String, of id: String) -> String {
        "UPDATE action SET version = version + 1, \(assignments) WHERE id = \(id);"
    }

    private static func event(_ type: String, of action: String, order: String = ":order") -> String {
        let state = type.hasPrefix("order.") ? String(type.dropFirst(6)) : "completed"
        return """
            INSERT INTO event (id, order_id, number, type, state, previous, cause, actor_kind, actor_name, at, data,
                action_id)
            SELECT 'evt_x', \(order), max(number) + 1, '\(type)', '\(state)', 'completed', 'c', 'purser', 'n', 1, '{}',
                \(action)
            FROM event WHERE order_id = \(order);
            """
    }

    private static func copy(_ place: String, key: String, status: String) -> String {
        """
        INSERT INTO action (id, order_id, vendor, client, idempotency_key, fingerprint, kind, request, request_id,
            created_at, status, version, updated_at, started_at, baseline, tries, needs_review)
        SELECT \(place), vendor, client, \(key), fingerprint, kind, request, request_id, 1, \(status), 1, 1, 1, '{}', 0, 0
        FROM action WHERE id = :pending;
        """
    }

    // MARK: The actions that are tried

    /// An order with a failed action, one that runs and one that waits, and another order; gives all their ids.
    static func fill(_ store: SQLiteOrderStore) async throws -> [String: String] {
        let other = try await bought(store, key: "other")
        var order = try await bought(store, key: "k")
        func commit(_ change: OrderChange) async throws -> Action {
            try await store.commit(change)
            order = change.order
            return try #require(change.action)
        }
        func asked() async throws -> Action {
            let action = Action.example(on: order)
            let change = OrderChange.asking(for: action, of: order)
            _ = try await store.accept(action: change)
            order = change.order
            return action
        }
        let settled = try await asked()
        let failed = try await commit(
            .example(order, taking: .notDone, of: settled) { $0.vendorDetails = ["code": "ip_not_found"] })
        let waiting = try await asked()
        let running = try await commit(.example(order, taking: .dispatched, of: waiting) { $0.tries = 2 })
        let pending = try await asked()
        return [
            "order": order.id.text, "other": other.id.text, "settled": failed.id.text, "running": running.id.text,
            "pending": pending.id.text,
        ]
    }

    private static func bought(_ store: SQLiteOrderStore, key: String) async throws -> Order {
        var change = OrderChange.accepting(.example(idempotencyKey: key))
        _ = try await store.accept(change)
        for step in [OrderStep.dispatched, .boughtReady] {
            change = try .example(change.order, taking: step)
            try await store.commit(change)
        }
        return change.order
    }

    /// Every row of every table that an action may change.
    private static func everything(_ db: Database) throws -> [Row] {
        try ["purchase_order", "event", "action", "action_transition"].flatMap { table in
            try Row.fetchAll(db, sql: "SELECT * FROM " + table.quotedDatabaseIdentifier)
        }
    }
}
