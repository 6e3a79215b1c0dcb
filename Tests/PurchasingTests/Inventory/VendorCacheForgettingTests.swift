import Foundation
import Purchasing
import PurchasingTestKit
import Testing

/// What a purchase has touched is forgotten at once, and nothing brings it back.
@Suite struct VendorCacheForgettingTests {
    static let us = Country("US")
    static let de = Country("DE")

    /// Queries, and whether they could have shown what was taken by an order of US addresses of AS 7922, and by one of
    /// any US addresses.
    static let queries: [(StockQuery, ofASN: Bool, ofAny: Bool)] = [
        (StockQuery(.isp), true, true), (StockQuery(.isp, country: us), true, true),
        (StockQuery(.isp, asn: 7922), true, true), (StockQuery(.isp, country: us, asn: 7922), true, true),
        (StockQuery(.isp, country: us, asn: 701), false, true), (StockQuery(.isp, asn: 701), false, true),
        (StockQuery(.isp, country: de), false, false), (StockQuery(.isp, country: de, asn: 7922), false, false),
        (StockQuery(.ipv4, country: us), false, false),
    ]

    private static func filled() async -> Larder {
        let larder = Larder(others: [Vendor(name: "b", adapter: ScriptedVendor.idempotent())])
        for vendor in ["a", "b"] {
            for (query, _, _) in queries { _ = await larder.cache.reading(.stock(query), at: vendor) }
            _ = await larder.cache.reading(.account, at: vendor)
            _ = await larder.cache.reading(.lists(.isp), at: vendor)
        }
        return larder
    }

    @Test func `a purchase drops what could have shown its goods, and the account`() async {
        for (asn, touches) in [(7922, \(StockQuery, ofASN: Bool, ofAny: Bool).ofASN), (nil, \.ofAny)] {
            let larder = await Self.filled()
            larder.cache.forget(touchedBy: Larder.order(asn: asn))
            for row in Self.queries {
                let isKnown = larder.cache.known(.stock(row.0), at: "a") != nil
                #expect(isKnown == !row[keyPath: touches], "\(row.0)")
                #expect(larder.cache.known(.stock(row.0), at: "b") != nil)
            }
            #expect(larder.cache.known(.account, at: "a") == nil)
            #expect(larder.cache.known(.account, at: "b") != nil)
            #expect(larder.cache.known(.lists(.isp), at: "a") != nil)
        }
    }

    @Test func `an order of another product, or at no vendor, touches no stock`() async {
        let larder = await Self.filled()
        let count = larder.cache.count
        larder.cache.forget(touchedBy: .example(request: OrderRequest(product: .isp, country: Self.us)))
        #expect(larder.cache.count == count)
        var traffic = Order.example(request: .example(product: .residential))
        traffic.vendor = "a"
        larder.cache.forget(touchedBy: traffic)
        #expect(larder.cache.known(.account, at: "a") == nil)
        #expect(larder.cache.count == count - 1)
    }

    @Test func `an order in no country touches every country`() async {
        let larder = await Self.filled()
        larder.cache.forget(touchedBy: Larder.order(nil))
        for (query, _, _) in Self.queries where query.shape == .isp {
            #expect(larder.cache.known(.stock(query), at: "a") == nil, "\(query)")
        }
    }

    @Test func `a call that was begun before brings the old reading not back`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6)), .success(Larder.rows(7))))
        _ = await larder.read()
        larder.clock.advance(by: .seconds(60))
        larder.vendor.hold()
        #expect(await larder.read().isStale)
        await larder.calls(reach: 2)
        larder.cache.forget(touchedBy: Larder.order())
        #expect(larder.cache.known(Larder.isp, at: "a") == nil)
        larder.vendor.open()
        #expect(await larder.read().value == Larder.told(7))
        #expect(larder.calls == 3)
    }

    @Test func `who waits for such a call is told what the next one reads`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6))))
        larder.vendor.hold()
        let before = larder.ask()
        await larder.calls(reach: 1)
        larder.cache.forget(touchedBy: Larder.order())
        larder.cache.forget(touchedBy: Larder.order())
        let after = larder.ask()
        larder.vendor.open()
        #expect(await before.value.value == Larder.told(6))
        #expect(await after.value.value == Larder.told(6))
        #expect(larder.calls == 2)
    }

    @Test func `such a call that nobody waits for leaves nothing behind`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6))))
        larder.vendor.hold()
        let leaving = larder.ask()
        await larder.calls(reach: 1)
        leaving.cancel()
        _ = await leaving.value
        larder.cache.forget(touchedBy: Larder.order())
        larder.vendor.open()
        await larder.until { larder.cache.count == 0 }
        #expect(larder.calls == 1)
        #expect(larder.cache.bytes == 0)
    }

    @Test func `a call that still waits for room is not in vain`() async {
        let larder = Larder(Larder.vendor(.success([]), .success(Larder.rows(6)), .success([]))) { $0.readsAtOnce = 1 }
        larder.vendor.hold()
        let other = larder.ask(.stock(StockQuery(.ipv4)))
        await larder.calls(reach: 1)
        let waiting = larder.ask()
        await larder.until { larder.cache.count == 2 }
        larder.cache.forget(touchedBy: Larder.order())
        larder.vendor.open()
        _ = await other.value
        #expect(await waiting.value.value == Larder.told(6))
        #expect(larder.calls == 2)
    }

    @Test func `a dead vendor is not asked more often because something was bought there`() async {
        let larder = Larder(Larder.vendor(VendorCacheFailureTests.down))
        _ = await larder.read()
        larder.cache.forget(touchedBy: Larder.order())
        _ = await larder.read()
        #expect(larder.calls == 1)
    }
}
