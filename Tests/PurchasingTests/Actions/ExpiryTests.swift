import Foundation
import Logging
import PurchasingTestKit
import Testing

@testable import Purchasing

/// What is said before bought IPs lapse.
@Suite struct ExpiryTests {
    static let day: TimeInterval = 86_400
    static let notices = ExpiryNotices(leads: OrderPolicy().expiryNotices)

    @Test(
        arguments: [
            (8.0, nil, nil), (6.9, nil, 7), (2.0, nil, 3), (2.0, 7, 3), (2.0, 3, nil), (0.5, 3, 1), (0.5, 1, nil),
        ] as [(Double, Int?, Int?)])
    func `each notice is given once, and only the last that is due`(days: Double, given: Int?, due: Int?) {
        let said = ExpiryNotices.Said(
            expiresAt: .example + days * Self.day, notice: given.map { .ahead(.seconds($0 * 86_400)) })
        #expect(Self.notices.due(at: .example, said) == due.map { .ahead(.seconds($0 * 86_400)) })
    }

    @Test func `the end itself is told once, whatever was told before`() {
        for notice in [nil, ExpiryNotices.Notice.ahead(.seconds(86_400))] {
            let said = ExpiryNotices.Said(expiresAt: .example, notice: notice)
            #expect(Self.notices.due(at: .example, said) == .expired)
        }
        let said = ExpiryNotices.Said(expiresAt: .example, notice: .expired)
        #expect(Self.notices.due(at: .example + 5 * Self.day, said) == nil)
    }

    @Test func `an order's timeline says when its goods lapse, once, also after a restart`() async throws {
        let store = MemoryOrderStore()
        let clock = ManualClock()
        let vendor = Self.vendor(expiry: 30)
        let id = try await Self.watching(vendor, store, clock) { shop, watch in
            let id = try await shop.buy(Shop.isp).order.id
            for days in [10.0, 14, 2, 1.5, 2] {
                clock.advance(by: .seconds(days * Self.day))
                for _ in 0..<2 { await watch.look() }
            }
            return id
        }
        let expected = [
            "goods.expiring within_604800s", "goods.expiring within_259200s", "goods.expiring within_86400s",
        ]
        #expect(try await Self.lines(id, store) == expected)
        clock.advance(by: .seconds(Self.day))
        try await Self.watching(vendor, store, clock) { _, watch in
            for _ in 0..<2 { await watch.look() }
        }
        #expect(try await Self.lines(id, store) == expected + ["goods.expired expired"])
    }

    @Test func `a vendor that renewed by itself is believed, and nothing is said to lapse`() async throws {
        let store = MemoryOrderStore()
        let clock = ManualClock()
        let vendor = Self.vendor(expiry: 30)
        try await Self.watching(vendor, store, clock) { shop, watch in
            let id = try await shop.buy(Shop.isp).order.id
            clock.advance(by: .seconds(29 * Self.day))
            vendor.rewrite {
                $0.goods = [.success([Goods(id: "b-1", endsAt: .example + 60 * Self.day, isReady: true)])]
            }
            for _ in 0..<2 { await watch.look() }
            #expect(try await Self.lines(id, store) == ["evidence.read expiry_moved"])
            let order = try await shop.purchaser.order(id, for: Shop.buyer)
            #expect(order.expiresAt == .example + 60 * Self.day)
        }
    }

    private static func vendor(expiry days: Double) -> ScriptedVendor {
        .idempotent { script in
            let end = Date.example + days * day
            script.purchases = [.bought(Receipt(vendorOrderID: "v-1", batchID: "b-1", isReady: true, expiresAt: end))]
            script.goods = [.success([Goods(id: "b-1", endsAt: end, isReady: true)])]
        }
    }

    /// A shop whose watch looks only when the test has it look.
    private static func watching<Value: Sendable>(
        _ vendor: ScriptedVendor, _ store: MemoryOrderStore, _ clock: ManualClock,
        _ body: @Sendable (Shop, inout ExpiryWatch) async throws -> Value
    ) async throws -> Value {
        try await Shop.open([("a", vendor)], store: store, timepiece: clock.timepiece) { shop in
            var watch = ExpiryWatch(on: shop.purchaser.floor, noticing: OrderPolicy().expiryNotices)
            return try await body(shop, &watch)
        }
    }

    private static func lines(_ id: OrderID, _ store: MemoryOrderStore) async throws -> [String] {
        try await store.events(of: id).filter {
            !$0.type.text.hasPrefix("order.") && !$0.type.text.hasPrefix("attempt.")
        }
        .map { "\($0.type.text) \($0.cause)" }
    }
}
