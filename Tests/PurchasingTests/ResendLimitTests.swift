import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// What stops the same bytes from being sent again, however long they have waited for their turn.
@Suite(.timeLimit(.minutes(1))) struct ResendLimitTests {
    static let lost = PurchaseOutcome.unknown(Doubt("deadline"))

    /// Pauses a second and more before each resend, by a clock that a test moves.
    static var policy: VendorPolicy {
        var policy = Shop.policy
        policy.resendPause = .seconds(10)
        policy.resendPauseMax = .seconds(10)
        policy.resendWindow = .seconds(3600)
        return policy
    }

    /// Whether an order's run pauses; the tracker of its vendor always does.
    static func pauses(_ clock: ManualClock) -> Bool { clock.sleepers > 1 }

    /// Buys, and waits until the outcome is unknown and the run pauses before it sends again.
    static func loseOne(_ shop: Shop, _ request: OrderRequest, _ clock: ManualClock) async throws -> OrderID {
        let id = try await shop.buy(request, key: "lost", wait: .zero).order.id
        while try await shop.store.order(id)?.status != .unknown || !pauses(clock) { await Task.yield() }
        return id
    }

    @Test func `nothing is sent again after the window, however long the vendor asked to wait`() async throws {
        let clock = ManualClock()
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [
                Self.lost, .notSent(.rateLimited(retryAfter: .seconds(3600))),
                .bought(Receipt(vendorOrderID: "second", isReady: true)),
            ]
        }
        try await Shop.open([("a", vendor)], policy: Self.policy, timepiece: clock.timepiece) { shop in
            let id = try await Self.loseOne(shop, Shop.residential, clock)
            clock.advance(by: .seconds(10))
            while vendor.calls.count < 2 || !Self.pauses(clock) { await Task.yield() }
            clock.advance(by: .seconds(3600))
            let order = try await shop.settled(id)
            #expect(order.unknown?.needsReview == true)
            #expect(vendor.calls.count == 2)
        }
    }

    @Test func `nothing is sent again for an order whose sale came late while it waited for room`() async throws {
        let clock = ManualClock()
        let vendor = ScriptedVendor.idempotent(width: 1) {
            $0.purchases = [Self.lost, .bought(Receipt(vendorOrderID: "other", isReady: true)), Self.lost]
        }
        try await Shop.open([("a", vendor)], policy: Self.policy, timepiece: clock.timepiece) { shop in
            let id = try await Self.loseOne(shop, Shop.residential, clock)
            vendor.hold()
            let other = try await shop.buy(Shop.residential, key: "other", wait: .zero).order.id
            while vendor.calls.count < 2 { await Task.yield() }
            clock.advance(by: .seconds(10))
            while Self.pauses(clock) { await Task.yield() }
            await vendor.answerLate(.bought(Receipt(vendorOrderID: "first", isReady: true)))
            vendor.open()
            #expect(try await shop.settled(other).vendorOrderID == "other")
            let order = try await shop.settled(id)
            #expect(order.vendorOrderID == "first")
            #expect(vendor.calls.count == 2)
        }
    }

    @Test func `nothing is sent again once another order showed that the vendor's keys do not hold`() async throws {
        let clock = ManualClock()
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [Self.lost, .bought(Receipt(vendorOrderID: "second", isReady: true))]
        }
        try await Shop.open([("a", vendor)], policy: Self.policy, timepiece: clock.timepiece) { shop in
            let id = try await Self.loseOne(shop, Shop.residential, clock)
            shop.purchaser.floor.vendor("a")?.keyHolds.store(false)
            clock.advance(by: .seconds(10))
            let order = try await shop.settled(id)
            #expect(order.unknown?.needsReview == true)
            #expect(vendor.calls.count == 1)
        }
    }

    static var bandwidth: OrderRequest {
        var request = Shop.residential
        request.maxTotal = .usd("7")
        return request
    }

    static func listed(_ micros: Int64) -> [ProductShape: UnitPrice] {
        [.residential: UnitPrice(Money(Millionths(micros)), per: .gb)]
    }

    @Test func `nothing is sent again at a price that has risen above the ceiling`() async throws {
        let clock = ManualClock()
        let second = PurchaseOutcome.bought(Receipt(vendorOrderID: "second", total: .usd("8"), isReady: true))
        let vendor = ScriptedVendor.idempotent { script in
            script.purchases = [Self.lost, Self.lost, second]
            script.listPrices = Self.listed(1_400_000)
        }
        try await Shop.open([("a", vendor)], policy: Self.policy, timepiece: clock.timepiece) { shop in
            let id = try await Self.loseOne(shop, Self.bandwidth, clock)
            clock.advance(by: .seconds(10))
            while vendor.calls.count < 2 || !Self.pauses(clock) { await Task.yield() }
            vendor.rewrite { $0.listPrices = Self.listed(1_600_000) }
            clock.advance(by: .seconds(10))
            let order = try await shop.settled(id)
            #expect(order.unknown?.findings.contains { $0.contains("max_total is 7.00") } == true)
            #expect(vendor.calls.count == 2)
            #expect(try await shop.timeline(id).suffix(2) == ["decision.made", "decision.made"])
        }
    }

    @Test func `nothing is sent again while its price cannot be known`() async throws {
        let clock = ManualClock()
        let vendor = ChoosingTests.stocked("6") { $0.purchases = [Self.lost, ChoosingTests.sold] }
        // The clock may run far ahead of a question that is on its way: the window does not end the test.
        var policy = Self.policy
        policy.resendWindow = .seconds(1_000_000_000)
        try await Shop.open([("a", vendor)], policy: policy, timepiece: clock.timepiece) { shop in
            let id = try await Self.loseOne(shop, ChoosingTests.request(max: "30"), clock)
            vendor.rewrite { $0.stock = [.failure(.unavailable(reason: "status_502"))] }
            let reads = vendor.stockQueries.count
            clock.advance(by: .seconds(10))
            while vendor.stockQueries.count == reads || !Self.pauses(clock) { await Task.yield() }
            #expect(vendor.calls.count == 1)
            vendor.rewrite { $0.stock = [.success([ChoosingTests.row("6")])] }
            while try await shop.store.order(id)?.status == .unknown {
                if Self.pauses(clock) { clock.advance(by: .seconds(1)) }
                await Task.yield()
            }
            #expect(try await shop.store.order(id)?.vendorOrderID == "h-1")
            #expect(vendor.calls.count == 2)
        }
    }

    @Test func `of goods that are listed the evidence then decides`() async throws {
        let clock = ManualClock(at: Date())
        let vendor = ChoosingTests.stocked("6") { $0.purchases = [Self.lost, ChoosingTests.sold] }
        try await Shop.open([("a", vendor)], policy: Self.policy, timepiece: clock.timepiece) { shop in
            let id = try await Self.loseOne(shop, ChoosingTests.request(max: "30"), clock)
            vendor.rewrite {
                $0.stock = [.success([ChoosingTests.row("7")])]
                $0.goods = [.success([SettlingTests.batch("b-1")])]
            }
            while try await shop.store.order(id)?.moneyState == .maybeSpent {
                clock.advance(by: .milliseconds(10))
                await Task.yield()
            }
            #expect(try await shop.store.order(id)?.batchID == "b-1")
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `a call that the vendor put off is not made at a price that has risen above the ceiling`() async throws {
        let clock = ManualClock()
        let vendor = ScriptedVendor.idempotent { script in
            script.purchases = [.notSent(.rateLimited(retryAfter: .seconds(10))), Self.lost]
            script.listPrices = Self.listed(1_400_000)
        }
        try await Shop.open([("a", vendor)], policy: Self.policy, timepiece: clock.timepiece) { shop in
            let id = try await shop.buy(Self.bandwidth, wait: .zero).order.id
            while vendor.calls.isEmpty || !Self.pauses(clock) { await Task.yield() }
            vendor.rewrite { $0.listPrices = Self.listed(1_600_000) }
            clock.advance(by: .seconds(10))
            let order = try await shop.settled(id)
            #expect(order.problem?.code == .priceAboveLimit)
            #expect(order.attempts.map(\.outcome) == [.notSent])
            #expect(order.attempts.map(\.tries) == [1])
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `goods of an order whose lost answer is being stored are nobody else's`() async throws {
        let store = HoldingStore(MemoryOrderStore())
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.bought(Receipt(vendorOrderID: "v-0", isReady: true)), Self.lost]
            $0.goods = [.success([SettlingTests.batch("b-1")])]
        }
        try await Shop.open([("a", vendor)], policy: LateAnswerTests.patient, store: store) { shop in
            let other = try await shop.buy(Shop.residential, key: "k-0").order
            store.hold()
            _ = try await shop.buy(Shop.isp, wait: .zero)
            while store.waiting == 0 { await Task.yield() }
            let floor = shop.purchaser.floor
            let (unowned, expectations) = try await OrderRun(other, on: floor).unownedGoods(
                at: #require(floor.vendor("a")), besides: other)
            store.release()
            #expect(unowned.isEmpty)
            #expect(expectations.count == 1)
        }
    }
}
