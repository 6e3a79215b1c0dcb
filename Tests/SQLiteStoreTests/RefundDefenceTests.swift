import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import SQLiteStore
import Testing

/// What the database refuses about refunds, even to somebody who writes SQL by hand.
@Suite struct RefundDefenceTests {
    typealias Misdeed = DefenceTests.Misdeed

    @Test(arguments: misdeeds) func `the database refuses`(_ misdeed: Misdeed) async throws {
        try await StorePlace.temporary { place in
            let ids = try await place.withStore { store in try await Self.fill(store) }
            let before = try place.sql(Self.everything)
            let refusal = #expect(throws: DatabaseError.self) { try Self.execute(misdeed.sql, ids, place) }
            #expect(refusal?.resultCode == .SQLITE_CONSTRAINT, "\(misdeed.sql): \(String(describing: refusal))")
            #expect(try place.sql(Self.everything) == before)
        }
    }

    /// What all misdeeds are made of: done as it should be, nothing refuses it.
    @Test func `a refund, its event and its order's sum together are taken`() async throws {
        try await StorePlace.temporary { place in
            let ids = try await place.withStore { store in try await Self.fill(store) }
            let good = Self.event() + Self.says(12_500_002, "rfd_x") + Self.entry(micros: 2)
            try Self.execute(good, ids, place)
            try await place.withStore { store in
                let sum = try await store.statistics(StatisticsQuery()).map(\.sums.refunded)
                #expect(sum == [Millionths(13_500_002)])
            }
        }
    }

    static let misdeeds: [Misdeed] = entries + sums + orders

    private static let entries: [Misdeed] = [
        Misdeed("a deleted refund", "DELETE FROM refund"),
        Misdeed("a changed amount", "UPDATE refund SET micros = 1"),
        Misdeed("a changed note", "UPDATE refund SET note = 'x'"),
        Misdeed("a refund that its order does not say", event() + entry(micros: 2)),
        Misdeed("a refund of no order", entry(micros: 2, order: "'nobody'")),
        Misdeed("a later number", event() + says(12_500_002, "rfd_x") + entry(micros: 2, number: 3)),
        Misdeed("a number that stands twice", event() + says(12_500_002, "rfd_x") + entry(micros: 2, number: 1)),
        Misdeed("another currency", event() + says(12_500_002, "rfd_x") + entry(micros: 2, currency: "EUR")),
        Misdeed("no note", event() + says(12_500_002, "rfd_x") + entry(micros: 2, note: "")),
        Misdeed("a key of another refund", event() + says(12_500_002, "rfd_x") + entry(micros: 2, key: "credit")),
        Misdeed(
            "a refund in the place of another",
            event() + says(12_500_002, "rfd_x")
                + entry(micros: 2, key: "credit").replacing("INSERT INTO refund", with: "INSERT OR REPLACE INTO refund")
        ),
        Misdeed(
            "a key of an order", event() + says(12_500_002, "rfd_x") + entry(micros: 2, key: "order", client: "acme")),
        Misdeed("nothing at all", event() + says(12_500_000, "rfd_x") + entry(micros: 0)),
        Misdeed("less than nothing", event() + says(12_499_999, "rfd_x") + entry(micros: -1)),
    ]

    private static let sums: [Misdeed] = [
        Misdeed("a sum above the total", event() + says(120_000_001, "rfd_x") + entry(micros: 107_500_001)),
        Misdeed("a sum below nothing", event() + says(-1, "rfd_x") + entry(micros: 1)),
        Misdeed("a sum that is not that of the refunds", event() + says(12_500_003, "rfd_x") + entry(micros: 2)),
        Misdeed("a sum without a refund", event() + says(12_500_002, "rfd_x")),
        Misdeed("a sum without an event", says(12_500_002, "rfd_x", events: 0) + entry(micros: 2)),
        Misdeed(
            "another sum of the same refund",
            event() + "UPDATE purchase_order SET version = version + 1, "
                + "event_count = event_count + 1, refunded_micros = 1 WHERE id = :settled;"),
        Misdeed(
            "no sum any more",
            event() + "UPDATE purchase_order SET version = version + 1, "
                + "event_count = event_count + 1, refunded_micros = 0, last_refund = NULL WHERE id = :settled;"),
        Misdeed(
            "a refund of an order that was not bought",
            event(of: ":failed", state: "failed") + says(1, "rfd_x", of: ":failed")
                + entry(micros: 1, number: 1, order: ":failed")),
    ]

