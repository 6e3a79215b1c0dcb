import ExactJSON
import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// What has to be watched, and for how long, before an action is said to have been done, or to have cost nothing.
@Suite struct ActionProofTests {
    private static let replace = ActionRequest(.replace(ip: "x"))

    private static func heloData(_ samples: [GoodsCondition], _ outcome: ActionOutcome = ActionTests.lost)
        -> ScriptedVendor
    {
        ActionTests.heloData { script in
            script.actionPreparations = [.ready(price: nil, baseline: ActionEvidenceTests.before)]
            script.actionOutcomes = [outcome]
            script.conditions = samples.map { .success($0) }
        }
    }

    // MARK: What is free

    @Test func `a replacement that the vendor calls free spent nothing, one that only we call free may have`()
        async throws
    {
        let rows: [(Money?, MoneyState)] = [(.usd("0"), .notSpent), (nil, .maybeSpent), (.usd("6"), .spent)]
        for (told, money) in rows {
            let vendor = Self.heloData([], .done(ActionReceipt(total: told)))
            try await Shop.open([("a", vendor)]) { shop in
                let order = try await shop.buy(Shop.isp).order
                let action = try await shop.ask(Self.replace, of: order).action
                #expect(action.status == .completed)
                #expect(action.moneyState == money)
                #expect(action.total == told)
            }
        }
    }

    @Test func `a replacement whose answer is lost is free when the balance says so, and else may not be`() async throws
    {
        let free = ActionEvidenceTests.now { $0.holdsIP = false }
        let charged = ActionEvidenceTests.now {
            $0.holdsIP = false; $0.balance = .usd("94")
        }
        for (samples, money) in [
            ([free], MoneyState.notSpent), ([charged], .maybeSpent), ([free, charged], .maybeSpent),
        ] {
            let vendor = Self.heloData(samples)
            try await Shop.open([("a", vendor)]) { shop in
                let order = try await shop.buy(Shop.isp).order
                let action = try await shop.settledAction(Self.replace, of: order)
                #expect(action.status == .completed)
                #expect(action.moneyState == money)
                #expect(action.total == (money == .notSpent ? .usd("0") : nil))
                #expect(vendor.actionCalls.count == 1)
            }
        }
    }

    // MARK: Somebody else's doing

    @Test func `a renewal that the vendor may have made of its own accord waits for a person`() async throws {
        var before = ActionTests.condition(expiry: 0.01)
        before.renewsItself = true
        let vendor = ActionTests.heloData { [before] script in
            script.actionPreparations = [.ready(price: nil, baseline: before)]
            script.actionOutcomes = [ActionTests.lost]
            script.conditions = [.success(ActionTests.condition(expiry: 30.01))]
        }
        try await Shop.open([("a", vendor)], timepiece: ActionLimitTests.standing) { shop in
            let order = try await shop.buy(Shop.isp).order
            let action = try await shop.settledAction(ActionTests.renewal, of: order)
            #expect(action.unknown?.needsReview == true)
            #expect(action.moneyState == .maybeSpent)
        }
    }

    @Test func `an address that is seen to be allowed has the id by which it is removed`() async throws {
        let shown = ActionEvidenceTests.now {
            $0.allowed = ["198.51.100.1", "203.0.113.7"]; $0.allowedEntries = ["wl_1", "wl_2"]
        }
        try await Shop.open([("a", Self.heloData([shown]))]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let action = try await shop.settledAction(ActionRequest(.allow("203.0.113.7")), of: order)
            #expect(action.status == .completed)
            #expect(action.result?["entry_id"] == "wl_2")
        }
    }

