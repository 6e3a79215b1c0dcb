import ExactJSON
import PurchasingTestKit
import Testing

@testable import Purchasing

/// What events tell of actions.
@Suite(.timeLimit(.minutes(1))) struct ActionEventTests {
    @Test func `a total that nobody told is told as none, and what costs nothing tells none`() async throws {
        let vendor = ActionTests.heloData {
            $0.actionPreparations = [.ready(price: nil, baseline: GoodsCondition(isThere: true))]
            $0.listPrices = [:]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let replacement = ActionRequest(.replace(ip: "203.0.113.7"), allowUnknownPrice: true)
            let replaced = try await shop.settledAction(replacement, of: order, key: "r-1")
            let rotated = try await shop.settledAction(ActionRequest(.rotatePassword), of: order, key: "p-1")
            let events = try await shop.store.events(of: order.id).filter { $0.type == .action(.completed) }
            #expect(events.map(\.actionID) == [replaced.id, rotated.id])
            #expect(events[0].data["request"]?["ip"] == "203.0.113.7")
            #expect(events[0].data["total"] == .null && events[0].data["total_source"] == .null)
            #expect(events[1].data["total"] == nil && events[1].data["kind"] == "rotate_password")
        }
    }

    @Test func `a failed action tells what was asked, and why nothing came of it`() async throws {
        let vendor = ActionTests.heloData { $0.actionOutcomes = [.refused(Refusal(.insufficientBalance))] }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let action = try await shop.settledAction(ActionTests.renewal, of: order, key: "r-1")
            #expect(action.status == .failed)
            let data = try #require(try await shop.store.events(of: order.id).last?.data)
            #expect(data["kind"] == "renew" && data["request"] == ActionTests.renewal.json && data["vendor"] == "a")
            #expect(data["code"] == "insufficient_balance" && data["detail"]?.string != nil && data["total"] == nil)
        }
    }
}
