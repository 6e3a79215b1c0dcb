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
}
