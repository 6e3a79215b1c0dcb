import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// Accounts that nobody asks for, by a clock that a test moves.
@Suite(.timeLimit(.minutes(1))) struct BalanceWatchTests {
    /// A vendor whose account is watched, and the clock.
    struct Watched: Sendable {
        let shop: Shop
        let vendor: ScriptedVendor
        let clock: ManualClock
        /// How many sleep while the watch does.
        let sleepers: Int

        var balance: Money? { get async { await shop.purchaser.standing().vendors.first?.balance } }

        /// Lets time pass, until the watch has done what it does then and sleeps again.
        /// - Returns: how often the account was read meanwhile.
        func pass(_ seconds: Int) async -> Int {
            let before = vendor.accountCount
            clock.advance(by: .seconds(seconds))
            while clock.sleepers < sleepers { await Task.yield() }
            return vendor.accountCount - before
        }
    }

    private static func policy(every interval: Duration) -> VendorPolicy {
        var policy = VendorPolicy()
        policy.balanceInterval = interval
        return policy
    }

    /// Opens a shop with one vendor whose account is watched.
    private static func watch(
        _ vendor: ScriptedVendor, policy: VendorPolicy = policy(every: .seconds(600)),
        store: any OrderStore = MemoryOrderStore(), _ body: @escaping @Sendable (Watched) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        try await Shop.open([("a", vendor)], policy: policy, store: store, timepiece: clock.timepiece) { shop in
            // The watch, and what follows sales.
            while clock.sleepers < 2 { await Task.yield() }
            try await body(Watched(shop: shop, vendor: vendor, clock: clock, sleepers: 2))
        }
    }

    private static func account(_ micros: Int64) -> Result<VendorAccount, VendorError> {
        .success(VendorAccount(balance: .usd(micros: micros), kycStatus: nil))
    }

    @Test func `an account is read soon after the start, and again each time that its reading is ten minutes old`()
        async throws
    {
        let vendor = ScriptedVendor.idempotent { $0.accounts = [Self.account(7_000_000), Self.account(5_000_000)] }
        try await Self.watch(vendor) { watched in
            #expect(vendor.accountCount == 0)
            #expect(await watched.pass(30) == 1)
            #expect(await watched.balance == .usd(micros: 7_000_000))
            #expect(await watched.pass(599) == 0)
            #expect(await watched.pass(31) == 1)
            #expect(await watched.balance == .usd(micros: 5_000_000))
            #expect(await watched.pass(630) == 1)
        }
    }

    @Test func `an account that somebody else has read is left alone for as long`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.accounts = [Self.account(7_000_000)] }
        try await Self.watch(vendor) { watched in
            _ = try await watched.shop.purchaser.vendorReports()
            #expect(vendor.accountCount == 1)
            #expect(await watched.pass(30) == 0)
            #expect(await watched.pass(569) == 0)
            #expect(await watched.pass(31) == 1)
        }
    }

    @Test func `a clock that was set back keeps no account from being read`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.accounts = [Self.account(7_000_000)] }
        try await Self.watch(vendor) { watched in
            #expect(await watched.pass(30) == 1)
            watched.clock.setWall(by: .seconds(-86_400))
            #expect(await watched.pass(630) == 1)
            #expect(await watched.pass(630) == 1)
        }
    }

    @Test func `a balance below zero is found where nobody asks`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.accounts = [Self.account(-1)] }
        try await Self.watch(vendor) { watched in
            _ = await watched.pass(30)
            #expect(await watched.shop.purchaser.standing().vendors.first?.health.overdraft != nil)
            let problem = await #expect(throws: Problem.self) { try await watched.shop.buy(Shop.residential) }
            #expect(problem?.code == .insufficientBalance && vendor.calls.isEmpty)
        }
    }

    @Test func `a vendor that cannot be read is asked ever less often, and as before once it can`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.accounts = [.failure(.unavailable(reason: "reset"))] }
        try await Self.watch(vendor) { watched in
            #expect(await watched.pass(30) == 1)
            // An hour by seconds: after 15 to 30 s, twice that, and so on up to ten minutes.
            var count = 0
            for _ in 0..<3600 { count += await watched.pass(1) }
            #expect((9...17).contains(count))
            vendor.rewrite { $0.accounts = [Self.account(7_000_000)] }
            var untilRead = 0
            while await watched.pass(1) == 0 { untilRead += 1 }
            #expect(untilRead <= 600)
            #expect(await watched.pass(599) == 0)
            #expect(await watched.pass(31) == 1)
        }
    }

    @Test func `a vendor that rests is not asked`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.accounts = [Self.account(7_000_000)] }
        try await Self.watch(vendor) { watched in
            let own = watched.shop.purchaser.floor.vendors[0]
            #expect(own.circuit.open(at: watched.clock.now))
            #expect(await watched.pass(29) == 0)
            own.circuit.restOn(from: watched.clock.now)
            #expect(await watched.pass(29) == 0)
            own.circuit.noteAnswer()
            var waited = 0
            while await watched.pass(1) == 0 { waited += 1 }
            #expect(waited <= 60)
        }
    }

    @Test func `pauses after failures grow to the interval and no further, and are spread`() {
        let policy = Self.policy(every: .seconds(600))
        let pause = { BalanceWatch.pause(afterFailures: $0, of: policy, jitter: $1) }
        #expect((1...7).map { pause($0, 1) } == [30, 60, 120, 240, 480, 600, 600].map { .seconds($0) })
        #expect(pause(1, 0) == .seconds(15) && pause(90, 0) == .seconds(300))
        let hasty = Self.policy(every: .seconds(5))
        #expect(BalanceWatch.pause(afterFailures: 9, of: hasty, jitter: 1) == .seconds(30))
    }

    @Test func `accounts are not watched at zero, nor of a vendor that is not enabled`() async throws {
        for (interval, isEnabled) in [(Duration.zero, true), (.seconds(600), false)] {
            let (vendor, clock) = (ScriptedVendor.idempotent(), ManualClock())
            try await Shop.open(
                [("a", vendor)], policy: Self.policy(every: interval), timepiece: clock.timepiece, isEnabled: isEnabled
            ) { shop in
                let own = shop.purchaser.floor.vendors[0]
                await BalanceWatch.run(own, on: shop.purchaser.floor)
                #expect(vendor.accountCount == 0)
            }
        }
    }
}
