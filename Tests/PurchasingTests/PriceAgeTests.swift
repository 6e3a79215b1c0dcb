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

    // MARK: Vendors that price each request

    @Test func `a price is not told to be newer than the call that asked for it`() async throws {
        let clock = ManualClock()
        let begun = clock.now
        let vendor = ChoosingTests.quoting("31") { $0.whilePreparing = { clock.advance(by: .seconds(5)) } }
        try await Shop.open([("l", vendor)], timepiece: clock.timepiece) { shop in
            let order = try await shop.buy(ChoosingTests.request(max: "32")).order
            #expect(order.routing.candidates.map(\.priceAsOf) == [begun])
        }
    }

    /// Buys from a vendor that is asked once more before the second send.
    private func resend(
        _ quote: VendorQuote, max: String? = "32",
        _ body: @Sendable (ScriptedVendor, Result<Order, Problem>) async throws -> Void
    ) async throws {
        let vendor = ChoosingTests.quoting("31") {
            $0.purchases = [.notSent(.rateLimited(retryAfter: .milliseconds(2))), ChoosingTests.soldLegacy]
            $0.quotes = [quote]
        }
        try await Shop.open([("l", vendor)]) { shop in
            let answer: Result<Order, Problem>
            var request = ChoosingTests.request(max: max)
            request.vendor = .named("l")
            do throws(Problem) { answer = .success(try await shop.buy(request).order) } catch {
                answer = .failure(error)
            }
            try await body(vendor, answer)
        }
    }

    @Test(arguments: [
        (VendorQuote.priced(.usd(micros: 33_000_000)), ProblemCode.priceAboveLimit),
        (.priced(.usd(micros: 31_500_000)), .vendorUnavailable),
        (.priced(.usd(micros: 30_000_000)), .vendorUnavailable),
        (.refused(Refusal(.insufficientBalance), price: .usd(micros: 31_000_000)), .insufficientBalance),
    ])
    func `an order is not sent again at another price than it was dispatched at`(quote: VendorQuote, code: ProblemCode)
        async throws
    {
        try await resend(quote) { vendor, answer in
            guard case .failure(let problem) = answer else {
                Issue.record("bought at a price that nobody held against the ceiling")
                return
            }
            #expect(problem.code == code)
            #expect(vendor.calls.count == 1)
            #expect(vendor.quoteCount == 1)
        }
    }

    @Test(arguments: [("32", 1), (nil, 0)])
    func `an order is sent again at the same price, and without a ceiling at any`(max: String?, quotes: Int)
        async throws
    {
        try await resend(.priced(.usd(micros: 31_000_000)), max: max) { vendor, answer in
            let total = try answer.get().total
            #expect(total == .usd("31"))
            #expect(vendor.calls.count == 2)
            #expect(vendor.quoteCount == quotes)
        }
    }

    // MARK: A store that takes its time

    @Test(arguments: ["h", "l"])
    func `a price does not grow old while the dispatch waits for the disk`(name: String) async throws {
        let clock = ManualClock()
        let store = HoldingStore(MemoryOrderStore())
        let vendors = ["h": ChoosingTests.stocked("6"), "l": ChoosingTests.quoting("30")]
        let vendor = try #require(vendors[name])
        try await Shop.open([(name, vendor)], store: store, timepiece: clock.timepiece) { shop in
            store.hold()
            var request = ChoosingTests.request(max: "32")
            request.vendor = .named(name)
            let id = try await shop.buy(request, wait: .zero).order.id
            while store.waiting == 0 { await Task.yield() }
            clock.advance(by: .seconds(60))
            vendor.rewrite {
                $0.stock = [.success([ChoosingTests.row("7")])]
                $0.quotes = [.priced(.usd(micros: 35_000_000))]
            }
            store.release()
            let order = try await shop.settled(id)
            #expect(order.problem?.code == .priceAboveLimit)
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
