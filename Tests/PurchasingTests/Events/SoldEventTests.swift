import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit
import Testing

/// What events of a sale tell their receivers.
@Suite struct SoldEventTests {
    @Test func `an event that an order is sold tells what was sold, and no other event does`() async throws {
        let receipt = Receipt(vendorOrderID: "v-1", batchID: "bat-1", total: .usd("22.50"), isReady: true)
        let vendor = ScriptedVendor.idempotent { $0.purchases = [.bought(receipt)] }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.residential).order
            let events = try await shop.store.events(of: order.id)
            let sold = try #require(events.last)
            #expect(sold.type == .state(.completed))
            let facts: JSON = [
                "vendor": "a", "vendor_order_id": "v-1", "batch_id": "bat-1",
                "total": ["amount": "22.50", "currency": "USD"], "total_source": "vendor",
            ]
            #expect(sold.data == facts)
            #expect(events.first?.data == .object([]))
        }
    }

    @Test func `what a person decided stands beside it, and what is not known is left out`() async throws {
        let vendor = ScriptedVendor.attributable { script in
            script.purchases = [ResendLimitTests.lost]
            script.goods = [.failure(.unreadable("list"))]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let id = try await shop.buy(Shop.ipv4).order.id
            _ = try await shop.settled(id)
            let decision = Resolution(
                outcome: .bought(vendorOrderID: "7953", total: nil), reason: "seen in the panel")
            _ = try await shop.purchaser.resolve(id, decision, by: Shop.operatorCaller, requestID: "req_r")
            let events = try await shop.store.events(of: id)
            let sold = try #require(events.first { $0.type == .state(.provisioning) })
            #expect(sold.data["reason"] == "seen in the panel" && sold.data["vendor_order_id"] == "7953")
            #expect(sold.data["vendor"] == "a" && sold.data["total"] == nil && sold.data["total_source"] == nil)
        }
    }
}
