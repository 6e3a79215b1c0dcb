import Foundation
import Logging
import PurchasingTestKit
import ServiceLifecycle
import Synchronization
import Testing

@testable import Purchasing

/// Clocks that are set, and servers that are told to stop, while orders are on their way.
@Suite struct ClockAndDrainTests {
    static let day: TimeInterval = 86_400

    /// A wall clock that can be set; pauses are real.
    final class SettableClock: Sendable {
        private let offset = Mutex(0.0)
        func set(by seconds: TimeInterval) { offset.withLock { $0 = seconds } }
        var timepiece: Timepiece {
            Timepiece(
                now: { Timepiece.system.now().addingTimeInterval(self.offset.withLock { $0 }) },
                sleep: Timepiece.system.sleep)
        }
    }

    @Test(arguments: [day, -day])
    func `a clock that is set neither shortens nor stretches the settle time`(leap: TimeInterval) async throws {
        var policy = Shop.policy
        policy.settleTime = .milliseconds(900)
        let clock = SettableClock()
        let vendor = SettlingTests.attributable([], balance: "100")
        try await Shop.open([("a", vendor)], policy: policy, timepiece: clock.timepiece) { shop in
            let id = try await shop.buy(Shop.ipv4, wait: .zero).order.id
            while try await shop.timeline(id).filter({ $0 == "evidence.read" }).isEmpty { await Task.yield() }
            let start = ContinuousClock.now
            clock.set(by: leap)
            let order = try await shop.purchaser.order(id, for: Shop.buyer)
            #expect(order.status == .unknown)
            var settled = order
            while !settled.status.isSettled, ContinuousClock.now - start < .seconds(10) {
                settled = try await shop.purchaser.order(id, for: Shop.buyer, wait: .seconds(1))
            }
            #expect(settled.status == .failed)
            #expect(ContinuousClock.now - start > .milliseconds(700))
        }
    }

    @Test(arguments: [day, -day])
    func `a clock that is set while the server is down does not shorten the settle time`(leap: TimeInterval)
        async throws
    {
        var policy = Shop.policy
        policy.settleTime = .milliseconds(900)
        let (store, clock) = (MemoryOrderStore(), SettableClock())
        let vendor = SettlingTests.attributable([], balance: "100")
        let id = try await Shop.open([("a", vendor)], policy: policy, store: store) { shop in
            let id = try await shop.buy(Shop.ipv4, wait: .zero).order.id
            while try await shop.timeline(id).filter({ $0 == "evidence.read" }).isEmpty { await Task.yield() }
            return id
        }
        clock.set(by: leap)
        let start = ContinuousClock.now
        try await Shop.open([("a", vendor)], policy: policy, store: store, timepiece: clock.timepiece) { shop in
            let order = try await shop.settled(id)
            #expect(order.status == .failed)
            #expect(ContinuousClock.now - start > .milliseconds(700))
        }
    }

    @Test func `a clock that is set back makes no key look young`() async throws {
        var policy = Shop.policy
        policy.resendWindow = .milliseconds(300)
        let clock = SettableClock()
        let vendor = ScriptedVendor.idempotent { $0.purchases = [SettlingTests.lost] }
        try await Shop.open([("a", vendor)], policy: policy, timepiece: clock.timepiece) { shop in
            let id = try await shop.buy(Shop.residential, wait: .zero).order.id
            while vendor.calls.count < 2 { await Task.yield() }
            clock.set(by: -Self.day)
            // The timeline tells of resends meanwhile.
            let order = try await shop.settled(id)
            #expect(order.unknown?.needsReview == true)
        }
    }

