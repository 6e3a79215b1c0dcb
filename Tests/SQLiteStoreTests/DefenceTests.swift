import ExactJSON
import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import SQLiteStore
import Testing

/// What the database refuses even to somebody who writes SQL by hand.
@Suite struct DefenceTests {
    /// A statement that must not succeed. `@settled` and `@open` stand for the ids of two orders.
    struct Misdeed: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sql: String

        init(_ name: String, _ sql: String) {
            testDescription = name
            self.sql = sql
        }
    }

    @Test(arguments: misdeeds) func `the database refuses`(_ misdeed: Misdeed) async throws {
        try await StorePlace.temporary { place in
            let ids = try await place.withStore { store in try await Self.fill(store) }
            let before = try place.sql(Self.everything)
            let refusal = #expect(throws: DatabaseError.self) {
                try place.sql { db in
                    try db.execute(
                        sql: misdeed.sql, arguments: misdeed.sql.contains(":") ? StatementArguments(ids) : [])
                }
            }
            #expect(refusal?.resultCode == .SQLITE_CONSTRAINT, "\(misdeed.sql): \(String(describing: refusal))")
            #expect(try place.sql(Self.everything) == before)
        }
    }

    static let misdeeds: [Misdeed] =
        settled.map { Misdeed("a change of a settled order's \($0.0)", $0.1) } + origins + lives + attempts + events
        + others

    private static let settled: [(String, String)] = [
        ("status", "status = 'unknown', settled_at = NULL"), ("total", "total_micros = 1"),
        ("currency", "total_currency = 'EUR'"), ("total's source", "total_source = 'operator'"),
        ("vendor", "vendor = 'other'"), ("vendor's number", "vendor_order_number = NULL"),
        ("vendor's id", "vendor_order_id = 'x'"), ("batch", "batch_id = 'x'"), ("settling time", "settled_at = 5"),
    ].map { ($0.0, "UPDATE purchase_order SET version = version + 1, " + $0.1 + " WHERE settled_at IS NOT NULL") }

    private static let origins: [Misdeed] = [
        "id = 'x'", "client = 'x'", "idempotency_key = 'x'", "idempotency_key = NULL", "fingerprint = 'x'",
        "request = '{}'", "product = 'ipv4'", "country = 'DE'", "request_id = 'x'", "traceparent = 'x'",
        "created_at = 5",
    ].map { Misdeed("a change of what was asked: \($0)", "UPDATE purchase_order SET version = version + 1, " + $0) }

    private static let lives: [Misdeed] = [
        Misdeed("a deleted order", "DELETE FROM purchase_order"),
        Misdeed("a change without a new version", "UPDATE purchase_order SET expires_at = 5"),
        Misdeed("a skipped version", "UPDATE purchase_order SET version = version + 2"),
        Misdeed(
            "a status that no event tells of",
            "UPDATE purchase_order SET version = version + 1, status = 'provisioning' WHERE status = 'purchasing'"),
        Misdeed("a status that there is not", "UPDATE purchase_order SET version = version + 1, status = 'lost'"),
        Misdeed("a count that is not the events'", "UPDATE purchase_order SET version = version + 1, event_count = 9"),
        Misdeed(
            "a negative total",
            "UPDATE purchase_order SET version = version + 1, total_micros = -1, total_currency = 'USD' "
                + "WHERE settled_at IS NULL"),
        Misdeed(
            "a total without a currency",
            "UPDATE purchase_order SET version = version + 1, total_micros = 1 WHERE settled_at IS NULL"),
        Misdeed(
            "a total that is a fraction",
            "UPDATE purchase_order SET version = version + 1, total_micros = 0.5, total_currency = 'USD' "
                + "WHERE settled_at IS NULL"),
        Misdeed(
            "a number that another order has",
            "UPDATE purchase_order SET version = version + 1, vendor_order_number = 'N-1' WHERE settled_at IS NULL"),
        Misdeed(
            "an id that another order has",
            "UPDATE purchase_order SET version = version + 1, vendor_order_id = 'ord_1' WHERE settled_at IS NULL"),
        Misdeed(
            "a batch that another order has",
            "UPDATE purchase_order SET version = version + 1, batch_id = 'bat_1' WHERE settled_at IS NULL"),
        Misdeed(
            "an order without events",
            """
            INSERT INTO purchase_order (id, client, fingerprint, request, product, request_id, created_at, status,
                version, event_count, updated_at, routing, needs_review, flags)
            VALUES ('x', 'acme', 'f', '{}', 'isp', 'r', 1, 'pending', 1, 1, 1, '{}', 0, '[]')
            """),
    ]

    private static let attempts: [Misdeed] = [
        Misdeed("a deleted attempt", "DELETE FROM attempt"),
        Misdeed("another body", "UPDATE attempt SET body = x'00'"),
        Misdeed("another vendor key", "UPDATE attempt SET vendor_key = 'x'"),
        Misdeed("another price", "UPDATE attempt SET quoted_micros = 1"),
        Misdeed("another baseline", "UPDATE attempt SET baseline = '{}'"),
        Misdeed("a forgotten doubt", "UPDATE attempt SET is_tainted = 0 WHERE is_tainted = 1"),
        Misdeed("a forgotten try", "UPDATE attempt SET tries = tries - 1 WHERE tries > 0"),
        Misdeed("a second attempt at a vendor", copy(order: "order_id", number: 2, vendor: "vendor", key: "'k'")),
        Misdeed("a vendor key used twice", copy(order: ":open", number: 2, vendor: "vendor", key: "vendor_key")),
        Misdeed("a skipped attempt", copy(order: "order_id", number: 3, vendor: "'other'", key: "'k'")),
        Misdeed("an attempt of no order", copy(order: "'nobody'", number: 1, vendor: "'other'", key: "'k'")),
    ]

    private static func copy(order: String, number: Int, vendor: String, key: String) -> String {
        """
        INSERT INTO attempt (order_id, number, vendor, vendor_key, body, started_at, tries, is_tainted)
        SELECT \(order), \(number), \(vendor), \(key), x'00', 1, 0, 0 FROM attempt WHERE order_id = :settled
        """
    }

    private static let events: [Misdeed] = [
        Misdeed("a deleted event", "DELETE FROM event"),
        Misdeed("a changed event", "UPDATE event SET cause = 'x'"),
        Misdeed("a gap in the events", event(number: 9, type: "evidence.read", previous: "'purchasing'")),
        Misdeed("an event that stands twice", event(number: 1, type: "order.pending", previous: "NULL")),
        Misdeed("an event of another past", event(number: 3, type: "evidence.read", previous: "'unknown'")),
        Misdeed(
            "a step that there is not", event(number: 3, type: "order.canceled", previous: "'purchasing'")),
        Misdeed(
            "a step from a settled state",
            event(number: 4, type: "order.unknown", previous: "'completed'", order: ":settled")),
        Misdeed(
            "a step that is called a note",
            event(number: 3, type: "evidence.read", previous: "'purchasing'", state: "unknown")),
        Misdeed(
            "a note that is called a step",
            event(number: 3, type: "order.purchasing", previous: "'purchasing'", state: "purchasing")),
        Misdeed("a new step in the table", "INSERT INTO transition VALUES ('failed', 'completed')"),
        Misdeed("a changed step in the table", "UPDATE transition SET state = 'completed' WHERE state = 'failed'"),
        Misdeed("a step taken from the table", "DELETE FROM transition WHERE state = 'canceled'"),
        Misdeed(
            "an actor that there is not",
            event(number: 3, type: "evidence.read", previous: "'purchasing'", actor: "ghost")),
    ]

    private static func event(
        number: Int, type: String, previous: String, state: String? = nil, order: String = ":open",
        actor: String = "purser"
    ) -> String {
        let stepped = type.hasPrefix("order.") ? String(type.dropFirst(6)) : nil
        let state = state ?? stepped ?? previous.trimmingCharacters(in: ["'"])
        return """
            INSERT INTO event (id, order_id, number, type, state, previous, cause, actor_kind, actor_name, at, data)
            VALUES ('evt_x', \(order), \(number), '\(type)', '\(state)', \(previous), 'c', '\(actor)', 'n', 1, '{}')
            """
    }

    private static let others: [Misdeed] = [
        Misdeed("a deleted key", "DELETE FROM client_key"),
        Misdeed("a key of another client", "UPDATE client_key SET client = 'x'"),
        Misdeed("a key of another role", "UPDATE client_key SET role = 'operator'"),
        Misdeed("a key with another secret", "UPDATE client_key SET secret_hash = zeroblob(32)"),
        Misdeed("a revocation taken back", "UPDATE client_key SET revoked_at = NULL"),
        Misdeed("an epoch that goes back", "UPDATE meta SET boot_epoch = 0"),
        Misdeed("a clock mark that goes back", "UPDATE meta SET wall_high_water = 0"),
        Misdeed("no meta row", "DELETE FROM meta"),
        Misdeed("two meta rows", "INSERT INTO meta VALUES (2, 1, 1, 1)"),
    ]

    // MARK: The orders that are tried

    /// A completed order with an attempt, one that is being purchased, and a revoked key; gives the two ids.
    private static func fill(_ store: SQLiteOrderStore) async throws -> [String: String] {
        let settled = OrderChange.accepting(.example())
        _ = try await store.accept(settled)
        let dispatched = try OrderChange.example(settled.order, taking: .dispatched) { order in
            order.attempts[0].isTainted = true
            order.attempts[0].tries = 2
        }
        try await store.commit(dispatched)
        try await store.commit(
            try OrderChange.example(dispatched.order, taking: .boughtReady) { order in
                order.vendorOrderNumber = "N-1"
                order.vendorOrderID = "ord_1"
                order.batchID = "bat_1"
                order.total = .usd(micros: 120_000_000)
                order.totalSource = .vendor
            })
        let open = OrderChange.accepting(.example())
        _ = try await store.accept(open)
        try await store.commit(try OrderChange.example(open.order, taking: .dispatched))
        try await store.insert(.example(revokedAt: .example))
        return ["settled": settled.order.id.text, "open": open.order.id.text]
    }

    /// Every row of every table.
    private static func everything(_ db: Database) throws -> [Row] {
        try ["meta", "transition", "purchase_order", "attempt", "event", "client_key"].flatMap { table in
            try Row.fetchAll(db, sql: "SELECT * FROM " + table.quotedDatabaseIdentifier)
        }
    }
}