    private static let orders: [Misdeed] = [
        Misdeed(
            "another total of what came back",
            "UPDATE purchase_order SET version = version + 1, "
                + "total_micros = total_micros + 1 WHERE id = :open"),
        Misdeed(
            "a new order with a refund",
            """
            INSERT INTO event (id, order_id, number, type, state, cause, actor_kind, actor_name, at, data, client)
                VALUES ('evt_x', 'x', 1, 'order.pending', 'pending', 'c', 'client', 'n', 1, '{}', 'acme');
            INSERT INTO purchase_order (id, client, fingerprint, request, product, request_id, created_at, status,
                version, event_count, updated_at, routing, needs_review, flags, total_micros, total_currency,
                refunded_micros, last_refund)
            SELECT 'x', 'acme', 'f', '{}', 'isp', 'r', 1, 'pending', 1, 1, 1, '{}', 0, '[]', 5, 'USD', 1, last_refund
                FROM purchase_order WHERE id = :settled
            """),
        Misdeed(
            "an order with a refund's key",
            """
            INSERT INTO event (id, order_id, number, type, state, cause, actor_kind, actor_name, at, data, client)
                VALUES ('evt_x', 'x', 1, 'order.pending', 'pending', 'c', 'client', 'n', 1, '{}', 'ops');
            INSERT INTO purchase_order (id, client, idempotency_key, fingerprint, request, product, request_id, created_at,
                status, version, event_count, updated_at, routing, needs_review, flags)
            VALUES ('x', 'ops', 'credit', 'f', '{}', 'isp', 'r', 1, 'pending', 1, 1, 1, '{}', 0, '[]')
            """),
    ]

    private static func event(of order: String = ":settled", state: String = "completed") -> String {
        """
        INSERT INTO event (id, order_id, number, type, state, previous, cause, actor_kind, actor_name, at, data, client)
            SELECT 'evt_x', \(order), max(number) + 1, 'refund.recorded', '\(state)', '\(state)', 'refunded', 'operator',
                'n', 1, '{"refund_id":"rfd_x"}', 'acme'
            FROM event WHERE order_id = \(order);
        """
    }

    private static func says(_ micros: Int, _ refund: String, of order: String = ":settled", events: Int = 1) -> String
    {
        """
        UPDATE purchase_order SET version = version + 1, event_count = event_count + \(events),
            refunded_micros = \(micros), last_refund = '\(refund)' WHERE id = \(order);
        """
    }

    private static func entry(
        micros: Int, number: Int = 2, currency: String = "USD", note: String = "n", key: String = "new",
        client: String = "ops", order: String = ":settled"
    ) -> String {
        """
        INSERT INTO refund (id, order_id, number, micros, currency, note, client, actor_name, idempotency_key,
            fingerprint, request_id, at)
        VALUES ('rfd_x', \(order), \(number), \(micros), '\(currency)', '\(note)', '\(client)', 'n', '\(key)', 'f', 'r', 1);
        """
    }

    // MARK: The orders that are tried

    private static func execute(_ sql: String, _ ids: [String: String], _ place: StorePlace) throws {
        try place.sql { db in
            try db.inTransaction {
                try db.execute(sql: sql, arguments: sql.contains(":") ? StatementArguments(ids) : [])
                return .commit
            }
        }
    }

    /// A completed order and one whose goods follow, each with a refund, and one that failed.
    private static func fill(_ store: SQLiteOrderStore) async throws -> [String: String] {
        let settled = try await sold(store, .boughtReady, key: "order")
        _ = try await store.accept(refund: .returning(.example(of: settled, idempotencyKey: "credit"), of: settled))
        let open = try await sold(store, .bought, key: "open")
        _ = try await store.accept(
            refund: .returning(.example(of: open, amount: .usd(micros: 1_000_000)), of: open))
        let failed = OrderChange.accepting(.example(idempotencyKey: "failed"))
        _ = try await store.accept(failed)
        try await store.commit(try .example(failed.order, taking: .notBought))
        return ["settled": settled.id.text, "open": open.id.text, "failed": failed.order.id.text]
    }

    private static func sold(_ store: SQLiteOrderStore, _ step: OrderStep, key: String) async throws -> Order {
        let order = OrderChange.accepting(.example(idempotencyKey: key))
        _ = try await store.accept(order)
        let sent = try OrderChange.example(order.order, taking: .dispatched)
        try await store.commit(sent)
        let sold = try OrderChange.example(sent.order, taking: step) { order in
            order.total = .usd(micros: 120_000_000)
            order.totalSource = .vendor
        }
        try await store.commit(sold)
        return sold.order
    }

    private static func everything(_ db: Database) throws -> [String] {
        try ["purchase_order", "event", "refund", "sum_by_day_and_vendor", "sum_by_quarter", "sum_by_day"].flatMap {
            table in
            try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
        }
    }
}
