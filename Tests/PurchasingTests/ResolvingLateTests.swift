import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

/// What a person says was bought, and what its vendor answers after that, and over restarts.
@Suite(.timeLimit(.minutes(1))) struct ResolvingLateTests {
    @Test(arguments: ["v-7", "b-7", "v-other", nil])
    func `a late answer is worth more than what a person named, and is no second sale`(named: String?) async throws {
        try await ResolvingTests.open(batches: true) { shop, vendor, request in
            let id = try await ResolvingTests.parked(shop, request)
            try await ResolvingTests.say(shop, id, bought: named)
            ResolvingTests.show([ResolvingTests.goods("b-7", request, number: "v-7")], at: vendor)
            await vendor.answerLate(
                .bought(Receipt(vendorOrderID: "v-7", batchID: "b-7", total: .usd("30"), isReady: false)))
            let order = try await shop.settled(id)
            #expect(order.status == .completed)
            #expect(order.vendorOrderID == "v-7")
            #expect(order.batchID == "b-7")
            #expect(!order.flags.contains("possible_double_purchase"))
            #expect(!order.flags.contains("goods_not_found"))
        }
    }

    @Test func `a late answer with a number keeps the goods that a person named`() async throws {
        try await ResolvingTests.open(batches: false) { shop, vendor, request in
            let id = try await ResolvingTests.parked(shop, request)
            try await ResolvingTests.say(shop, id, bought: "71")
            await vendor.answerLate(.bought(Receipt(vendorOrderNumber: "N-7", total: .usd("7.50"), isReady: false)))
            #expect(try await shop.store.order(id)?.vendorOrderNumber == "N-7")
            #expect(try await shop.store.order(id)?.status == .provisioning)
            ResolvingTests.show([ResolvingTests.goods("70", request), ResolvingTests.goods("71", request)], at: vendor)
            let order = try await shop.settled(id)
            #expect(order.vendorOrderID == "71")
            #expect(order.totalSource == .vendor)
        }
    }

    @Test func `a late answer's goods are taken where something came back already, and its total is told`() async throws
    {
        try await ResolvingTests.open(batches: true) { shop, vendor, request in
            let id = try await ResolvingTests.parked(shop, request)
            try await ResolvingTests.say(shop, id, bought: nil, total: .usd("10"))
            _ = try await shop.purchaser.refund(
                id, RefundRequest(amount: Millionths(1_000_000), note: "half were dead"), by: Shop.operatorCaller,
                idempotencyKey: "r-1", requestID: "req_r")
            await vendor.answerLate(
                .bought(Receipt(vendorOrderID: "v-7", batchID: "b-7", total: .usd("30"), isReady: true)))
            let order = try await shop.settled(id)
            #expect(order.status == .completed)
            #expect(order.batchID == "b-7")
            #expect(order.total == .usd("10"))
            #expect(order.flags.contains("price_difference"))
            let late = try await shop.store.events(of: id).first { $0.cause == "late_answer" }
            #expect(late?.data["total"]?["amount"]?.string == "30.00")
        }
    }

    @Test(arguments: [true, false])
    func `a restart between the decision and the first reading changes nothing`(batches: Bool) async throws {
        let store = MemoryOrderStore()
        let id = Mutex<OrderID?>(nil)
        try await ResolvingTests.open(batches: batches, store: store) { shop, _, request in
            let parked = try await ResolvingTests.parked(shop, request)
            try await ResolvingTests.say(shop, parked, bought: nil)
            id.withLock { $0 = parked }
        }
        try await ResolvingTests.open(batches: batches, store: store) { shop, vendor, request in
            let order = try #require(id.withLock { $0 })
            ResolvingTests.show(
                [ResolvingTests.goods("g-1", request), ResolvingTests.goods("g-2", request)], at: vendor)
            let told = try await ResolvingTests.told("goods_not_named", shop, order)
            #expect(told.count == 1)
            try await ResolvingTests.say(shop, order, bought: "g-1")
        }
        try await ResolvingTests.open(batches: batches, store: store) { shop, vendor, request in
            let order = try #require(id.withLock { $0 })
            ResolvingTests.show(
                [ResolvingTests.goods("g-1", request), ResolvingTests.goods("g-2", request)], at: vendor)
            #expect(try await shop.settled(order).status == .completed)
            #expect(try await ResolvingTests.told("goods_found", shop, order).count == 1)
        }
    }
}
