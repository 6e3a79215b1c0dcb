import ExactJSON
import PurchasingTestKit
import Testing

@testable import Purchasing

/// What a timeline tells of the same bytes being sent again with the same key.
@Suite(.timeLimit(.minutes(1))) struct ResendTimelineTests {
    private static func resends(of order: Order, _ shop: Shop) async throws -> [Int?] {
        let events = try await shop.store.events(of: order.id)
        return events.filter { $0.cause == "sent_again" }.map { $0.data["tries"]?.int }
    }

    @Test func `a resend to no avail is on it, the second, fourth and eighth time`() async throws {
        let lost = PurchaseOutcome.unknown(Doubt("deadline", status: 504))
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = Array(repeating: lost, count: 9) + [PurchaserTests.sold]
        }
        // An answer that is stored at the vendor ends the resends of what leaves goods; this leaves none.
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.residential, wait: .zero).order
            let settled = try await shop.settled(order.id)
            #expect(settled.status == .completed && vendor.calls.count == 10)
            #expect(Set(vendor.calls.map(\.key)).count == 1)
            #expect(try await Self.resends(of: order, shop) == [2, 4, 8])
            #expect(settled.attempts.map(\.tries) == [10])
            _ = try await shop.timeline(order.id)
        }
    }

    @Test func `one that is answered is told by the end of the attempt, with its number`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.unknown(Doubt("deadline")), PurchaserTests.sold]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.residential, wait: .zero).order
            _ = try await shop.settled(order.id)
            #expect(try await Self.resends(of: order, shop).isEmpty)
            let ends = try await shop.store.events(of: order.id).filter { $0.type == .attemptEnded }
            #expect(ends.map { $0.data["tries"]?.int } == [1, 2])
        }
    }
}
