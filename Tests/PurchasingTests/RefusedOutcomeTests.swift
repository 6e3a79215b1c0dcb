import Foundation
import Purchasing
import PurchasingTestKit
import Testing

/// A database that refuses what became of a call leaves it to a person, and nobody waits behind it.
@Suite(.timeLimit(.minutes(1))) struct RefusedOutcomeTests {
    static let lost = PurchaseOutcome.unknown(Doubt("connection_lost"))

    /// A store that refuses every change that would make a sale, or an action done, of one order or action.
    static func refusing(_ status: OrderStatus? = nil, action: ActionStatus? = nil, key: String) -> MeddlingStore {
        MeddlingStore(MemoryOrderStore()) { change, _ throws(StoreError) in
            let isOrder = status != nil && change.order.status == status && change.order.idempotencyKey == key
            let isAction = action != nil && change.action?.status == action && change.action?.idempotencyKey == key
            if isOrder || isAction { throw .refused("it broke a rule") }
        }
    }

    /// What a question gives once it gives something; nil when it does not within some seconds.
    static func soon<Value: Sendable>(_ question: () async throws -> Value?) async throws -> Value? {
        let end = ContinuousClock.now + .seconds(4)
        while ContinuousClock.now < end {
            if let value = try await question() { return value }
            await Task.yield()
        }
        return nil
    }

    static func reviewed(_ id: OrderID, _ shop: Shop) async throws -> Order? {
        try await soon {
            let order = try await shop.store.order(id)
            return order?.unknown?.needsReview == true ? order : nil
        }
    }

    /// Buys again, and says whether the order got through the vendor's lane.
    static func nextGetsThrough(_ shop: Shop, _ vendor: ScriptedVendor) async throws -> Bool {
        vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderNumber: "N-8", isReady: true))] }
        let next = try await shop.buy(Shop.ipv4, key: "k-2", wait: .zero).order.id
        return try await soon { try await shop.store.order(next)?.status == .completed ? true : nil } ?? false
    }

    @Test func `a late sale that cannot be stored is left to a person, and the lane opens`() async throws {
        let vendor = LateAnswerTests.attributable()
        let store = Self.refusing(.completed, key: "k-1")
        try await Shop.open([("a", vendor)], policy: LateAnswerTests.patient, store: store) { shop in
            let id = try await LateAnswerTests.loseOne(shop)
            await vendor.answerLate(LateAnswerTests.sale)
            let order = try await Self.reviewed(id, shop)
            #expect(order?.moneyState == .maybeSpent)
            #expect(order?.unknown?.findings.contains { $0.contains("N-7") && $0.contains("it broke a rule") } == true)
            #expect(try await Self.nextGetsThrough(shop, vendor))
            #expect(vendor.calls.count == 2)
        }
    }

    @Test func `a sale that cannot be stored is unknown and left to a person`() async throws {
        let vendor = LateAnswerTests.attributable()
        vendor.rewrite { $0.purchases = [LateAnswerTests.sale] }
        let store = Self.refusing(.completed, key: "k-1")
        try await Shop.open([("a", vendor)], policy: LateAnswerTests.patient, store: store) { shop in
            let id = try await shop.buy(Shop.ipv4, wait: .zero).order.id
            let order = try await Self.reviewed(id, shop)
            #expect(order?.moneyState == .maybeSpent)
            #expect(order?.currentAttempt?.isTainted == true)
            #expect(order?.unknown?.findings.contains { $0.contains("N-7") && $0.contains("it broke a rule") } == true)
            #expect(try await Self.nextGetsThrough(shop, vendor))
            #expect(vendor.calls.count == 2)
            _ = try await shop.timeline(id)
        }
    }

    @Test(arguments: [ActionOutcome.done(ActionReceipt()), .refused(Refusal(.insufficientBalance))])
    func `an action whose outcome cannot be stored is left to a person, and the next one goes in`(
        outcome: ActionOutcome
    ) async throws {
        let isDone = if case .done = outcome { true } else { false }
        let vendor = ScriptedVendor.idempotent { $0.actionOutcomes = [outcome, .done(ActionReceipt())] }
        let store = Self.refusing(action: isDone ? .completed : .failed, key: "act-1")
        try await Shop.open([("a", vendor)], policy: LateAnswerTests.patient, store: store) { shop in
            let order = try await shop.buy(Shop.isp).order
            let first = try await shop.ask(ActionTests.renewal, of: order, wait: .zero).action.id
            let parked = try await Self.soon {
                let action = try await shop.store.action(first)
                return action?.unknown?.needsReview == true ? action : nil
            }
            #expect(parked?.moneyState == .maybeSpent)
            #expect(parked?.unknown?.findings.contains { $0.contains("it broke a rule") } == true)
            // A second renewal would be refused, since the first may have been done.
            let other = ActionRequest(.replace(ip: "ip_1"))
            let next = try await shop.ask(other, of: order, key: "act-2", wait: .zero).action.id
            let end = try await Self.soon { () async throws -> ActionStatus? in
                let status = try await shop.store.action(next)?.status
                return status?.isSettled == true ? status : nil
            }
            #expect(end == .completed)
            #expect(vendor.actionCalls.count == 2)
        }
    }
}
