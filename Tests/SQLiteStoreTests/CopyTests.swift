import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import SQLiteStore
import Synchronization
import Testing

@Suite struct CopyTests {
    @Test func `a copy that is made under load opens as a store and is whole`() async throws {
        try await StorePlace.temporary { place in
            let copy = StorePlace(directory: place.directory + "/copy")
            try FileManager.default.createDirectory(atPath: copy.directory, withIntermediateDirectories: true)
            try await place.withStore { store in
                // Enough for several steps.
                for _ in 0..<40 {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<100 { group.addTask { try await Self.buy(store) } }
                        try await group.waitForAll()
                    }
                }
                let progress = Progress()
                let bytes = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            while !progress.isDone.load(ordering: .relaxed) {
                                try await Self.buy(store)
                                progress.written.add(1, ordering: .relaxed)
                            }
                            return 0
                        }
                    }
                    group.addTask {
                        defer { progress.isDone.store(true, ordering: .relaxed) }
                        return try await store.copy(to: copy.path)
                    }
                    var bytes = 0
                    for try await count in group { bytes += count }
                    return bytes
                }
                #expect(bytes > 1 << 22)
                #expect(progress.written.load(ordering: .relaxed) > 0)
                let mode = try FileManager.default.attributesOfItem(atPath: copy.path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
            }
            let closed = try ClosedStore(path: copy.path)
            try closed.settle()
            let verification = try closed.verify(thoroughly: true)
            #expect(verification.broken == [])
            #expect((verification.orders ?? 0) >= 4000)
            closed.close()
            #expect(try FileManager.default.contentsOfDirectory(atPath: copy.directory) == ["purser.db"])
            let orders = try await copy.withStore { store in
                try await Self.buy(store)
                var query = OrderQuery()
                query.limit = 5
                return try await store.orders(query).orders.count
            }
            #expect(orders == 5)
            // The original is whole too.
            #expect(try VerificationTests.verify(place).broken == [])
        }
    }

    @Test func `a copy of a closed store says the same as the store`() async throws {
        try await StorePlace.temporary { place in
            _ = try await place.withStore { store in try await VerificationTests.fill(store) }
            let copy = StorePlace(directory: place.directory + "/copy")
            try FileManager.default.createDirectory(atPath: copy.directory, withIntermediateDirectories: true)
            let closed = try ClosedStore(path: place.path)
            _ = try await closed.copy(to: copy.path)
            closed.close()
            let dump = { (db: Database) in
                try Row.fetchAll(db, sql: "SELECT rowid, * FROM purchase_order").map(String.init(describing:))
                    + Row.fetchAll(db, sql: "SELECT * FROM event ORDER BY sequence").map(String.init(describing:))
            }
            let (before, after) = (try place.sql(dump), try copy.sql(dump))
            #expect(!before.isEmpty)
            #expect(before == after)
        }
    }

    @Test func `nothing that stands at the place is touched`() async throws {
        try await StorePlace.temporary { place in
            let path = place.directory + "/other"
            try Data("mine".utf8).write(to: URL(filePath: path))
            try await place.withStore { store in
                for path in [path, "relative", place.directory + "/none/x"] {
                    let error = await #expect(throws: StoreCopyError.self) { try await store.copy(to: path) }
                    guard case .badPlace = error else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                }
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
        }
    }

    @Test func `a store that is closed gives a copy up, and nothing of it is left`() async throws {
        try await StorePlace.temporary { place in
            let store = try place.open()
            try store.close()
            let path = place.directory + "/copy"
            let error = await #expect(throws: StoreCopyError.self) { try await store.copy(to: path) }
            #expect(error == .failed("the store is closed"))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    private final class Progress: Sendable {
        let isDone = Atomic(false)
        let written = Atomic(0)
    }

    private static func buy(_ store: SQLiteOrderStore) async throws {
        let accepted = OrderChange.accepting(.example())
        _ = try await store.accept(accepted)
        try await store.commit(try .example(accepted.order, taking: .dispatched))
    }
}
