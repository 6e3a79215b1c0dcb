import ExactJSON
import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// Actions from their acceptance to their end, with vendors that say what the test tells them to.
@Suite struct ActionTests {
    static let month: TimeInterval = 30 * 86_400
    static let renewal = ActionRequest(.renew(.months(1)))
    static let lost = ActionOutcome.unknown(Doubt("connection_lost"))

    static func condition(expiry days: Double, balance: String? = "100") -> GoodsCondition {
        var condition = GoodsCondition(isThere: true)
        condition.expiresAt = .example + days * 86_400
        condition.renewsItself = false
        condition.balance = balance.flatMap { .usd($0) }
        return condition
    }

    static func ready(_ price: String? = nil, expiry days: Double = 30) -> ActionPreparation {
        .ready(price: price.flatMap { .usd($0) }, baseline: condition(expiry: days))
    }

    static func heloData(_ change: (inout ScriptedVendor.Script) -> Void = { _ in }) -> ScriptedVendor {
        .idempotent { script in
            script.purchases = [
                .bought(
                    Receipt(
                        vendorOrderID: "v-1", batchID: "b-1", total: .usd("30"), isReady: true,
                        expiresAt: .example + month))
            ]
            script.actionPreparations = [ready()]
            script.listPrices = [.isp: UnitPrice(Money(Millionths(6_000_000)), per: .ipMonth)]
            change(&script)
        }
    }

    static func legacy(_ change: (inout ScriptedVendor.Script) -> Void = { _ in }) -> ScriptedVendor {
        .attributable { script in
            script.actionPreparations = [ready("10")]
            change(&script)
        }
    }

    // MARK: Done

    @Test func `a renewal is durable before it is sent, done once, and seen on its order`() async throws {
        let vendor = Self.heloData {
            $0.actionOutcomes = [.done(ActionReceipt(total: .usd("30"), expiresAt: .example + 2 * Self.month))]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let answer = try await shop.ask(Self.renewal, of: order)
            #expect(answer.action.status == .completed)
            #expect(answer.action.moneyState == .spent)
            #expect(answer.action.total == .usd("30"))
            #expect(answer.action.result?["expires_at"]?.string == (Date.example + 2 * Self.month).rfc3339)
            #expect(vendor.actionCalls.map(\.task) == [.renew(.months(1))])
            #expect(vendor.actionCalls.first?.sale.batchID == "b-1")
            let renewed = try await shop.purchaser.order(order.id, for: Shop.buyer)
            #expect(renewed.expiresAt == .example + 2 * Self.month)
            #expect(renewed.total == .usd("30"))
            let events = try await shop.store.events(of: order.id).suffix(3)
            #expect(events.map(\.type.text) == ["action.pending", "action.running", "action.completed"])
            #expect(events.allSatisfy { $0.actionID == answer.action.id && $0.data["kind"] == "renew" })
            let told = try #require(events.last?.data)
            #expect(told["request"] == Self.renewal.json && told["vendor"] == "a")
            #expect(told["total"] == ["amount": "30.00", "currency": "USD"] && told["total_source"] == "vendor")
            #expect(told["expires_at"]?.string == (Date.example + 2 * Self.month).rfc3339)
            _ = try await shop.timeline(order.id)
            #expect(try await shop.purchaser.actions(of: order.id, for: Shop.buyer).map(\.id) == [answer.action.id])
        }
    }

