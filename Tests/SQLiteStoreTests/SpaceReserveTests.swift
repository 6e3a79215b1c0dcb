import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

@testable import SQLiteStore

/// Space that is kept for outcomes, for when the disk is full.
@Suite struct SpaceReserveTests {
    private static let full = StoreError.unavailable("the disk is full")

    /// An order that is stored, and what became of it.
    private static func pending(in place: StorePlace) async throws -> OrderChange {
        let order = OrderChange.accepting(.example())
        try await place.withStore { store in _ = try await store.accept(order) }
        return try OrderChange.example(order.order, taking: .dispatched, vendor: "helodata", at: .example)
    }

    @Test func `a store keeps space beside its database, for its owner only`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                #expect(try place.size(".reserve") == SQLiteSettings().reserveBytes)
                let attributes = try FileManager.default.attributesOfItem(atPath: place.path + ".reserve")
                #expect(attributes[.posixPermissions] as? Int == 0o600)
                _ = try await store.accept(.accepting(.example()))
            }
        }
    }

    @Test func `where there is no space to keep, no order is taken, and outcomes are`() async throws {
        try await StorePlace.temporary { place in
            let outcome = try await Self.pending(in: place)
            try FileManager.default.removeItem(atPath: place.path + ".reserve")
            var settings = SQLiteSettings()
            settings.reserveBytes = 1 << 60
            try await place.withStore(settings) { store in
                await #expect(throws: Self.full) { _ = try await store.accept(.accepting(.example())) }
                await #expect(throws: Self.full) { try await store.probe() }
                #expect(!store.isHealthy)
                try await store.commit(outcome)
                #expect(try await store.order(outcome.order.id)?.status == .purchasing)
                #expect(!store.isHealthy)
            }
            try await place.withStore { store in
                _ = try await store.accept(.accepting(.example()))
                #expect(store.isHealthy)
            }
        }
    }

    @Test func `an outcome that finds the disk full is given the space, which is taken again when it can be had`()
        async throws
    {
        try await StorePlace.temporary { place in
            let outcome = try await Self.pending(in: place)
            let isFull = Mutex(false)
            var settings = SQLiteSettings()
            settings.beforeCommit = { _ in
                // Full while the space is not given up.
                if isFull.withLock({ $0 }), FileManager.default.fileExists(atPath: place.path + ".reserve") {
                    throw DatabaseError(resultCode: .SQLITE_FULL)
                }
            }
            try await place.withStore(settings) { store in
                isFull.withLock { $0 = true }
                await #expect(throws: Self.full) { _ = try await store.accept(.accepting(.example())) }
                #expect(FileManager.default.fileExists(atPath: place.path + ".reserve"), "an order may not have it")
                try await store.commit(outcome)
                #expect(!FileManager.default.fileExists(atPath: place.path + ".reserve"))
                isFull.withLock { $0 = false }
                _ = try await store.accept(.accepting(.example()))
                #expect(try place.size(".reserve") == settings.reserveBytes)
                #expect(store.isHealthy)
            }
        }
    }

    @Test func `a dispatch that finds the disk full is refused, and the space stays for outcomes`() async throws {
        try await StorePlace.temporary { place in
            var dispatch = try await Self.pending(in: place)
            dispatch.note(.attemptStarted, cause: "dispatched")
            let isFull = Mutex(false)
            var settings = SQLiteSettings()
            settings.beforeCommit = { _ in
                if isFull.withLock({ $0 }) { throw DatabaseError(resultCode: .SQLITE_FULL) }
            }
            try await place.withStore(settings) { [dispatch] store in
                isFull.withLock { $0 = true }
                await #expect(throws: Self.full) { try await store.commit(dispatch) }
                #expect(FileManager.default.fileExists(atPath: place.path + ".reserve"))
                isFull.withLock { $0 = false }
                try await store.commit(dispatch)
            }
        }
    }

    @Test func `an action's dispatch that finds the disk full is refused, and its outcome is given the space`()
        async throws
    {
        try await StorePlace.temporary { place in
            let sent = try await Self.pending(in: place)
            let sold = try OrderChange.example(sent.order, taking: .boughtReady)
            let action = Action.example(on: sold.order, request: ActionRequest(.refresh))
            let asked = OrderChange.asking(for: action, of: sold.order)
            let dispatch = try OrderChange.example(asked.order, taking: .dispatched, of: action)
            let isFull = Mutex(false)
            var settings = SQLiteSettings()
            settings.beforeCommit = { _ in
                if isFull.withLock({ $0 }), FileManager.default.fileExists(atPath: place.path + ".reserve") {
                    throw DatabaseError(resultCode: .SQLITE_FULL)
                }
            }
            try await place.withStore(settings) { store in
                try await store.commit(sent)
                try await store.commit(sold)
                _ = try await store.accept(action: asked)
                isFull.withLock { $0 = true }
                await #expect(throws: Self.full) { try await store.commit(dispatch) }
                #expect(FileManager.default.fileExists(atPath: place.path + ".reserve"), "an action may not have it")
                isFull.withLock { $0 = false }
                try await store.commit(dispatch)
                isFull.withLock { $0 = true }
                let running = try #require(dispatch.action)
                try await store.commit(try OrderChange.example(dispatch.order, taking: .done, of: running))
                #expect(!FileManager.default.fileExists(atPath: place.path + ".reserve"))
            }
        }
    }
}
