import ExactJSON
import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// A vendor's account that owes money: nothing new is spent there, and what was sent before is carried on.
@Suite(.timeLimit(.minutes(1))) struct OverdraftTests {
    private static func account(_ micros: Int64) -> Result<VendorAccount, VendorError> {
        .success(VendorAccount(balance: .usd(micros: micros), kycStatus: nil))
    }

    /// Rests long enough that only what a test does itself lets the account be read again.
    private static var slow: VendorPolicy {
        var policy = Shop.policy
        policy.breakerRest = .seconds(3600)
        return policy
    }

    /// Has the accounts read, as `GET /vendors` does.
    private static func read(_ shop: Shop) async throws -> [VendorReport] { try await shop.purchaser.vendorReports() }

    private static func bought(_ request: OrderRequest, _ shop: Shop, key: String) async -> Order? {
        do throws(Problem) { return try await shop.buy(request, key: key).order } catch { return nil }
    }

    @Test func `below zero nothing is bought, unspent and unstored, until the balance is read at zero`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.accounts = [Self.account(-1)] }
        try await Shop.open([("a", vendor)]) { shop in
            let report = try await Self.read(shop).first
            #expect(report?.health.overdraft?.balance == .usd(micros: -1))
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.residential) }
            #expect(problem?.code == .insufficientBalance && problem?.moneyState == .notSpent)
            #expect(problem?.orderID == nil && problem?.detail.contains("-0.000001 USD") == true)
            #expect(vendor.calls.isEmpty)
            vendor.rewrite { $0.accounts = [Self.account(0)] }
            // The account is read again by itself.
            var order: Order?
            while order == nil { order = await Self.bought(Shop.residential, shop, key: "k-1") }
            #expect(order?.status == .completed && vendor.calls.count == 1)
            #expect(await shop.purchaser.standing().vendors.first?.health.overdraft == nil)
        }
    }

    @Test func `auto takes the next vendor and says why`() async throws {
        let poor = ScriptedVendor.idempotent { $0.accounts = [Self.account(-2_500_000)] }
        let other = ScriptedVendor.idempotent()
        try await Shop.open([("a", poor), ("b", other)], policy: Self.slow) { shop in
            _ = try await Self.read(shop)
            let order = try await shop.buy(Shop.residential).order
            #expect(order.vendor == "b" && order.status == .completed)
            let reason = order.routing.candidates.first { $0.vendor == "a" }?.ruledOut
            #expect(reason == "its account's balance of -2.50 USD is below zero")
            #expect(poor.calls.isEmpty)
            var named = Shop.residential
            named.vendor = .named("a")
            let request = named
            let problem = await #expect(throws: Problem.self) { try await shop.buy(request, key: "k-2") }
            #expect(problem?.code == .insufficientBalance)
        }
    }

    @Test(arguments: [true, false]) func `what the reading before the purchase tells holds for that purchase`(
        hasAnother: Bool
    ) async throws {
        let poor = ScriptedVendor.attributable {
            $0.preparations = [
                .ready(price: .usd(micros: 0), baseline: Baseline(balance: .usd(micros: -10_000), goods: []))
            ]
            $0.accounts = [Self.account(-10_000)]
        }
        let other = ScriptedVendor.idempotent { if !hasAnother { $0.withheld = [.ipv4] } }
        try await Shop.open([("a", poor), ("b", other)], policy: Self.slow) { shop in
            if hasAnother {
                let order = try await shop.buy(Shop.ipv4).order
                #expect(order.vendor == "b" && order.moneyState == .spent)
            } else {
                let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.ipv4) }
                #expect(problem?.code == .insufficientBalance && problem?.moneyState == .notSpent)
            }
            #expect(poor.calls.isEmpty)
        }
    }

    @Test func `an order that waits for its turn does not go`() async throws {
        let vendor = ScriptedVendor.attributable {
            $0.purchases = [.bought(Receipt(vendorOrderNumber: "n-1", isReady: false))]
            $0.accounts = [Self.account(-1_000_000)]
        }
        try await Shop.open([("a", vendor)], policy: Self.slow) { shop in
            vendor.hold()
            let first = try await shop.buy(Shop.ipv4, wait: .zero).order
            while vendor.calls.isEmpty { await Task.yield() }
            let second = try await shop.buy(Shop.ipv4, key: "k-2", wait: .zero).order
            _ = try await Self.read(shop)
            vendor.open()
            #expect(try await shop.settled(second.id).problem?.code == .insufficientBalance)
            while try await shop.purchaser.order(first.id, for: Shop.buyer).moneyState != .spent { await Task.yield() }
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `what was sent already is sent again, since it is counted`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.unknown(Doubt("deadline")), PurchaserTests.sold]
            $0.accounts = [Self.account(-1_000_000)]
        }
        try await Shop.open([("a", vendor)], policy: Self.slow) { shop in
            vendor.hold()
            let order = try await shop.buy(Shop.residential, wait: .zero).order
            while vendor.calls.isEmpty { await Task.yield() }
            _ = try await Self.read(shop)
            vendor.open()
            #expect(try await shop.settled(order.id).status == .completed)
            #expect(vendor.calls.count == 2)
        }
    }

    @Test func `a try that is proved to have done nothing is not repeated`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.notSent(.unreachable("connection_refused")), PurchaserTests.sold]
            $0.accounts = [Self.account(-1_000_000)]
        }
        try await Shop.open([("a", vendor)], policy: Self.slow) { shop in
            vendor.hold()
            let order = try await shop.buy(Shop.residential, wait: .zero).order
            while vendor.calls.isEmpty { await Task.yield() }
            _ = try await Self.read(shop)
            vendor.open()
            let settled = try await shop.settled(order.id)
            #expect(settled.status == .failed && settled.problem?.code == .insufficientBalance)
            #expect(settled.attempts.map(\.outcome) == [.notSent] && vendor.calls.count == 1)
        }
    }

    @Test func `an action that may be charged is refused, and one that costs nothing is done`() async throws {
        let vendor = ActionTests.heloData { $0.accounts = [Self.account(-1_000_000)] }
        try await Shop.open([("a", vendor)], policy: Self.slow) { shop in
            let order = try await shop.buy(Shop.isp).order
            _ = try await Self.read(shop)
            let problem = await #expect(throws: Problem.self) {
                try await shop.ask(ActionTests.renewal, of: order, key: "r-1")
            }
            #expect(problem?.code == .insufficientBalance && problem?.moneyState == .unchanged)
            #expect(problem?.orderID == order.id && problem?.actionID == nil)
            let free = try await shop.settledAction(ActionRequest(.rotatePassword), of: order, key: "p-1")
            #expect(free.status == .completed)
            #expect(vendor.actionCalls.map(\.task.kind) == [.rotatePassword])
        }
    }

    @Test func `an action that reads so before it is sent is not sent`() async throws {
        var condition = GoodsCondition(isThere: true)
        condition.balance = .usd(micros: -1)
        let vendor = ActionTests.heloData { [condition] in
            $0.accounts = [Self.account(-1)]
            $0.actionPreparations = [.ready(price: nil, baseline: condition)]
        }
        try await Shop.open([("a", vendor)], policy: Self.slow) { shop in
            let order = try await shop.buy(Shop.isp).order
            let action = try await shop.settledAction(ActionTests.renewal, of: order, key: "r-1")
            #expect(action.status == .failed && action.problem?.code == .insufficientBalance)
            #expect(vendor.actionCalls.isEmpty)
        }
    }

    @Test func `a refusal for want of balance has the account read`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [SettlingTests.refused]
            $0.accounts = [Self.account(-1_000_000)]
        }
        try await Shop.open([("a", vendor)], policy: Self.slow) { shop in
            await #expect(throws: Problem.self) { try await shop.buy(Shop.residential) }
            while await shop.purchaser.standing().vendors.first?.health.overdraft == nil { await Task.yield() }
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.residential, key: "k-2") }
            #expect(problem?.code == .insufficientBalance && problem?.orderID == nil)
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `it is known since the first reading below zero, and over with one at zero or above`() {
        let record = HealthRecord()
        record.note(.usd(micros: -2), at: .example)
        record.note(nil, at: .example + 1)
        record.note(Money(Millionths(-3), currency: "EUR"), at: .example + 2)
        #expect(record.current.overdraft?.since == .example)
        #expect(record.current.overdraft?.balance == Money(Millionths(-3), currency: "EUR"))
        record.note(.usd(micros: 0), at: .example + 3)
        #expect(record.current.overdraft == nil)
    }
}
