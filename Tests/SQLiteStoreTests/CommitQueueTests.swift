import Dispatch
import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

@testable import SQLiteStore

/// Holds the writer before a commit until it is told to go on, so that a test decides what shares the next one.
final class Gate: Sendable {
    private let isOpen = Mutex(false)
    private let arrived = DispatchSemaphore(value: 0)
    private let opened = DispatchSemaphore(value: 0)

    func pass() {
        guard !isOpen.withLock({ $0 }) else { return }
        arrived.signal()
        opened.wait()
    }

    /// Waits until the writer stands at the gate.
    func waitForWriter() async {
        await withCheckedContinuation { waiter in
            DispatchQueue.global().async {
                self.arrived.wait()
                waiter.resume()
            }
        }
    }

    func open() {
        isOpen.withLock { $0 = true }
        opened.signal()
    }
}

@Suite struct CommitQueueTests {
    /// Makes calls whose writes all share the second commit, and gives what each failed with.
    private func together(
        _ store: SQLiteOrderStore, _ gate: Gate, count: Int, _ call: @escaping @Sendable (Int) async throws -> Void
    ) async -> [StoreError?] {
        async let first: Void = store.probeOnce()
        await gate.waitForWriter()
        let failures = await withTaskGroup(of: (Int, StoreError?).self) { group in
            for index in 0..<count {
                group.addTask {
                    do {
                        try await call(index)
                        return (index, nil)
                    } catch {
                        return (index, error as? StoreError)
                    }
                }
            }
            while store.waiting < count { await Task.yield() }
            gate.open()
            return await group.reduce(into: []) { $0.append($1) }
        }
        await first
        return failures.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func settings(
        _ gate: Gate, _ beforeCommit: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) -> SQLiteSettings {
        var settings = SQLiteSettings()
        settings.beforeCommit = { db in
            gate.pass()
            try beforeCommit(db)
        }
        return settings
    }

    @Test func `writes that wait together share one commit`() async throws {
        try await StorePlace.temporary { place in
            let gate = Gate()
            try await place.withStore(settings(gate)) { store in
                let failures = await together(store, gate, count: 200) { _ in
                    _ = try await store.accept(.accepting(.example()))
                }
                #expect(failures.allSatisfy { $0 == nil })
                #expect(store.commits == 2)
                let stored = try await store.unsettled()
                #expect(stored.count == 200)
            }
        }
    }

    @Test func `a commit takes no more than its limit`() async throws {
        try await StorePlace.temporary { place in
            let gate = Gate()
            try await place.withStore(settings(gate)) { store in
                let count = CommitQueue.batchLimit + 1
                _ = await together(store, gate, count: count) { _ in try await store.probe() }
                #expect(store.commits == 3)
            }
        }
    }

    @Test func `a write that fails does not spoil those that share its commit`() async throws {
        try await StorePlace.temporary { place in
            let gate = Gate()
            try await place.withStore(settings(gate)) { store in
                let good = (0..<3).map { _ in OrderChange.accepting(.example()) }
                let stranger = try OrderChange.example(OrderChange.accepting(.example()).order, taking: .withdrawn)
                let twin = OrderChange.accepting(.example(id: good[0].order.id))
                let failures = await together(store, gate, count: 5) { index in
                    switch index {
                    case 0, 1, 2: _ = try await store.accept(good[index])
                    case 3: try await store.commit(stranger)
                    default: _ = try await store.accept(twin)
                    }
                }
                let isStored = failures.map { $0 == nil }
                #expect(isStored[1...3] == [true, true, false])
                // Of two orders with one id, whichever came first.
                #expect(isStored[0] != isStored[4])
                #expect(Set(try await store.unsettled().map(\.id)) == Set(good.map(\.order.id)))
                #expect(store.commits == 2)
            }
        }
    }

    @Test func `when a commit fails nobody who shared it is told otherwise`() async throws {
        try await StorePlace.temporary { place in
            let gate = Gate()
            let failures = Mutex(1)
            let settings = settings(gate) { _ in
                guard failures.withLock({ $0 }) > 0 else { return }
                failures.withLock { $0 -= 1 }
                throw DatabaseError(resultCode: .SQLITE_FULL)
            }
            try await place.withStore(settings) { store in
                failures.withLock { $0 = 2 }
                let order = OrderChange.accepting(.example(idempotencyKey: "k"))
                let twin = OrderChange.accepting(.example(idempotencyKey: "k"))
                let told = await together(store, gate, count: 2) { index in
                    _ = try await store.accept([order, twin][index])
                }
                #expect(told == [.unavailable("the disk is full"), .unavailable("the disk is full")])
                #expect(!store.isHealthy)
                #expect(try await store.unsettled().isEmpty)
                _ = try await store.accept(order)
                #expect(store.isHealthy)
                #expect(try await store.order(order.order.id) == order.order)
            }
        }
    }

    @Test(arguments: [ResultCode.SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC, .SQLITE_IOERR_WRITE])
    func `a disk that does not confirm a commit stops everything`(code: ResultCode) async throws {
        try await StorePlace.temporary { place in
            let stops = Mutex<[String]>([])
            var settings = SQLiteSettings()
            settings.beforeCommit = { _ in throw DatabaseError(resultCode: code) }
            settings.whenDiskFails = { reason in stops.withLock { $0.append(reason) } }
            let order = OrderChange.accepting(.example())
            try await place.withStore(settings) { store in
                for _ in 0..<2 {
                    await #expect(throws: StoreError.self) { _ = try await store.accept(order) }
                }
                #expect(!store.isHealthy)
                let found = try await store.order(order.order.id)
                #expect(found == nil)
            }
            #expect(stops.withLock { $0 } == ["the disk failed (\(code.rawValue))"])
            #expect(try await place.unsettled().isEmpty)
        }
    }

    @Test func `too many waiting writes are refused, but not what happened at a vendor`() async throws {
        try await StorePlace.temporary { place in
            let gate = Gate()
            var settings = settings(gate)
            settings.maximumWaiting = 3
            try await place.withStore(settings) { store in
                async let first: Void = store.probeOnce()
                await gate.waitForWriter()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 { group.addTask { try await store.probe() } }
                    while store.waiting < 3 { await Task.yield() }
                    await #expect(throws: StoreError.unavailable("too many writes are waiting")) {
                        _ = try await store.accept(.accepting(.example()))
                    }
                    let outcome = try OrderChange.example(OrderChange.accepting(.example()).order, taking: .withdrawn)
                    group.addTask {
                        await #expect(throws: StoreError.conflict) { try await store.commit(outcome) }
                    }
                    while store.waiting < 4 { await Task.yield() }
                    gate.open()
                    try await group.waitForAll()
                }
                await first
            }
        }
    }

    @Test func `a closed store refuses, and closing it again does nothing`() async throws {
        try await StorePlace.temporary { place in
            let store = try place.open()
            let order = OrderChange.accepting(.example())
            _ = try await store.accept(order)
            try store.close()
            try store.close()
            #expect(!store.isHealthy)
            await #expect(throws: StoreError.unavailable("the store is closed")) { try await store.probe() }
            await #expect(throws: StoreError.unavailable("the store is closed")) {
                _ = try await store.order(order.order.id)
            }
            #expect(try await place.unsettled() == [order.order])
        }
    }

    /// What is written to a file that was removed is gone with the process, and with it the money's trace.
    @Test func `nothing is written while the file is not at its path`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let away = place.path + ".away"
                try FileManager.default.moveItem(atPath: place.path, toPath: away)
                await #expect(throws: StoreError.unavailable("the database file was moved or removed")) {
                    try await store.probe()
                }
                #expect(!store.isHealthy)
                try Data("another file".utf8).write(to: URL(fileURLWithPath: place.path))
                await #expect(throws: StoreError.self) { try await store.probe() }
                try FileManager.default.removeItem(atPath: place.path)
                try FileManager.default.moveItem(atPath: away, toPath: place.path)
                try await store.probe()
                #expect(store.isHealthy)
            }
        }
    }
}

extension SQLiteOrderStore {
    /// Starts a commit for the gate to hold; what becomes of it does not matter.
    fileprivate func probeOnce() async {
        do { try await probe() } catch { return }
    }
}
