import Foundation
import Logging
import PurchasingTestKit
import ServiceLifecycle
import Testing

@testable import Purchasing

/// What is kept, what goes first, and what comes back after a restart.
@Suite struct VendorCacheKeepingTests {
    static func topic(_ asn: Int) -> ReadingTopic { .stock(StockQuery(.isp, asn: asn)) }

    static func isKept(_ asn: Int, in larder: Larder) -> Bool {
        larder.cache.known(topic(asn), at: "a")?.value != nil
    }

    @Test func `what was used least recently goes first`() async {
        let larder = Larder { $0.maxEntries = 3 }
        for asn in 1...3 {
            _ = await larder.read(Self.topic(asn))
            larder.clock.advance(by: .seconds(1))
        }
        _ = await larder.read(Self.topic(1))
        larder.clock.advance(by: .seconds(1))
        _ = await larder.read(Self.topic(4))
        #expect(larder.cache.count == 3)
        #expect(!Self.isKept(2, in: larder))
        for asn in [1, 3, 4] { #expect(Self.isKept(asn, in: larder)) }
    }

    @Test func `what holds nothing goes before what does`() async {
        let larder = Larder(
            Larder.vendor(.success(Larder.rows(1)), .success(Larder.rows(2)), VendorCacheFailureTests.down)
        ) {
            $0.maxEntries = 3
        }
        for asn in 1...40 {
            _ = await larder.read(Self.topic(asn))
            larder.clock.advance(by: .milliseconds(100))
        }
        #expect(larder.cache.count == 3)
        #expect(Self.isKept(1, in: larder))
        #expect(Self.isKept(2, in: larder))
    }

    @Test func `the bytes are bounded too`() async {
        let row = InventoryRow(.isp, city: String(repeating: "x", count: 1000))
        let larder = Larder(Larder.vendor(.success(Array(repeating: row, count: 10)))) { $0.maxBytes = 40_000 }
        for asn in 1...20 {
            _ = await larder.read(Self.topic(asn))
            #expect(larder.cache.bytes <= 40_000)
            larder.clock.advance(by: .seconds(1))
        }
        #expect(Self.isKept(20, in: larder))
        #expect(!Self.isKept(1, in: larder))
    }

    @Test func `what is under way is not dropped`() async {
        let larder = Larder {
            $0.maxEntries = 2
            $0.readsAtOnce = 8
        }
        larder.vendor.hold()
        let tasks = (1...5).map { larder.ask(Self.topic($0)) }
        await larder.calls(reach: 5)
        larder.vendor.open()
        for task in tasks { #expect(await task.value.value == .stock([])) }
        #expect(larder.calls == 5)
        await larder.until { larder.cache.count == 2 }
    }

    // MARK: An answer made of readings

    static func basis(_ topic: ReadingTopic, in larder: Larder) async -> ReadingBasis {
        var basis = ReadingBasis()
        basis.add(await larder.cache.look(topic, at: "a"))
        return basis
    }

    @Test func `an answer stands until a reading behind it changes`() async throws {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6))))
        let basis = await Self.basis(Larder.isp, in: larder)
        larder.clock.advance(by: .seconds(20))
        #expect(larder.cache.use(basis) == ReadingAge(age: .seconds(20), freshFor: .seconds(40)))
        larder.clock.advance(by: .seconds(40))
        #expect(larder.cache.use(basis) == nil)
        larder.vendor.hold()
        let stale = await Self.basis(Larder.isp, in: larder)
        larder.clock.advance(by: .seconds(5))
        #expect(larder.cache.use(stale) == ReadingAge(age: .seconds(65), freshFor: .seconds(-5)))
        larder.vendor.open()
        await larder.until { larder.cache.use(stale) == nil }
        #expect(larder.calls == 2)
    }

    @Test func `using a stale answer begins a renewal, and again after each pause`() async {
        let larder = Larder(
            Larder.vendor(.success(Larder.rows(5)), VendorCacheFailureTests.down, .success(Larder.rows(6))))
        _ = await larder.read()
        larder.clock.advance(by: .seconds(61))
        _ = await larder.read()
        await larder.until { await larder.read().failure != nil }
        let basis = await Self.basis(Larder.isp, in: larder)
        #expect(larder.cache.use(basis) != nil)
        #expect(larder.calls == 2)
        larder.clock.advance(by: .seconds(5))
        #expect(larder.cache.use(basis) != nil)
        await larder.until { larder.cache.use(basis) == nil }
        #expect(larder.calls == 3)
    }

    @Test func `an answer falls with what is forgotten, and when a missing reading may be tried again`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), VendorCacheFailureTests.down))
        let basis = await Self.basis(Larder.isp, in: larder)
        larder.cache.forget(touchedBy: Larder.order())
        #expect(larder.cache.use(basis) == nil)
        let missing = await Self.basis(Larder.isp, in: larder)
        #expect(larder.cache.use(missing) == ReadingAge(age: nil, freshFor: .zero))
        larder.clock.advance(by: .seconds(5))
        #expect(larder.cache.use(missing) == nil)
    }

    @Test func `using an answer keeps its readings from being dropped`() async {
        let larder = Larder { $0.maxEntries = 2 }
        let basis = await Self.basis(Self.topic(1), in: larder)
        for asn in 2...5 {
            larder.clock.advance(by: .seconds(1))
            #expect(larder.cache.use(basis) != nil)
            larder.clock.advance(by: .seconds(1))
            _ = await larder.read(Self.topic(asn))
        }
        #expect(Self.isKept(1, in: larder))
    }

    // MARK: The service

    /// Runs the cache's service for the length of a closure, then stops it as a server that drains does.
    static func serving(_ larder: Larder, _ body: @escaping @Sendable () async -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [larder.cache], gracefulShutdownSignals: [], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Lets seconds pass one by one, each when the service waits for the next.
    static func pass(_ seconds: Int, _ larder: Larder) async {
        for _ in 0..<seconds {
            await larder.until { larder.clock.sleepers == 1 }
            larder.clock.advance(by: .seconds(1))
        }
        await larder.until { larder.clock.sleepers == 1 }
    }

    @Test func `what is in steady use is renewed before it is stale`() async throws {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6))))
        try await Self.serving(larder) {
            _ = await larder.read()
            _ = await larder.read()
            _ = await larder.read()
            await Self.pass(47, larder)
            #expect(larder.calls == 1)
            await Self.pass(1, larder)
            await larder.calls(reach: 2)
            await larder.until { larder.cache.known(Larder.isp, at: "a")?.value == Larder.told(6) }
        }
    }

    @Test func `what is read once in a while is not`() async throws {
        let larder = Larder()
        try await Self.serving(larder) {
            _ = await larder.read()
            _ = await larder.read()
            await Self.pass(70, larder)
            #expect(larder.calls == 1)
        }
    }

    @Test func `a renewal ahead of time that fails is not repeated for nobody`() async throws {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), VendorCacheFailureTests.down))
        try await Self.serving(larder) {
            for _ in 0..<3 { _ = await larder.read() }
            await Self.pass(48, larder)
            await larder.calls(reach: 2)
            await Self.pass(30, larder)
            #expect(larder.calls == 2)
        }
    }

    @Test func `it ends promptly, whatever is under way`() async throws {
        let larder = Larder()
        try await Self.serving(larder) {
            larder.vendor.hold()
            _ = larder.ask()
            await larder.calls(reach: 1)
        }
        #expect(await larder.read(Self.topic(1)).failure?.reason == "stopping")
        larder.vendor.open()
    }

    @Test func `what is too old is dropped`() async throws {
        let larder = Larder { $0.maxStale = .seconds(90) }
        try await Self.serving(larder) {
            _ = await larder.read()
            await Self.pass(61, larder)
            #expect(larder.cache.count == 1)
            await Self.pass(60, larder)
            #expect(larder.cache.count == 0)
        }
    }

    // MARK: Snapshots

    @Test func `readings are saved every few seconds, and once more at the end`() async throws {
        let store = MemorySnapshotStore()
        let larder = Larder(Larder.vendor(.success(Larder.rows(5))), snapshots: store)
        try await Self.serving(larder) {
            for asn in 1...3 { _ = await larder.read(Self.topic(asn)) }
            await Self.pass(4, larder)
            #expect(await store.saves == 0)
            await Self.pass(1, larder)
            #expect(await store.everything.count == 3)
            #expect(await store.saves == 1)
            await Self.pass(5, larder)
            #expect(await store.saves == 1)
            larder.cache.forget(touchedBy: Larder.order(asn: 2))
            _ = await larder.read(Self.topic(9))
        }
        let keys = await store.everything.map(\.key.topic)
        #expect(Set(keys) == Set([Self.topic(1), Self.topic(3), Self.topic(9)]))
    }

    @Test func `many changes are saved in small transactions`() async {
        let store = MemorySnapshotStore()
        let larder = Larder(snapshots: store)
        for asn in 1...200 { _ = await larder.read(Self.topic(asn)) }
        await larder.cache.save()
        #expect(await store.everything.count == 200)
        #expect(await store.saves == 4)
    }

    @Test func `what cannot be saved is forgotten`() async {
        let store = MemorySnapshotStore()
        let larder = Larder(snapshots: store)
        _ = await larder.read(Self.topic(1))
        await store.fail(with: .unavailable("the disk is full"))
        await larder.cache.save()
        await store.fail(with: nil)
        _ = await larder.read(Self.topic(2))
        await larder.cache.save()
        #expect(await store.everything.map(\.key.topic) == [Self.topic(2)])
    }

    @Test func `a restart starts warm, with the age of each reading`() async {
        let store = MemorySnapshotStore()
        let larder = Larder(Larder.vendor(.success(Larder.rows(5))), snapshots: store)
        _ = await larder.read()
        larder.clock.advance(by: .seconds(30))
        _ = await larder.read(Self.topic(1))
        await larder.cache.save()

        let restarted = Larder(
            Larder.vendor(VendorCacheFailureTests.down), clock: ManualClock(at: .example.advanced(by: .seconds(70))),
            snapshots: store)
        await restarted.cache.restore()
        let fresh = await restarted.read(Self.topic(1))
        #expect(fresh.value == Larder.told(5))
        #expect(!fresh.isStale)
        #expect(restarted.calls == 0)
        let stale = await restarted.read()
        #expect(stale.value == Larder.told(5))
        #expect(stale.isStale)
        #expect(stale.readAt == .example)
        await restarted.until { await restarted.read().failure != nil }
        #expect(await restarted.read().value == Larder.told(5))
        restarted.clock.advance(by: .seconds(20))
        #expect(await restarted.read(Self.topic(1)).isStale)
    }

    private static func snapshot(_ asn: Int, at age: Int, vendor: String = "a") -> ReadingSnapshot {
        ReadingSnapshot(
            key: ReadingKey(vendor: vendor, topic: topic(asn)), value: Larder.told(asn),
            readAt: Date.example.advanced(by: .seconds(-age)))
    }

    @Test func `what is too old, or of a vendor that is not there, does not come back`() async {
        let store = MemorySnapshotStore([
            Self.snapshot(1, at: 86_400), Self.snapshot(2, at: 86_401), Self.snapshot(3, at: 0, vendor: "gone"),
        ])
        let larder = Larder(snapshots: store)
        await larder.cache.restore()
        #expect(larder.cache.count == 1)
        #expect(Self.isKept(1, in: larder))
    }

    @Test func `a clock that was set back makes no snapshot young`() async {
        let store = MemorySnapshotStore([Self.snapshot(1, at: -3600), Self.snapshot(2, at: 30)])
        let larder = Larder(snapshots: store, wallHighWater: .example.advanced(by: .seconds(1800)))
        larder.vendor.hold()
        await larder.cache.restore()
        #expect(await larder.read(Self.topic(1)).isStale)
        #expect(await larder.read(Self.topic(2)).isStale)
        #expect(larder.cache.known(Self.topic(2), at: "a")?.readAt == Date.example.advanced(by: .seconds(-30)))
        larder.vendor.open()
    }

    @Test func `the newest come back when there are too many`() async {
        let store = MemorySnapshotStore((1...10).map { Self.snapshot($0, at: $0) })
        let larder = Larder(snapshots: store) { $0.maxEntries = 4 }
        await larder.cache.restore()
        #expect(larder.cache.count == 4)
        for asn in 1...4 { #expect(Self.isKept(asn, in: larder)) }
        #expect(await store.everything.count == 4)
    }

    @Test func `a store that cannot be read leaves the cache empty`() async {
        let store = MemorySnapshotStore([Self.snapshot(1, at: 0)])
        await store.fail(with: .unavailable("it is locked"))
        let larder = Larder(snapshots: store)
        await larder.cache.restore()
        #expect(larder.cache.count == 0)
    }
}
