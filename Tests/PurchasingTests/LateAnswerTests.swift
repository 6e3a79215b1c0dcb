import ExactJSON
import Foundation
import Logging
import Purchasing
import PurchasingTestKit
import ServiceLifecycle
import Testing

/// Answers to purchase calls that come after the deadline, when the orders are unknown already.
@Suite(.timeLimit(.minutes(1))) struct LateAnswerTests {
    static let late = PurchaseOutcome.unknown(Doubt("deadline"))
    static let sale = PurchaseOutcome.bought(Receipt(vendorOrderNumber: "N-7", total: .usd("7.50"), isReady: true))

    /// Settles nothing by itself within a test.
    static var patient: VendorPolicy {
        var policy = Shop.policy
        policy.settleTime = .seconds(3600)
        policy.resendPause = .seconds(3600)
        policy.resendPauseMax = .seconds(3600)
        return policy
    }

    /// A vendor without idempotency, on whose list and balance nothing of the purchase is seen.
    static func attributable(balance: String = "100") -> ScriptedVendor {
        let vendor = SettlingTests.attributable([], balance: balance)
        vendor.rewrite { $0.purchases = [late] }
        return vendor
    }

    /// Buys, and waits until the outcome is stored as unknown.
    static func loseOne(_ shop: Shop, _ request: OrderRequest = Shop.ipv4, key: String = "k-1") async throws -> OrderID
    {
        let id = try await shop.buy(request, key: key, wait: .zero).order.id
        while try await shop.store.order(id)?.status != .unknown { await Task.yield() }
        return id
    }

    static func lateEvents(_ shop: Shop, _ id: OrderID) async throws -> [OrderEvent] {
        _ = try await shop.timeline(id)
        return try await shop.store.events(of: id).filter { $0.type == .evidenceRead && $0.cause == "late_answer" }
    }

    @Test func `a receipt settles the unknown order as any receipt does, and its lane opens`() async throws {
        let vendor = Self.attributable()
        try await Shop.open([("a", vendor)], policy: Self.patient) { shop in
            let id = try await Self.loseOne(shop)
            await vendor.answerLate(Self.sale)
            let order = try await shop.settled(id)
            #expect(order.status == .completed)
            #expect(order.vendorOrderNumber == "N-7")
            #expect(order.total == .usd("7.50"))
            #expect(order.totalSource == .vendor)
            #expect(order.unknown == nil)
            let told = try #require(try await Self.lateEvents(shop, id).first)
            #expect(told.actor == .init(.vendor, "a"))
            #expect(told.data["vendor_order_number"]?.string == "N-7")
            #expect(try await shop.timeline(id).suffix(3) == ["evidence.read", "attempt.ended", "order.completed"])
            vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderNumber: "N-8", isReady: true))] }
            #expect(try await shop.buy(Shop.ipv4, key: "k-2").order.status == .completed)
            #expect(vendor.calls.count == 2)
        }
    }

    @Test func `with idempotency a receipt settles the order before anything is sent again`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.late] }
        try await Shop.open([("a", vendor)], policy: Self.patient) { shop in
            let id = try await Self.loseOne(shop, Shop.residential)
            await vendor.answerLate(.bought(Receipt(vendorOrderID: "v-7", isReady: true)))
            let order = try await shop.settled(id)
            #expect(order.status == .completed)
            #expect(order.vendorOrderID == "v-7")
            #expect(vendor.calls.count == 1)
        }
    }

    @Test(arguments: [("100", OrderStatus.failed), ("92.50", .unknown)])
    func `a refusal proves nothing alone: list and balance decide, and it is there for a person to see`(
        balance: String, end: OrderStatus
    ) async throws {
        let vendor = Self.attributable(balance: balance)
        var policy = Shop.policy
        policy.settleTime = .milliseconds(600)
        try await Shop.open([("a", vendor)], policy: policy) { shop in
            let id = try await Self.loseOne(shop)
            await vendor.answerLate(.refused(Refusal(.insufficientBalance, vendorCode: "16", message: "no funds")))
            while try await Self.lateEvents(shop, id).isEmpty { await Task.yield() }
            #expect(try await shop.store.order(id)?.status == .unknown)
            let order = try await shop.settled(id)
            #expect(order.status == end)
            let told = try await Self.lateEvents(shop, id)
            #expect(told.map { $0.data["vendor_code"]?.string } == ["16"])
            if end == .unknown { #expect(order.unknown?.findings.contains { $0.contains("no funds") } == true) }
        }
    }

    @Test func `what proves nothing is noted, and a receipt may still follow`() async throws {
        let vendor = Self.attributable()
        try await Shop.open([("a", vendor)], policy: Self.patient) { shop in
            let id = try await Self.loseOne(shop)
            await vendor.answerLate(.unknown(Doubt("status_502", status: 502)))
            while try await Self.lateEvents(shop, id).isEmpty { await Task.yield() }
            #expect(try await shop.store.order(id)?.status == .unknown)
            await vendor.answerLate(Self.sale)
            #expect(try await shop.settled(id).status == .completed)
            #expect(try await Self.lateEvents(shop, id).map { $0.data["status"]?.int } == [502, nil])
        }
    }

    @Test func `a receipt settles an order that waits for a person`() async throws {
        let vendor = Self.attributable(balance: "92.50")
        try await Shop.open([("a", vendor)]) { shop in
            let id = try await Self.loseOne(shop)
            #expect(try await shop.settled(id).unknown?.needsReview == true)
            await vendor.answerLate(Self.sale)
            while try await Self.lateEvents(shop, id).isEmpty { await Task.yield() }
            let order = try await shop.purchaser.order(id, for: Shop.buyer)
            #expect(order.status == .completed)
            #expect(order.vendorOrderNumber == "N-7")
        }
    }

    @Test func `after the order was settled otherwise it is noted and changes nothing`() async throws {
        let vendor = Self.attributable()
        try await Shop.open([("a", vendor)], policy: Self.patient) { shop in
            let id = try await Self.loseOne(shop)
            let denied = try await shop.deny(id)
            await vendor.answerLate(Self.sale)
            while try await Self.lateEvents(shop, id).isEmpty { await Task.yield() }
            let order = try await shop.purchaser.order(id, for: Shop.buyer)
            #expect(order.status == .failed)
            #expect(order.settledAt == denied.settledAt)
            #expect(order.vendorOrderNumber == nil)
            #expect(order.total == nil)
            #expect(order.problem == denied.problem)
        }
    }

    @Test func `a receipt with the number of another order goes to a person`() async throws {
        let vendor = Self.attributable()
        vendor.rewrite { $0.purchases = [Self.sale, Self.late] }
        try await Shop.open([("a", vendor)], policy: Self.patient) { shop in
            #expect(try await shop.buy(Shop.ipv4).order.status == .completed)
            let id = try await Self.loseOne(shop, key: "k-2")
            await vendor.answerLate(Self.sale, toCall: 1)
            let order = try await shop.settled(id)
            #expect(order.status == .unknown)
            #expect(order.unknown?.findings.first?.contains("N-7") == true)
            #expect(try await Self.lateEvents(shop, id).count == 1)
        }
    }

    @Test func `a second sale told for one key ends the trust in the vendor's keys`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [Self.late, .bought(Receipt(vendorOrderID: "v-2", isReady: true)), Self.late]
        }
        var policy = Shop.policy
        policy.resendPause = .milliseconds(1)
        try await Shop.open([("a", vendor)], policy: policy) { shop in
            let first = try await shop.settled(shop.buy(Shop.residential).order.id)
            #expect(first.vendorOrderID == "v-2")
            await vendor.answerLate(.bought(Receipt(vendorOrderID: "v-1", isReady: true)))
            while try await Self.lateEvents(shop, first.id).isEmpty { await Task.yield() }
            let kept = try await shop.purchaser.order(first.id, for: Shop.buyer)
            #expect(kept.vendorOrderID == "v-2")
            #expect(kept.flags.contains("possible_double_purchase"))
            let second = try await shop.settled(shop.buy(Shop.residential, key: "k-2", wait: .zero).order.id)
            #expect(second.unknown?.needsReview == true)
            #expect(vendor.calls.count == 3)
        }
    }

    @Test func `a sale told late after resends is looked at for a second one`() async throws {
        let refused = PurchaseOutcome.refused(Refusal(.insufficientInventory))
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [Self.late, refused]
            $0.goods = [.success([SettlingTests.batch("b-1"), SettlingTests.batch("b-2")])]
        }
        var policy = Self.patient
        (policy.resendPause, policy.resendPauseMax) = (.milliseconds(1), .milliseconds(1))
        try await Shop.open([("a", vendor)], policy: policy) { shop in
            let id = try await Self.loseOne(shop, Shop.isp)
            while try await shop.store.order(id)?.unknown?.reason != "refused_after_doubt" { await Task.yield() }
            await vendor.answerLate(.bought(Receipt(vendorOrderID: "v-1", batchID: "b-1", isReady: true)))
            while try await shop.store.order(id)?.flags.contains("possible_double_purchase") != true {
                await Task.yield()
            }
            while await shop.purchaser.standing().vendors.first?.saleFlags.count("possible_double_purchase") != 1 {
                await Task.yield()
            }
            #expect(try await shop.store.order(id)?.batchID == "b-1")
        }
    }

    @Test func `a server that stops does not wait for it, and notes it while it can`() async throws {
        let (store, vendor) = (MemoryOrderStore(), Self.attributable())
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let purchaser = Purchaser(
            store: store, vendors: [Vendor(name: "a", adapter: vendor, policy: Self.patient)],
            ids: IdentifierSource { UInt64(Date().timeIntervalSince1970 * 1000) }, logger: logger)
        let service = ServiceGroup(services: [purchaser], logger: logger)
        let shop = Shop(purchaser: purchaser, store: store)
        let id = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            let id = try await Self.loseOne(shop)
            await service.triggerGracefulShutdown()
            try await group.waitForAll()
            return id
        }
        #expect(try await store.order(id)?.status == .unknown)
        await vendor.answerLate(Self.sale)
        #expect(try await store.order(id)?.status == .completed)
    }
}
