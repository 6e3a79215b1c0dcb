import Foundation
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

/// No order and no action is left without a run while the process lives, whatever the database refuses.
@Suite(.timeLimit(.minutes(1))) struct CarriedToTheEndTests {
    /// A store that refuses some changes, each so many times.
    final class Refusals: Sendable {
        private let left: Mutex<Int>
        private let seen = Mutex(0)
        init(_ count: Int) { left = Mutex(count) }
        var count: Int { seen.withLock { $0 } }

        func take() throws(StoreError) {
            let refuses = left.withLock { left in
                left -= 1
                return left >= 0
            }
            guard refuses else { return }
            seen.withLock { $0 += 1 }
            throw .refused("it broke a rule")
        }
    }

    private static func store(refusing refusals: Refusals, _ fits: @escaping @Sendable (OrderChange) -> Bool)
        -> MeddlingStore
    {
        MeddlingStore(MemoryOrderStore()) { change, _ throws(StoreError) in
            if fits(change) { try refusals.take() }
        }
    }

    private static func attributable() -> ScriptedVendor {
        .attributable {
            $0.preparations = [
                .ready(price: Money.usd("7.50"), baseline: Baseline(balance: Money.usd("100"), goods: []))
            ]
            $0.purchases = [.bought(Receipt(vendorOrderNumber: "N-7", isReady: true))]
        }
    }

    /// The id of an order that was placed; one that failed before the answer is named by the problem.
    private static func id(_ placing: () async throws(Problem) -> OrderID) async throws -> OrderID {
        let problem: Problem
        do throws(Problem) { return try await placing() } catch { problem = error }
        return try #require(problem.orderID)
    }

    private static func settled(_ id: OrderID, _ shop: Shop) async throws -> Order? {
        try await RefusedOutcomeTests.soon {
            let order = try await shop.store.order(id)
            return order?.status.isSettled == true || order?.unknown?.needsReview == true ? order : nil
        }
    }

    @Test(arguments: [1, 3]) func `an order whose dispatch is refused fails, and nothing is sent`(refused: Int)
        async throws
    {
        let (vendor, refusals) = (Self.attributable(), Refusals(refused))
        // The first is the dispatch; the others are what is said instead.
        let store = Self.store(refusing: refusals) { $0.order.status != .pending && $0.order.idempotencyKey == "k-1" }
        try await Shop.open([("a", vendor)], store: store) { shop in
            let order = try await Self.settled(
                Self.id { () async throws(Problem) in try await shop.buy(Shop.ipv4, wait: .zero).order.id }, shop)
            #expect(order?.status == .failed && order?.moneyState == .notSpent)
            #expect(order?.problem?.code == .storeUnavailable)
            #expect(order?.problem?.detail.contains("nothing was sent") == true)
            #expect(refusals.count == refused)
            // Nobody waits behind it.
            let next = try await shop.buy(Shop.ipv4, key: "k-2").order
            #expect(next.status == .completed)
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `the choice of a vendor that is refused ends an order in the same way`() async throws {
        let (one, other) = (ChoosingTests.stocked("6"), ChoosingTests.quoting("29"))
        let refusals = Refusals(1)
        let store = Self.store(refusing: refusals) { change in change.events.contains { $0.cause == "routed" } }
        try await Shop.open([("h", one), ("l", other)], store: store) { shop in
            let order = try await Self.settled(
                Self.id { () async throws(Problem) in try await shop.buy(ChoosingTests.request(), wait: .zero).order.id
                }, shop)
            #expect(order?.status == .failed && order?.problem?.code == .storeUnavailable)
            #expect(refusals.count == 1 && one.calls.isEmpty && other.calls.isEmpty)
        }
    }

    @Test func `what cannot be stored of a sent order is said again until it can`() async throws {
        let (vendor, refusals) = (Self.attributable(), Refusals(3))
        let store = Self.store(refusing: refusals) {
            $0.order.status != .pending && $0.order.status != .purchasing && $0.order.idempotencyKey == "k-1"
        }
        try await Shop.open([("a", vendor)], store: store) { shop in
            let order = try await Self.settled(
                Self.id { () async throws(Problem) in try await shop.buy(Shop.ipv4, wait: .zero).order.id }, shop)
            #expect(order?.unknown?.needsReview == true && order?.moneyState == .maybeSpent)
            #expect(order?.unknown?.findings.contains { $0.contains("N-7") } == true)
            #expect(vendor.calls.count == 1 && refusals.count == 3)
        }
    }

    @Test func `an order that was changed under its run is carried on`() async throws {
        let meddled = Mutex(false)
        let store = MeddlingStore(MemoryOrderStore()) { change, store throws(StoreError) in
            guard change.order.status == .purchasing, !meddled.withLock({ $0 }),
                let order = try await store.order(change.order.id)
            else { return }
            meddled.withLock { $0 = true }
            var other = OrderChange.changing(order, ids: .examples, at: order.updatedAt)
            other.note(.evidenceRead, cause: "example")
            try await store.commit(other)
        }
        let vendor = Self.attributable()
        try await Shop.open([("a", vendor)], store: store) { shop in
            let order = try await Self.settled(
                Self.id { () async throws(Problem) in try await shop.buy(Shop.ipv4, wait: .zero).order.id }, shop)
            #expect(order?.status == .completed)
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `a sent order that was changed under its run is settled as after a crash, and never sent again`()
        async throws
    {
        let meddled = Mutex(false)
        let store = MeddlingStore(MemoryOrderStore()) { change, store throws(StoreError) in
            guard change.order.status == .completed, !meddled.withLock({ $0 }),
                let order = try await store.order(change.order.id)
            else { return }
            meddled.withLock { $0 = true }
            var other = OrderChange.changing(order, ids: .examples, at: order.updatedAt)
            other.note(.evidenceRead, cause: "example")
            try await store.commit(other)
        }
        let vendor = Self.attributable()
        try await Shop.open([("a", vendor)], store: store) { shop in
            let order = try await Self.settled(
                Self.id { () async throws(Problem) in try await shop.buy(Shop.ipv4, wait: .zero).order.id }, shop)
            #expect(order?.status == .unknown && order?.moneyState == .maybeSpent)
            #expect(vendor.calls.count == 1)
            #expect(try await RefusedOutcomeTests.nextGetsThrough(shop, vendor))
        }
    }

    @Test(arguments: [1, 3]) func `an action whose dispatch is refused fails, and the next goes in`(refused: Int)
        async throws
    {
        let (vendor, refusals) = (ScriptedVendor.idempotent(), Refusals(refused))
        let store = Self.store(refusing: refusals) { change in
            change.action.map { $0.status != .pending && $0.idempotencyKey == "act-1" } ?? false
        }
        try await Shop.open([("a", vendor)], store: store) { shop in
            let order = try await shop.buy(Shop.isp).order
            let asked = try await shop.ask(ActionTests.renewal, of: order, wait: .zero).action.id
            let end = try await RefusedOutcomeTests.soon {
                let action = try await shop.store.action(asked)
                return action?.status.isSettled == true ? action : nil
            }
            #expect(end?.status == .failed && end?.moneyState == .notSpent)
            #expect(end?.problem?.code == .storeUnavailable)
            #expect(refusals.count == refused)
            let next = try await shop.ask(ActionTests.renewal, of: order, key: "act-2").action
            #expect(next.status == .completed)
            #expect(vendor.actionCalls.count == 1)
        }
    }

    @Test func `what cannot be stored of a sent action is said again until it can`() async throws {
        let (vendor, refusals) = (ScriptedVendor.idempotent(), Refusals(3))
        let store = Self.store(refusing: refusals) { change in
            change.action.map { $0.status != .pending && $0.status != .running } ?? false
        }
        try await Shop.open([("a", vendor)], store: store) { shop in
            let order = try await shop.buy(Shop.isp).order
            let asked = try await shop.ask(ActionTests.renewal, of: order, wait: .zero).action.id
            let end = try await RefusedOutcomeTests.soon {
                let action = try await shop.store.action(asked)
                return action?.unknown?.needsReview == true ? action : nil
            }
            #expect(end?.moneyState == .maybeSpent)
            #expect(vendor.actionCalls.count == 1 && refusals.count == 3)
        }
    }
}