    @Test func `a person's total is in the timeline`() async throws {
        let vendor = Self.heloData([ActionEvidenceTests.now { $0.balance = nil }])
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let action = try await shop.settledAction(Self.replace, of: order)
            let decision = ActionResolution(outcome: .done(total: .usd("7")), reason: "on the invoice")
            _ = try await shop.purchaser.resolve(
                action: action.id, decision, by: Shop.operatorCaller, requestID: "req_r")
            let data = try await shop.store.events(of: order.id).last?.data
            #expect(data?["total"] == ["amount": "7.00", "currency": "USD"] && data?["outcome"] == "done")
        }
    }

    @Test func `what Purser found is not said to be the vendor's word`() async throws {
        let refusals: [(Refusal, detail: String)] = [
            (Refusal(.rejected, finding: "F"), "the action was not sent to a: F"),
            (Refusal(.rejected, vendorCode: "11", message: "M", finding: "F"), "a refused the action: M; F"),
            (Refusal(.rejected, message: "M"), "a refused the action: M"),
        ]
        for (refusal, detail) in refusals {
            let vendor = ActionTests.heloData { $0.actionPreparations = [.refused(refusal)] }
            try await Shop.open([("a", vendor)]) { shop in
                let order = try await shop.buy(Shop.isp).order
                let problem = await #expect(throws: Problem.self) { try await shop.ask(ActionTests.renewal, of: order) }
                #expect(problem?.detail == detail)
                #expect(problem?.vendor?.message == refusal.message && problem?.vendor?.code == refusal.vendorCode)
            }
        }
    }

    // MARK: How long

    @Test func `nobody is told to wait longer than what is being settled takes`() async throws {
        let rows: [(Duration, Int)] = [(.milliseconds(150), 1), (.milliseconds(9_500), 10), (.seconds(3600), 30)]
        for (settleTime, pause) in rows {
            var policy = Shop.policy
            policy.settleTime = settleTime
            try await Shop.open([("a", ActionTests.heloData())], policy: policy) { shop in
                #expect(shop.purchaser.settlePause(at: "a") == pause)
                #expect(shop.purchaser.settlePause(at: nil) == 30)
            }
        }
    }

    /// Time passes in steps until an action is settled or parked; how much passed.
    private static func watch(_ clock: ManualClock, _ shop: Shop, _ id: ActionID) async throws -> Duration {
        var passed = Duration.zero
        while passed < .seconds(86_400) {
            for _ in 0..<200 { await Task.yield() }
            let action = try await shop.purchaser.action(id, for: Shop.buyer)
            if action.status.isSettled || action.unknown?.needsReview == true { return passed }
            clock.advance(by: .seconds(60))
            passed += .seconds(60)
        }
        return passed
    }

    @Test(arguments: [0.0, 3000, 1_000_000])
    func `after a restart, and a leap of the clock on the wall, goods are watched for a whole settle time`(leap: Double)
        async throws
    {
        var policy = Shop.policy
        policy.settleTime = .seconds(3600)
        let vendor = ActionTests.heloData {
            $0.actionOutcomes = [ActionTests.lost]
            $0.conditions = [.success(ActionTests.condition(expiry: 30))]
        }
        let store = MemoryOrderStore()
        let clock = ManualClock()
        let id = try await Shop.open([("a", vendor)], policy: policy, store: store, timepiece: clock.timepiece) {
            shop in
            let order = try await shop.buy(Shop.isp).order
            let action = try await shop.ask(ActionTests.renewal, of: order, wait: .zero).action
            // Some of the schedule passes before the process ends.
            for _ in 0..<40 {
                for _ in 0..<200 { await Task.yield() }
                clock.advance(by: .seconds(60))
            }
            return action.id
        }
        clock.setWall(by: .seconds(leap))
        try await Shop.open([("a", vendor)], policy: policy, store: store, timepiece: clock.timepiece) { shop in
            #expect(try await shop.purchaser.action(id, for: Shop.buyer).status == .unknown)
            let passed = try await Self.watch(clock, shop, id)
            #expect(passed >= .seconds(3600))
            let action = try await shop.purchaser.action(id, for: Shop.buyer)
            #expect(action.status == .failed && action.moneyState == .notSpent)
        }
    }

    // MARK: One key

    @Test func `of an order and an action that race for a key, the second is told at once that it is taken`()
        async throws
    {
        let store = HoldingStore(MemoryOrderStore())
        let vendor = ActionTests.heloData()
        try await Shop.open([("a", vendor)], store: store) { shop in
            let bought = try await shop.buy(Shop.isp, key: "first").order
            store.holdAcceptances()
            let order = Task { () async -> Result<OrderID, Problem> in
                do throws(Problem) { return .success(try await shop.buy(Shop.isp, key: "k").order.id) } catch {
                    return .failure(error)
                }
            }
            let action = Task { () async -> Result<OrderID, Problem> in
                do throws(Problem) {
                    return .success(try await shop.ask(ActionTests.renewal, of: bought, key: "k").action.orderID)
                } catch { return .failure(error) }
            }
            while store.waiting < 2 { await Task.yield() }
            store.release()
            let outcomes = [await order.value, await action.value]
            let problems = outcomes.compactMap { outcome -> Problem? in
                guard case .failure(let problem) = outcome else { return nil }
                return problem
            }
            #expect(problems.count == 1)
            #expect(problems.first?.code == .idempotencyKeyReused, "\(String(describing: problems.first))")
        }
    }
}