    @Test func `what the store knows of the time counts after a restart`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [SettlingTests.lost] }
        try await Shop.open([("a", vendor)], wallHighWater: Date().addingTimeInterval(Self.day)) { shop in
            let order = try await shop.settled(shop.buy(Shop.residential, wait: .zero).order.id)
            #expect(order.unknown?.needsReview == true)
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `a key is kept for as long as its order is`() async throws {
        let clock = SettableClock()
        let vendor = ScriptedVendor.idempotent()
        try await Shop.open([("a", vendor)], timepiece: clock.timepiece) { shop in
            let first = try await shop.buy(Shop.residential)
            // A call that were taken for a new one would be refused.
            vendor.rewrite { $0.withheld = Set(ProductShape.allCases) }
            for days in [1.5, 31, 4000] {
                clock.set(by: days * Self.day)
                let again = try await shop.buy(Shop.residential)
                #expect(again.isReplay)
                #expect(again.order.id == first.order.id)
                let reused = await #expect(throws: Problem.self) { try await shop.buy(Shop.isp) }
                #expect(reused?.code == .idempotencyKeyReused)
            }
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `a clock that is set back keeps nobody from the goods`() async throws {
        let clock = SettableClock()
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.bought(Receipt(vendorOrderID: "v-1", batchID: "b-1", isReady: false))]
            $0.states = [GoodsState(count: nil, isReady: false)]
        }
        try await Shop.open([("a", vendor)], timepiece: clock.timepiece) { shop in
            let id = try await shop.buy(Shop.isp).order.id
            clock.set(by: -Self.day)
            vendor.rewrite { $0.states = [GoodsState(count: 5, isReady: true)] }
            let order = try await shop.purchaser.order(id, for: Shop.buyer, wait: .seconds(10))
            #expect(order.status == .completed)
        }
    }

    /// The machine's time, but whoever waits in a queue is told of a drain only when the test says so: until then nobody
    /// but the lane keeps them out.
    final class QueueTime: Sendable {
        private struct State {
            var isSettlingCut = false
            var held: [CheckedContinuation<Void, Never>] = []
            var isReleased = false
        }

        private let state = Mutex(State())
        /// Whether a pause of the settling was ended early.
        var isSettlingCut: Bool { state.withLock { $0.isSettlingCut } }

        func release() {
            let held = state.withLock { state in
                state.isReleased = true
                return state.held
            }
            for waiter in held { waiter.resume() }
        }

        var timepiece: Timepiece {
            Timepiece(now: Timepiece.system.now) { duration in
                let isInQueue = duration == OrderPolicy().queueLimit
                guard isInQueue || duration == .seconds(ClockAndDrainTests.day) else {
                    do { try await Timepiece.system.sleep(duration) } catch {
                        if duration < .seconds(60) { self.state.withLock { $0.isSettlingCut = true } }
                        throw error
                    }
                    return
                }
                await withCheckedContinuation { continuation in
                    let isReleased = self.state.withLock { state in
                        if !state.isReleased { state.held.append(continuation) }
                        return state.isReleased
                    }
                    if isReleased { continuation.resume() }
                }
                throw CancellationError()
            }
        }
    }

    /// A lane that opened here would let the next purchase out beside one that nobody knows the outcome of.
    @Test func `a drain lets nobody into the lane of an unknown order`() async throws {
        for _ in 0..<5 {
            var policy = Shop.policy
            policy.settleTime = .seconds(3600)
            let (store, vendor) = (MemoryOrderStore(), SettlingTests.attributable([], balance: "100"))
            let ids = IdentifierSource { UInt64(Date().timeIntervalSince1970 * 1000) }
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let queue = QueueTime()
            let purchaser = Purchaser(
                store: store, vendors: [Vendor(name: "a", adapter: vendor, policy: policy)], ids: ids,
                timepiece: queue.timepiece, logger: logger)
            let service = ServiceGroup(services: [purchaser], logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                let shop = Shop(purchaser: purchaser, store: store)
                let lost = try await shop.buy(Shop.ipv4, wait: .zero).order.id
                while try await store.order(lost)?.status != .unknown { await Task.yield() }
                for number in 0..<8 { _ = try await shop.buy(Shop.ipv4, key: "w-\(number)", wait: .zero) }
                while purchaser.floor.vendors[0].lane.waitingOrders < 8 { await Task.yield() }
                await service.triggerGracefulShutdown()
                for _ in 0..<100_000 where !queue.isSettlingCut { await Task.yield() }
                for _ in 0..<2000 { await Task.yield() }
                queue.release()
                try await group.waitForAll()
            }
            #expect(vendor.calls.count == 1)
            let waiting = await store.everything.filter { $0.status == .pending }
            #expect(waiting.count == 8)
        }
    }
}
