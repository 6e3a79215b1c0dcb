import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import Testing

@testable import SQLiteStore

/// A database of a Purser that knew no actions.
@Suite struct ActionMigrationTests {
    @Test func `it opens, keeps its orders and timelines, and takes actions`() async throws {
        try await StorePlace.temporary { place in
            try place.fillAsBefore()
            try await place.withStore { store in
                let open = try #require(try await store.order(Self.open))
                #expect(open.status == .purchasing)
                #expect(open.attempts.map(\.body) == [[1, 2, 3]])
                let order = try #require(try await store.order(client: "acme", idempotencyKey: "k"))
                #expect(order.id == Self.settled)
                #expect(order.status == .completed)
                #expect(order.autoRenewal == nil)
                #expect(order.total == .usd(micros: 120_000_000))
                let events = try await store.events(of: order.id)
                #expect(events.map(\.type) == [.state(.pending), .state(.purchasing), .state(.completed)])
                #expect(events.allSatisfy { $0.actionID == nil })

                let action = Action.example(on: order)
                let asking = OrderChange.asking(for: action, of: order)
                _ = try await store.accept(action: asking)
                var running = try OrderChange.example(asking.order, taking: .dispatched, of: action)
                running.update { $0.autoRenewal = .months(1) }
                try await store.commit(running)
                await #expect(throws: StoreError.self) {
                    try await store.accept(
                        action: .asking(for: .example(on: order, idempotencyKey: "k"), of: running.order))
                }
            }
            try await place.withStore { store in
                let actions = try await store.unsettledActions()
                #expect(actions.map(\.status) == [.running])
                #expect(try await store.order(Self.settled)?.autoRenewal == .months(1))
                #expect(
                    try await store.events(of: Self.settled).compactMap(\.actionID)
                        == actions.flatMap { [$0.id, $0.id] })
            }
        }
    }

    @Test func `its metadata is found, its orders are added up, and its events say whose order they tell of`()
        async throws
    {
        try await StorePlace.temporary { place in
            try place.fillAsBefore()
            try await place.withStore { store in
                var query = OrderQuery()
                query.metadata = [.init(name: "team", value: "crawl")]
                #expect(try await store.orders(query).orders.map(\.id) == [Self.settled])
                let sums = try #require(try await store.statistics(StatisticsQuery()).first).sums
                #expect(sums.orders == 2 && sums.spentOrders == 1 && sums.heldOrders == 1)
                #expect(sums.spent == Millionths(120_000_000))
                #expect(sums.quantity == 20)
                #expect(try await store.events(EventQuery(client: "acme")).count == 5)
            }
            #expect(throws: (any Error).self) { try place.sql { try $0.execute(sql: "UPDATE event SET client = 'x'") } }
        }
    }

    @Test func `actions from before they were listed are listed for the client whose order they are on`() async throws {
        try await StorePlace.temporary { place in
            try place.fillAsBefore(upTo: "lapsing orders", with: StorePlace.actionFromBefore)
            try await place.withStore { store in
                var query = ActionQuery()
                query.clients = ["acme"]
                let actions = try await store.actions(query).actions
                #expect(actions.map(\.client) == ["ops"] && actions.map(\.orderID) == [Self.settled])
                query.clients = ["ops"]
                #expect(try await store.actions(query).actions.isEmpty)
                // What guards actions stands again.
                let order = try #require(try await store.order(Self.settled))
                let action = try #require(actions.first)
                let running = try OrderChange.example(order, taking: .dispatched, of: action)
                try await store.commit(running)
            }
            for sql in [
                "UPDATE action SET owner = 'zenith'", "UPDATE action SET fingerprint = 'x', version = version + 1",
            ] {
                #expect(throws: (any Error).self) { try place.sql { try $0.execute(sql: sql) } }
            }
        }
    }

    fileprivate static let action = IdentifierSource.examples.next(.action)
    fileprivate static let settled = IdentifierSource.examples.next(.order)
    fileprivate static let open = IdentifierSource.examples.next(.order)
}

