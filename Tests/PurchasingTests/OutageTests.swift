import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// A thousand orders whose outcome is open at a vendor that does not answer, by a clock that a test moves: how often it is
/// called meanwhile, and when it is back.
@Suite(.timeLimit(.minutes(3))) struct OutageTests {
    static let count = 1000
    /// More calls than this in a second are a crowd: a thousand orders that pause for a minute at the longest are thirty.
    static let crowd = 100

    static let sales = (1...count).map { number in
        PurchaseOutcome.bought(Receipt(vendorOrderID: "v-\(number)", isReady: true))
    }

    /// The vendor's pauses as they are by default, and a circuit that lets all orders in before it opens.
    static var policy: VendorPolicy {
        var policy = VendorPolicy()
        policy.breakerFailures = count
        policy.balanceInterval = .zero
        return policy
    }

    /// A vendor that is away, and the clock.
    struct Outage: Sendable {
        let shop: Shop
        let vendor: ScriptedVendor
        let clock: ManualClock

        /// Lets seconds pass one by one, each until all orders that it woke have been sent and pause again, or are sold.
        /// - Returns: the most calls in one of them.
        func pass(seconds: Int, open: Int = count, isBack: Bool = false) async -> Int {
            var (open, most) = (open, 0)
            for _ in 0..<seconds {
                let before = vendor.calls.count
                clock.advance(by: .seconds(1))
                var called = 0
                repeat {
                    await Task.yield()
                    called = vendor.calls.count - before
                } while clock.sleepers <= (isBack ? open - called : open)
                if isBack { open -= called }
                most = max(most, called)
            }
            return most
        }
    }

    /// Opens a shop whose orders were sent and lost so long ago that they pause for as long as they ever do; an hour would
    /// bring more of the same.
    private static func outage(_ body: @escaping @Sendable (Outage) async throws -> Void) async throws {
        let clock = ManualClock()
        // No lane thins out the crowd, and no order sleeps in a queue.
        let vendor = ScriptedVendor.idempotent(width: count) { $0.purchases = [ResendLimitTests.lost] }
        try await Shop.open([("a", vendor)], policy: policy, timepiece: clock.timepiece) { shop in
            for number in 1...count { _ = try await shop.buy(Shop.residential, key: "k-\(number)", wait: .zero) }
            while clock.sleepers <= count { await Task.yield() }
            let outage = Outage(shop: shop, vendor: vendor, clock: clock)
            _ = await outage.pass(seconds: 150)
            try await body(outage)
        }
    }

    @Test func `at no time is there a crowd, and once it is back each order is bought by one call within a minute`()
        async throws
    {
        try await Self.outage { outage in
            let away = await outage.pass(seconds: 60)
            #expect(away <= Self.crowd)
            // All are told the same instant to come back at.
            for second in 0..<70 {
                let rest = Duration.seconds(70 - second)
                outage.vendor.rewrite { $0.purchases = [.notSent(.rateLimited(retryAfter: rest))] }
                _ = await outage.pass(seconds: 1)
            }
            outage.vendor.rewrite { $0.purchases = Self.sales }
            let before = outage.vendor.calls.count
            let back = await outage.pass(seconds: 61, isBack: true)
            #expect(back <= Self.crowd)
            #expect(outage.vendor.calls.count - before == Self.count)
            while try await !outage.shop.store.unsettled().isEmpty { await Task.yield() }
        }
    }
}
