import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

@testable import SQLiteStore

@Suite struct SnapshotStoreTests {
    @Test(arguments: SnapshotStoreConformance.checks)
    func `a store in SQLite`(_ check: SnapshotStoreConformance.Check) async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in try await check.run(store) }
        }
    }

    @Test(arguments: SnapshotStoreConformance.checks)
    func `a store in memory`(_ check: SnapshotStoreConformance.Check) async throws {
        try await check.run(MemorySnapshotStore())
    }

    private static func snapshot(_ asn: Int) -> ReadingSnapshot {
        ReadingSnapshot(
            key: ReadingKey(vendor: "a", topic: .stock(StockQuery(.isp, asn: asn))), value: .stock([]),
            readAt: .example)
    }

    private static func all(_ store: SQLiteOrderStore) async throws -> [ReadingSnapshot] {
        try await store.snapshots(after: .distantPast, limit: 100)
    }

    @Test func `readings outlive the process`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in try await store.save([Self.snapshot(1)], removing: []) }
            try await place.withStore { store in
                let readings = try await Self.all(store)
                #expect(readings == [Self.snapshot(1)])
            }
        }
    }

    @Test func `what another Purser wrote and this one cannot read is left out`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                try await store.save((1...6).map(Self.snapshot), removing: [])
            }
            try place.sql { db in
                for (asn, change) in [
                    (1, "topic = 'weather here'"), (2, "reading = '{\"prices\":[]}'"), (3, "reading = '{\"stock\":[{'"),
                    (4, "reading = ''"), (5, "reading = '{\"stock\":[{\"shape\":\"lte\"}]}'"),
                ] {
                    try db.execute(sql: "UPDATE vendor_reading SET \(change) WHERE topic = 'stock isp - \(asn)'")
                }
            }
            try await place.withStore { store in
                let readings = try await Self.all(store)
                #expect(readings == [Self.snapshot(6)])
            }
        }
    }

    @Test func `a database from before has none, and takes them`() async throws {
        try await StorePlace.temporary { place in
            let order = OrderChange.accepting(.example())
            try await place.withStore { store in _ = try await store.accept(order) }
            try place.sql { db in
                try db.execute(
                    sql: """
                        DROP TABLE vendor_reading;
                        DELETE FROM grdb_migrations WHERE identifier = 'vendor readings'
                        """)
            }
            try await place.withStore { store in
                let none = try await Self.all(store)
                #expect(none.isEmpty)
                try await store.save([Self.snapshot(1)], removing: [])
                let kept = try await store.order(order.order.id)
                #expect(kept == order.order)
            }
        }
    }

    // MARK: Behind the orders

    @Test func `orders that wait go first, each in a commit without snapshots`() async throws {
        try await StorePlace.temporary { place in
            let gate = Gate()
            let rows = Mutex<[[Int]]>([])
            var settings = SQLiteSettings()
            settings.beforeCommit = { db in
                gate.pass()
                let counts = try ["purchase_order", "vendor_reading"].map { table in
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0
                }
                rows.withLock { $0.append(counts) }
            }
            try await place.withStore(settings) { store in
                async let first = store.accept(.accepting(.example()))
                await gate.waitForWriter()
                async let reading: Void = store.save([Self.snapshot(1)], removing: [])
                async let second = store.accept(.accepting(.example()))
                while store.waiting < 2 { await Task.yield() }
                gate.open()
                _ = try await (first, second)
                try await reading
            }
            #expect(rows.withLock { $0 } == [[1, 0], [2, 0], [2, 1]])
        }
    }

    @Test func `a snapshot that cannot be written is nobody else's trouble`() async throws {
        try await StorePlace.temporary { place in
            let isFull = Mutex(false)
            var settings = SQLiteSettings()
            settings.beforeCommit = { db in
                let readings = try Int.fetchOne(db, sql: "SELECT count(*) FROM vendor_reading") ?? 0
                if isFull.withLock({ $0 }), readings > 0 { throw DatabaseError(resultCode: .SQLITE_FULL) }
            }
            try await place.withStore(settings) { store in
                isFull.withLock { $0 = true }
                await #expect(throws: StoreError.unavailable("the disk is full")) {
                    try await store.save([Self.snapshot(1)], removing: [])
                }
                #expect(store.isHealthy)
                _ = try await store.accept(.accepting(.example()))
                isFull.withLock { $0 = false }
                try await store.save([Self.snapshot(1)], removing: [])
                let readings = try await Self.all(store)
                #expect(readings == [Self.snapshot(1)])
            }
        }
    }

    @Test func `a closed store takes none, and what it took before is there`() async throws {
        try await StorePlace.temporary { place in
            let store = try place.open()
            async let saving: Void = store.save([Self.snapshot(1)], removing: [])
            try await saving
            try store.close()
            await #expect(throws: StoreError.unavailable("the store is closed")) {
                try await store.save([Self.snapshot(2)], removing: [])
            }
            try await place.withStore { store in
                let readings = try await Self.all(store)
                #expect(readings == [Self.snapshot(1)])
            }
        }
    }

    @Test func `the newest are found by an index`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let plan = try store.read { db in
                    try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + ReadingRecord.newest, arguments: [0, 10])
                        .map { $0["detail"] as String }
                }
                #expect(plan.count == 1)
                #expect(plan.first?.contains("USING INDEX vendor_reading_by_age") == true, "\(plan)")
            }
        }
    }
}