    @Test func `an expiry that the answer does not tell is read from the goods`() async throws {
        let vendor = Self.heloData { $0.conditions = [.success(Self.condition(expiry: 60))] }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let action = try await shop.ask(Self.renewal, of: order).action
            #expect(action.total == .usd("30"))
            #expect(action.totalSource == .quote)
            #expect(try await shop.purchaser.order(order.id, for: Shop.buyer).expiresAt == .example + 2 * Self.month)
        }
    }

    @Test func `a hundred calls with one key are one action`() async throws {
        let vendor = Self.heloData()
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let ids = try await withThrowingTaskGroup(of: ActionAnswer.self) { group in
                for _ in 0..<100 { group.addTask { try await shop.ask(Self.renewal, of: order) } }
                return try await group.reduce(into: [ActionAnswer]()) { $0.append($1) }
            }
            #expect(Set(ids.map(\.action.id)).count == 1)
            #expect(ids.filter { !$0.isReplay }.count == 1)
            #expect(vendor.actionCalls.count == 1)
        }
    }

    @Test func `a key means one thing: one action, or one order`() async throws {
        let vendor = Self.heloData()
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp, key: "bought").order
            _ = try await shop.ask(Self.renewal, of: order)
            let other = await #expect(throws: Problem.self) {
                try await shop.ask(ActionRequest(.renew(.months(2))), of: order)
            }
            #expect(other?.code == .idempotencyKeyReused)
            #expect(other?.actionID != nil)
            let taken = await #expect(throws: Problem.self) {
                try await shop.ask(Self.renewal, of: order, key: "bought")
            }
            #expect(taken?.code == .idempotencyKeyReused)
            #expect(taken?.orderID == order.id)
            let used = await #expect(throws: Problem.self) { try await shop.buy(Shop.isp, key: "act-1") }
            #expect(used?.code == .idempotencyKeyReused)
            #expect(vendor.actionCalls.count == 1)
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `a release ends the goods, and nothing is done to them after`() async throws {
        let vendor = Self.heloData()
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let released = try await shop.ask(ActionRequest(.release), of: order).action
            #expect(released.moneyState == .notSpent)
            let after = try await shop.purchaser.order(order.id, for: Shop.buyer)
            #expect(after.flags.contains("released"))
            let problem = await #expect(throws: Problem.self) {
                try await shop.ask(Self.renewal, of: order, key: "late")
            }
            #expect(problem?.code == .actionNotAllowed)
            #expect(problem?.actionID == nil)
        }
    }

    // MARK: Not done

    @Test func `a refusal fails the action, and the same key says so for ever`() async throws {
        let vendor = Self.heloData { $0.actionOutcomes = [.refused(Refusal(.insufficientBalance))] }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            for _ in 0..<2 {
                let problem = await #expect(throws: Problem.self) { try await shop.ask(Self.renewal, of: order) }
                #expect(problem?.code == .insufficientBalance)
                #expect(problem?.actionID != nil)
                #expect(problem?.moneyState == .notSpent)
            }
            #expect(vendor.actionCalls.count == 1)
        }
    }

    @Test func `what was proved not to be sent is sent again`() async throws {
        let vendor = Self.heloData {
            $0.actionOutcomes = [
                .notSent(.unreachable("connection_refused")), .notSent(.rateLimited(retryAfter: .milliseconds(20))),
                .done(ActionReceipt()),
            ]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            #expect(try await shop.ask(Self.renewal, of: order).action.status == .completed)
            #expect(vendor.actionCalls.count == 3)
        }
    }

    @Test(arguments: [("11", ProblemCode.priceAboveLimit), ("9.50", .vendorUnavailable), ("10", nil)])
    func `an action is not sent again at another price than it was held against`(price: String, code: ProblemCode?)
        async throws
    {
        let vendor = Self.legacy {
            $0.actionPreparations = [Self.ready("10"), Self.ready(price)]
            $0.actionOutcomes = [.notSent(.rateLimited(retryAfter: .milliseconds(2))), .done(ActionReceipt())]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let request = ActionRequest(.renew(.months(1)), maxTotal: .usd("10"))
            var failed: ProblemCode?
            do throws(Problem) { _ = try await shop.ask(request, of: order) } catch { failed = error.code }
            #expect(failed == code)
            #expect(vendor.actionCalls.count == (code == nil ? 2 : 1))
        }
    }

    @Test func `a price above the ceiling, or none, fails the action unsent`() async throws {
        let rows: [(ScriptedVendor, String, ProblemCode)] = [
            (Self.legacy { $0.actionPreparations = [Self.ready("10.01")] }, "10", .priceAboveLimit),
            (Self.heloData(), "29.99", .priceAboveLimit),
            (Self.heloData { $0.listPrices = [:] }, "1000", .priceUnknown),
        ]
        for (vendor, limit, code) in rows {
            try await Shop.open([("a", vendor)]) { shop in
                let order = try await shop.buy(Shop.isp).order
                let request = ActionRequest(.renew(.months(1)), maxTotal: .usd(limit))
                let problem = await #expect(throws: Problem.self) { try await shop.ask(request, of: order) }
                #expect(problem?.code == code)
                #expect(vendor.actionCalls.isEmpty)
            }
        }
    }

    @Test func `a replacement that may be charged needs a ceiling`() async throws {
        let vendor = Self.heloData()
        let clock = ManualClock()
        try await Shop.open([("a", vendor)], timepiece: clock.timepiece) { shop in
            let order = try await shop.buy(Shop.isp).order
            let free = try await shop.ask(ActionRequest(.replace(ip: "ip_1")), of: order, key: "r-1").action
            // That it is free is Purser's count: the vendor did not say so.
            #expect(free.moneyState == .maybeSpent)
            #expect(free.total == nil)
            clock.advance(by: .seconds(20 * 86_400))
            let problem = await #expect(throws: Problem.self) {
                try await shop.ask(ActionRequest(.replace(ip: "ip_2")), of: order, key: "r-2")
            }
            #expect(problem?.faults.map(\.code) == ["required"])
            let paid = ActionRequest(.replace(ip: "ip_2"), maxTotal: .usd("6"))
            #expect(try await shop.ask(paid, of: order, key: "r-3").action.total == .usd("6"))
            let dear = ActionRequest(.replace(ip: "ip_3"), maxTotal: .usd("5.99"))
            let above = await #expect(throws: Problem.self) { try await shop.ask(dear, of: order, key: "r-4") }
            #expect(above?.code == .priceAboveLimit)
        }
    }

    // MARK: Not known

    @Test func `a renewal whose answer is lost is never sent again, and completed by what the goods show`() async throws
    {
        let vendor = Self.heloData {
            $0.actionOutcomes = [Self.lost]
            $0.conditions = [.success(Self.condition(expiry: 30)), .success(Self.condition(expiry: 61))]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let action = try await shop.settledAction(Self.renewal, of: order)
            #expect(action.status == .completed)
            #expect(action.moneyState == .spent)
            #expect(action.totalSource == .quote)
            #expect(action.result?["expires_at"]?.string == (Date.example + 61 * 86_400).rfc3339)
            #expect(vendor.actionCalls.count == 1)
            #expect(try await shop.ask(Self.renewal, of: order).isReplay)
            #expect(vendor.actionCalls.count == 1)
        }
    }

    @Test func `goods and a balance that stay as they were prove that nothing was done`() async throws {
        for vendor in [Self.heloData(), Self.legacy()] {
            vendor.rewrite {
                $0.actionOutcomes = [Self.lost]
                $0.conditions = [.success(Self.condition(expiry: 30))]
            }
            try await Shop.open([("a", vendor)]) { shop in
                let order = try await shop.buy(Shop.isp).order
                let action = try await shop.settledAction(Self.renewal, of: order)
                #expect(action.status == .failed)
                #expect(action.moneyState == .notSpent)
                #expect(vendor.actionCalls.count == 1)
            }
        }
    }

    @Test func `what the goods leave open waits for a person, who decides once`() async throws {
        let vendor = Self.legacy {
            $0.actionOutcomes = [Self.lost]
            $0.conditions = [.success(Self.condition(expiry: 30, balance: "93"))]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let action = try await shop.settledAction(Self.renewal, of: order)
            #expect(action.unknown?.needsReview == true)
            #expect(action.moneyState == .maybeSpent)
            let decision = ActionResolution(outcome: .done(total: .usd("7")), reason: "on the invoice")
            vendor.rewrite { $0.conditions = [.success(Self.condition(expiry: 61, balance: "93"))] }
            let resolved = try await shop.purchaser.resolve(
                action: action.id, decision, by: Shop.operatorCaller, requestID: "req_r")
            #expect(resolved.status == .completed)
            // What the goods show by now is the order's new end, so that nobody renews them once more.
            let renewed = try await shop.store.order(order.id)
            #expect(renewed?.expiresAt == .example + 61 * 86_400)
            #expect(resolved.total == .usd("7"))
            #expect(resolved.totalSource == .operator)
            let again = await #expect(throws: Problem.self) {
                try await shop.purchaser.resolve(
                    action: action.id, ActionResolution(outcome: .notDone, reason: "no"), by: Shop.operatorCaller,
                    requestID: "req_r")
            }
            #expect(again?.code == .notResolvable)
            // The lane is open again.
            vendor.rewrite { $0.actionOutcomes = [.done(ActionReceipt())] }
            #expect(try await shop.ask(Self.renewal, of: order, key: "next").action.status == .completed)
        }
    }

    // MARK: One at a time

    @Test func `actions on one order go one after the other, on two side by side`() async throws {
        let vendor = Self.heloData()
        vendor.rewrite {
            $0.purchases = ["1", "2"].map {
                .bought(Receipt(vendorOrderID: $0, batchID: "b-" + $0, total: .usd("30"), isReady: true))
            }
        }
        try await Shop.open([("a", vendor)]) { shop in
            let first = try await shop.buy(Shop.isp, key: "o-1").order
            let second = try await shop.buy(Shop.isp, key: "o-2").order
            vendor.hold()
            _ = try await shop.ask(Self.renewal, of: first, key: "a-1", wait: .zero)
            _ = try await shop.ask(ActionRequest(.rotatePassword), of: first, key: "a-2", wait: .zero)
            _ = try await shop.ask(Self.renewal, of: second, key: "a-3", wait: .zero)
            while vendor.actionCalls.count < 2 { await Task.yield() }
            #expect(Set(vendor.actionCalls.map(\.sale.orderID)) == [first.id, second.id])
            let waiting = try await shop.purchaser.actions(of: first.id, for: Shop.buyer)
            #expect(waiting.map(\.status) == [.running, .pending])
            vendor.open()
            #expect(
                try await shop.ask(ActionRequest(.rotatePassword), of: first, key: "a-2").action.status == .completed)
            #expect(vendor.actionCalls.count == 3)
        }
    }

    @Test func `a legacy renewal whose answer is lost keeps the account's lane shut`() async throws {
        var policy = Shop.policy
        policy.settleTime = .seconds(3600)
        let vendor = Self.legacy { $0.actionOutcomes = [Self.lost] }
        try await Shop.open([("a", vendor)], policy: policy) { shop in
            let order = try await shop.buy(Shop.isp, key: "o-1").order
            let action = try await shop.ask(Self.renewal, of: order, wait: .milliseconds(20)).action
            #expect(action.status != .completed)
            let next = try await shop.buy(Shop.isp, key: "o-2", wait: .milliseconds(20)).order
            #expect(next.status == .pending)
            #expect(vendor.calls.count == 1)
        }
    }

    // MARK: Restart

    @Test(arguments: [PurchaseStep.accepted, .prepared, .dispatched, .called])
    func `an action whose process dies anywhere is taken up, and sent at most once`(step: PurchaseStep) async throws {
        let store = MemoryOrderStore()
        let vendor = Self.heloData { script in
            script.actionOutcomes = [.done(ActionReceipt(expiresAt: .example + 2 * Self.month))]
            script.conditions = [.success(Self.condition(expiry: 60))]
        }
        let order = try await Shop.open([("a", vendor)], store: store) { try await $0.buy(Shop.isp).order }
        let life = LifetimeStore(store)
        try await Shop.open(
            [("a", vendor)], store: life, atStep: { if $0 == step { life.end() } },
            { shop in
                let request = Task { try await shop.ask(Self.renewal, of: order, wait: .milliseconds(200)) }
                _ = await request.result
            })
        if step != .called { #expect(vendor.actionCalls.count <= 1) }
        let sent = vendor.actionCalls.count
        try await Shop.open([("a", vendor)], store: store) { shop in
            let action = try await shop.settledAction(Self.renewal, of: order)
            #expect(action.status == .completed)
            #expect(vendor.actionCalls.count == max(sent, 1))
            #expect(try await shop.purchaser.order(order.id, for: Shop.buyer).expiresAt == .example + 2 * Self.month)
        }
    }
}

extension Shop {
    func ask(
        _ request: ActionRequest, of order: Order, key: String = "act-1", wait: Duration = .seconds(20)
    ) async throws(Problem) -> ActionAnswer {
        try await purchaser.ask(
            ActionSubmission(
                order: order.id, request: request, caller: Self.buyer, idempotencyKey: key, requestID: "req_a",
                wait: wait))
    }

    /// An action once it is settled, or waits for a person.
    func settledAction(_ request: ActionRequest, of order: Order, key: String = "act-1") async throws -> Action {
        do throws(Problem) { _ = try await ask(request, of: order, key: key, wait: .zero) } catch {
            if error.actionID == nil { throw error }
        }
        while true {
            let action = try await purchaser.actions(of: order.id, for: Self.buyer).first { $0.idempotencyKey == key }
            if let action, action.status.isSettled || action.unknown?.needsReview == true { return action }
            await Task.yield()
        }
    }
}
