import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import Testing

@testable import SQLiteStore

@Suite struct DurabilityTests {
    /// GRDB's pool sets `synchronous` to `NORMAL` by itself; this is the test that it does not stay so.
    @Test func `the writer fsyncs every commit and leaves checkpoints to us`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let expected: [String: String] = [
                    "synchronous": "2", "journal_mode": "wal", "wal_autocheckpoint": "0", "foreign_keys": "1",
                    "mmap_size": "0", "busy_timeout": "5000", "recursive_triggers": "1", "cache_size": "-16384",
                ]
                for (name, value) in expected {
                    let found = try await store.write { db in
                        try String.fetchOne(db, sql: "PRAGMA " + name.quotedDatabaseIdentifier)
                    }
                    #expect(found == value, "\(name)")
                }
                #expect(try store.read { db in try Int.fetchOne(db, sql: "PRAGMA cache_size") } == -4096)
            }
        }
    }

    /// SQLite writes no page that stays the same, so a probe that wrote nothing new would prove nothing.
    @Test func `a probe writes to the disk every time`() async throws {
        try await StorePlace.temporary { place in
            let store = try place.open(timepiece: .standing(at: .example))
            let other = try DatabaseQueue(path: place.path)
            var versions: Set<Int> = []
            for _ in 0..<3 {
                try await store.probe()
                versions.insert(try await other.read { db in try Int.fetchOne(db, sql: "PRAGMA data_version") } ?? 0)
            }
            #expect(versions.count == 3)
            try store.close()
        }
    }

    @Test func `a full disk refuses orders, keeps reading, and is over when there is space again`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let pages = try await store.write { db in try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0 }
                try await store.limit(pages: pages + 20)
                var stored: [OrderID] = []
                var refusal: StoreError?
                while refusal == nil {
                    let change = OrderChange.accepting(.example())
                    do throws(StoreError) {
                        _ = try await store.accept(change)
                        stored.append(change.order.id)
                    } catch {
                        refusal = error
                    }
                }
                #expect(refusal == .unavailable("the disk is full"))
                #expect(try await store.unsettled().map(\.id) == stored)
                try await store.limit(pages: 1_000_000)
                let change = OrderChange.accepting(.example())
                _ = try await store.accept(change)
                #expect(store.isHealthy)
                #expect(try await store.unsettled().map(\.id) == stored + [change.order.id])
            }
        }
    }

    @Test func `the write-ahead log stays short under load`() async throws {
        try await StorePlace.temporary { place in
            var settings = SQLiteSettings()
            settings.checkpointPages = 50
            try await place.withStore(settings) { store in
                for _ in 0..<300 { _ = try await store.accept(.accepting(.example())) }
                #expect(try place.size("-wal") < 2 * 50 * 4_200)
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func `the write-ahead log stays short where somebody always reads`() async throws {
        try await StorePlace.temporary { place in
            var settings = SQLiteSettings()
            settings.checkpointPages = 20
            try await place.withStore(settings) { store in
                let readers = OverlappingReaders(place.path)
                async let reading: Void = readers.read()
                for _ in 0..<600 { _ = try await store.accept(.accepting(.example())) }
                #expect(try place.size("-wal") < 4_000_000)
                readers.stop()
                await reading
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `an idle store gives the space of its log back`() async throws {
        try await StorePlace.temporary { place in
            var settings = SQLiteSettings()
            settings.idleTime = .milliseconds(1)
            try await place.withStore(settings) { store in
                _ = try await store.accept(.accepting(.example()))
                while try place.size("-wal") > 0 { await Task.yield() }
                #expect(try await store.unsettled().count == 1)
                _ = try await store.accept(.accepting(.example()))
            }
        }
    }

    @Test func `another program's lock is waited for, and then said`() async throws {
        try await StorePlace.temporary { place in
            var settings = SQLiteSettings()
            settings.busyTimeout = .milliseconds(20)
            try await place.withStore(settings) { store in
                var configuration = Configuration()
                configuration.allowsUnsafeTransactions = true
                let other = try DatabaseQueue(path: place.path, configuration: configuration)
                let order = OrderChange.accepting(.example())
                try other.inDatabase { db in try db.beginTransaction(.immediate) }
                await #expect(throws: StoreError.unavailable("the database is locked by another program")) {
                    _ = try await store.accept(order)
                }
                try other.inDatabase { db in try db.rollback() }
                _ = try await store.accept(order)
                #expect(try await store.unsettled() == [order.order])
            }
        }
    }

    @Test func `a start is counted, and the clock's high-water mark never falls`() async throws {
        try await StorePlace.temporary { place in
            let late = Date(milliseconds: 2_000_000_000_000)
            let first = try place.open(timepiece: .standing(at: late))
            #expect(first.bootEpoch == 1)
            #expect(first.wallHighWater == late)
            try first.close()
            let second = try place.open(timepiece: .standing(at: .example))
            #expect(second.bootEpoch == 2)
            #expect(second.wallHighWater == late)
            try await second.probe()
            try second.close()
        }
    }

    @Test func `what was written shows how late it is, even if the clock was set back since`() async throws {
        try await StorePlace.temporary { place in
            let late = Date(milliseconds: 2_000_000_000_000)
            let first = try place.open(timepiece: .standing(at: .example))
            _ = try await first.accept(.accepting(.example(createdAt: late)))
            try first.close()
            let second = try place.open(timepiece: .standing(at: .example))
            #expect(second.wallHighWater == late)
            try second.close()
        }
    }
}

extension SQLiteOrderStore {
    /// Lets the database grow to so many pages and no further.
    fileprivate func limit(pages: Int) async throws {
        try await write(isDeferrable: false) { db in
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = " + String(pages))
        }
    }
}

extension StorePlace {
    /// How many bytes a companion of the database has.
    func size(_ suffix: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path + suffix)[.size] as? Int)
    }
}

extension Timepiece {
    /// A clock that stands still.
    fileprivate static func standing(at date: Date) -> Timepiece {
        Timepiece(now: { date }, sleep: { _ in })
    }
}
