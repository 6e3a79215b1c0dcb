import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// What `GET /vendors` tells of accounts, by a clock that a test moves.
@Suite(.timeLimit(.minutes(1))) struct VendorReportTests {
    private static func account(_ micros: Int64) -> Result<VendorAccount, VendorError> {
        .success(VendorAccount(balance: .usd(micros: micros), kycStatus: nil))
    }

    private static func balances(_ shop: Shop) async throws -> [Money?] {
        try await shop.purchaser.vendorReports().map { report in
            guard case .account(let account) = report.account.value else { return nil }
            return account.balance
        }
    }

    @Test func `a balance that is not fresh is read before it is told`() async throws {
        let clock = ManualClock()
        let vendor = ScriptedVendor.idempotent { $0.accounts = [Self.account(7_000_000), Self.account(5_000_000)] }
        try await Shop.open([("a", vendor)], timepiece: clock.timepiece) { shop in
            var told: [[Money?]] = []
            for pause in [0, 50, 11] {
                clock.advance(by: .seconds(pause))
                told.append(try await Self.balances(shop))
            }
            #expect(told == [[.usd(micros: 7_000_000)], [.usd(micros: 7_000_000)], [.usd(micros: 5_000_000)]])
            #expect(vendor.accountCount == 2)
        }
    }

    @Test func `a vendor that does not answer keeps nobody for longer than two seconds, and hides no other`()
        async throws
    {
        let clock = ManualClock()
        let silent = ScriptedVendor.idempotent { $0.accounts = [Self.account(7_000_000)] }
        let other = ScriptedVendor.idempotent { $0.accounts = [Self.account(1_000_000), Self.account(2_000_000)] }
        try await Shop.open([("a", silent), ("b", other)], timepiece: clock.timepiece) { shop in
            _ = try await shop.purchaser.vendorReports()
            clock.advance(by: .seconds(61))
            let (gate, opening) = AsyncStream.makeStream(of: Void.self)
            silent.rewrite { $0.whileReadingAccount = { for await _ in gate {} } }
            let asleep = clock.sleepers
            let reports = Task { try await shop.purchaser.vendorReports() }
            while silent.accountCount < 2 || other.accountCount < 2 || clock.sleepers <= asleep { await Task.yield() }
            clock.advance(by: .seconds(2))
            let told = try await reports.value
            #expect(told.map(\.account.isStale) == [true, false])
            #expect(told[0].account.value != nil && told[0].account.failure?.reason == "no_answer_yet")
            opening.finish()
        }
    }
}