extension StorePlace {
    /// A database with two orders, as it was made and written before there were actions, or before something else.
    fileprivate func fillAsBefore(upTo migration: String = "vendor readings", with more: String? = nil) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA application_id = " + String(Migrations.applicationID))
        }
        try Migrations.all.migrate(queue, upTo: migration)
        try queue.write { db in
            try db.execute(
                sql: Self.ordersFromBefore,
                arguments: [
                    "settled": ActionMigrationTests.settled.text, "open": ActionMigrationTests.open.text,
                    "event1": Self.eventID(), "event2": Self.eventID(), "event3": Self.eventID(),
                    "event4": Self.eventID(),
                    "event5": Self.eventID(),
                ])
            guard let more else { return }
            try db.execute(
                sql: more,
                arguments: [
                    "settled": ActionMigrationTests.settled.text, "action": ActionMigrationTests.action.text,
                    "event": Self.eventID(),
                ])
        }
        try queue.close()
    }

    private static func eventID() -> String { IdentifierSource.examples.next(.event).text }

    fileprivate static let actionFromBefore = """
        INSERT INTO event (id, order_id, number, type, state, previous, cause, actor_kind, actor_name, request_id, at,
            data, action_id)
        VALUES (:event, :settled, 4, 'action.pending', 'completed', 'completed', 'accepted', 'operator', 'ops', 'r', 4,
            '{}', :action);
        UPDATE purchase_order SET version = 2, event_count = 4, updated_at = 4 WHERE id = :settled;
        INSERT INTO action (id, order_id, vendor, client, idempotency_key, fingerprint, kind, request, request_id,
            created_at, status, version, updated_at, tries, needs_review)
        VALUES (:action, :settled, 'helodata', 'ops', 'a', 'f', 'release', '{"kind":"release"}', 'r', 4, 'pending', 1, 4,
            0, 0);
        """

    private static let ordersFromBefore = """
        INSERT INTO event (id, order_id, number, type, state, previous, cause, actor_kind, actor_name, request_id, at,
            data)
        VALUES
            (:event1, :settled, 1, 'order.pending', 'pending', NULL, 'accepted', 'client', 'acme', 'r', 1, '{}'),
            (:event2, :settled, 2, 'order.purchasing', 'purchasing', 'pending', 'd', 'purser', 'purser', NULL, 2, '{}'),
            (:event3, :settled, 3, 'order.completed', 'completed', 'purchasing', 'v', 'vendor', 'v', NULL, 3, '{}'),
            (:event4, :open, 1, 'order.pending', 'pending', NULL, 'accepted', 'client', 'acme', 'r', 1, '{}'),
            (:event5, :open, 2, 'order.purchasing', 'purchasing', 'pending', 'd', 'purser', 'purser', NULL, 2, '{}');
        INSERT INTO attempt (order_id, number, vendor, vendor_key, body, started_at, tries, is_tainted)
        VALUES (:settled, 1, 'helodata', 'k1', x'010203', 2, 1, 0), (:open, 1, 'helodata', 'k2', x'010203', 2, 1, 0);
        INSERT INTO purchase_order (id, client, idempotency_key, fingerprint, request, product, country, request_id,
            created_at, status, version, event_count, updated_at, settled_at, vendor, vendor_order_id, total_micros,
            total_currency, total_source, routing, needs_review, flags)
        VALUES
            (:settled, 'acme', 'k', 'f',
                '{"product":"isp","quantity":20,"months":1,"country":"US","vendor":"auto","metadata":{"team":"crawl"}}',
                'isp', 'US', 'r', 1, 'completed', 1, 3, 3, 3, 'helodata', 'ord_1', 120000000, 'USD', 'vendor',
                '{"policy":"priority","candidates":[]}', 0, '[]'),
            (:open, 'acme', NULL, 'f', '{"product":"isp","quantity":20,"months":1,"country":"US","vendor":"auto"}', 'isp',
                'US', 'r', 1, 'purchasing', 1, 2, 2, NULL, 'helodata', NULL, NULL, NULL, NULL,
                '{"policy":"priority","candidates":[]}', 0, '[]');
        """
}
