import Foundation
import Logging
import PurchasingTestKit
import Testing

@testable import Purchasing

/// How old a price may be that an order goes by, however long the order waits.
@Suite struct PriceAgeTests {
    @Test func `a ceiling is held against a price that was read after the queue, not before it`() async throws {
        let clock = ManualClock()
        let helo = ScriptedVendor.idempotent(width: 1) { script in
            script.purchases = [.notSent(.rateLimited(retryAfter: .seconds(3))), ChoosingTests.sold]
            script.stock = [.success([ChoosingTests.row("6")])]
        }
        let legacy = ChoosingTests.quoting("99")
        try await Shop.open([("h", helo), ("l", legacy)], timepiece: clock.timepiece) { shop in
            // The only place at the vendor is taken for three seconds.
            var other = Shop.residential
            other.vendor = .named("h")
            _ = try await shop.buy(other, key: "k-1", wait: .zero)
            while helo.calls.isEmpty || clock.sleepers == 0 { await Task.yield() }
            let id = try await shop.buy(ChoosingTests.request(max: "30"), key: "k-2", wait: .zero).order.id
            while try await !shop.timeline(id).contains("decision.made") { await Task.yield() }
            helo.rewrite { $0.stock = [.success([ChoosingTests.row("7")])] }
            clock.advance(by: .seconds(3))
            let order = try await shop.settled(id)
            #expect(order.problem?.code == .priceAboveLimit)
            #expect(helo.calls.count == 2)
            #expect(legacy.calls.isEmpty)
        }
    }

    @Test func `an order that was not routed yet is routed by new prices after a restart`() async throws {
        let clock = ManualClock()
        let helo = ChoosingTests.stocked("6")
        let legacy = ChoosingTests.quoting("31")
        let vendors = [("h", helo), ("l", legacy)].map { Vendor(name: $0.0, adapter: $0.1, policy: Shop.policy) }
        let ids = IdentifierSource { UInt64(clock.now.timeIntervalSince1970 * 1000) }
        let order = Order(
            id: ids.next(.order), client: "crawler", idempotencyKey: "k-1", request: ChoosingTests.request(),
            fingerprint: ChoosingTests.request().fingerprint, requestID: "req_test", traceparent: nil,
            routing: Routing(policy: .cheapest, candidates: [.init(vendor: "h"), .init(vendor: "l")]),
            createdAt: clock.now)
        let store = MemoryOrderStore()
        _ = try await store.accept(.accepting(order, ids: ids))
        let cache = VendorCache(vendors: vendors, timepiece: clock.timepiece)
        _ = await cache.reading(.stock(StockQuery(.isp, country: Country("US"))), at: "h", notBefore: clock.now)
        clock.advance(by: .seconds(3600))
        helo.rewrite { $0.stock = [.success([ChoosingTests.row("7")])] }
        let purchaser = Purchaser(
            store: store, vendors: vendors, ids: ids, cache: cache, timepiece: clock.timepiece,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await purchaser.recover()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await purchaser.run() }
            let settled = try await Shop(purchaser: purchaser, store: store).bought(order.id)
            #expect(settled.vendor == "l")
            #expect(settled.routing.candidates.map(\.price) == [.usd("31"), .usd("35")])
            group.cancelAll()
        }
    }

    @Test func `a price that rises between the choice and the dispatch is held against the ceiling`() async throws {
        let vendor = ScriptedVendor.idempotent { script in
            script.purchases = [ChoosingTests.sold]
            script.listPrices = [.residential: UnitPrice(Money(Millionths(1_000_000)), per: .gb)]
        }
        // The order's id is made after it was routed and before it is dispatched.
        let ids = IdentifierSource {
            vendor.rewrite { $0.listPrices = [.residential: UnitPrice(Money(Millionths(1_600_000)), per: .gb)] }
            return UInt64(Date().timeIntervalSince1970 * 1000)
        }
        var request = Shop.residential
        request.maxTotal = .usd("7")
        try await Shop.open([("a", vendor)], ids: ids) { [request] shop in
            let problem = await #expect(throws: Problem.self) { try await shop.buy(request) }
            #expect(problem?.code == .priceAboveLimit)
            #expect(vendor.calls.isEmpty)
        }
    }

    @Test func `a price of the stock that cannot be reckoned with is not replaced by the list's`() async throws {
        let euros = InventoryRow(
            .isp, country: Country("US"), asn: 2,
            price: UnitPrice(Money(Millionths(9_000_000), currency: "EUR"), per: .ipMonth))
        for rows in [[ChoosingTests.row("6", asn: 1), euros], [ChoosingTests.row("9000000000000")]] {
            let helo = ChoosingTests.stocked("6") { script in
                script.stock = [.success(rows)]
                script.listPrices = [.isp: UnitPrice(Money(Millionths(5_500_000)), per: .ipMonth)]
            }
            try await Shop.open([("h", helo)]) { shop in
                let problem = await #expect(throws: Problem.self) {
                    try await shop.buy(ChoosingTests.request(max: "30"))
                }
                #expect(problem?.code == .priceUnknown)
                #expect(helo.calls.isEmpty)
            }
        }
    }
}

extension Shop {
    /// An order once it is sold or settled.
    fileprivate func bought(_ id: OrderID) async throws -> Order {
        while true {
            let order = try await purchaser.order(id, for: Self.operatorCaller)
            if order.moneyState == .spent || order.status.isSettled { return order }
            await Task.yield()
        }
    }
}
