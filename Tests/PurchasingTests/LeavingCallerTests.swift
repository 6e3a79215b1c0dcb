import Purchasing
import PurchasingTestKit
import Testing

/// A purchase belongs to the service: wherever its order stands when the caller hangs up, it comes to its end.
@Suite(.timeLimit(.minutes(1))) struct LeavingCallerTests {
    /// Calls and hangs up once a condition holds.
    private static func leave(
        _ shop: Shop, _ request: OrderRequest, key: String, once condition: @Sendable () async throws -> Bool
    ) async throws {
        let caller = Task { try await shop.buy(request, key: key) }
        while try await !condition() { await Task.yield() }
        caller.cancel()
        _ = await caller.result
    }

    @Test func `an order in the queue is bought although its caller has left`() async throws {
        let vendor = ScriptedVendor.attributable {
            $0.purchases = ["N-1", "N-2"].map { .bought(Receipt(vendorOrderNumber: $0, isReady: true)) }
        }
        try await Shop.open([("a", vendor)]) { shop in
            vendor.hold()
            _ = try await shop.buy(Shop.ipv4, wait: .zero)
            while vendor.calls.isEmpty { await Task.yield() }
            try await Self.leave(shop, Shop.ipv4, key: "k-2") {
                try await shop.store.order(client: "crawler", idempotencyKey: "k-2") != nil
            }
            vendor.open()
            let found = try await shop.buy(Shop.ipv4, key: "k-2", wait: .seconds(5))
            #expect(found.isReplay)
            #expect(found.order.status == .completed)
            #expect(vendor.calls.count == 2)
        }
    }

    @Test func `an unknown order is settled although its caller has left`() async throws {
        let lost = SettlingTests.lost
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [lost, lost, .bought(Receipt(vendorOrderID: "v-1", isReady: true))]
        }
        try await Shop.open([("a", vendor)]) { shop in
            vendor.hold()
            try await Self.leave(shop, Shop.residential, key: "k-1") { !vendor.calls.isEmpty }
            vendor.open()
            let found = try await shop.buy(Shop.residential, wait: .seconds(5))
            #expect(found.order.status == .completed)
            #expect(vendor.calls.count == 3)
        }
    }
}
