import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// Ceilings at a vendor whose inventory tells the price of some of what an order may be taken from, and not of the rest.
@Suite(.timeLimit(.minutes(1))) struct UntoldPriceTests {
    private static let rows = [ChoosingTests.row("6", asn: 1), untold(asn: 2)]

    private static func untold(asn: Int? = nil, city: String? = nil, available: Int? = 100) -> InventoryRow {
        InventoryRow(.isp, country: Country("US"), city: city, asn: asn, available: available)
    }

    private static func vendor(
        _ rows: [InventoryRow] = rows, list: Int64? = nil, _ change: (inout ScriptedVendor.Script) -> Void = { _ in }
    ) -> ScriptedVendor {
        ChoosingTests.stocked("6") { script in
            script.stock = [.success(rows)]
            if let list { script.listPrices = [.isp: UnitPrice(.usd(micros: list), per: .ipMonth)] }
            change(&script)
        }
    }

    private static func request(max: String? = "40", allowing: Bool = false, asn: Int? = nil) -> OrderRequest {
        var request = ChoosingTests.request(max: max)
        request.vendor = .named("h")
        request.allowUnknownPrice = allowing
        request.asn = asn
        return request
    }

    /// The problem of an order that was not sent.
    private static func problem(_ vendor: ScriptedVendor, _ request: OrderRequest = request()) async throws
        -> ProblemCode?
    {
        try await Shop.open([("h", vendor)]) { shop in
            let problem = await #expect(throws: Problem.self) { try await shop.buy(request) }
            #expect(vendor.calls.isEmpty)
            return problem?.code
        }
    }

    @Test(arguments: [100, nil])
    func `no ceiling is held where something that may be sold tells no price`(available: Int?) async throws {
        let rows = [ChoosingTests.row("6", asn: 1), Self.untold(asn: 2, available: available)]
        let code = try await Self.problem(Self.vendor(rows))
        #expect(code == .priceUnknown)
    }

    @Test func `a price that is above the ceiling all the same says so`() async throws {
        let code = try await Self.problem(Self.vendor(), Self.request(max: "29.99"))
        #expect(code == .priceAboveLimit)
    }

    @Test(arguments: [
        (rows, request(allowing: true)), (rows, request(max: nil)), (rows, request(asn: 1)),
        ([ChoosingTests.row("6", asn: 1), untold(asn: 2, available: 0)], request()),
        // A total is no stock of its own where parts that tell their prices add up to it.
        ([untold(available: 200), ChoosingTests.row("6", asn: 1), ChoosingTests.row("5", asn: 2)], request()),
        ([untold(available: 100), untold(city: "boston", available: nil), ChoosingTests.row("6", asn: 1)], request()),
    ])
    func `it is bought where that was allowed, and where every price is told`(
        rows: [InventoryRow], request: OrderRequest
    ) async throws {
        let vendor = Self.vendor(rows)
        try await Shop.open([("h", vendor)]) { shop in
            let order = try await shop.buy(request).order
            // Without a ceiling nobody is asked for the price of a named vendor.
            #expect(order.attempts.first?.quotedPrice == (request.maxTotal == nil ? nil : .usd("30")))
            #expect(vendor.calls.count == 1)
        }
    }

    @Test(arguments: [
        [untold(available: 201), ChoosingTests.row("6", asn: 1), ChoosingTests.row("6", asn: 2)],
        [untold(available: 100), ChoosingTests.row("6", asn: 1, available: nil)],
        [untold(available: 200), ChoosingTests.row("6", asn: 1), untold(asn: 2)],
        [untold(available: nil), ChoosingTests.row("6", asn: 1)],
        [untold(available: 100), untold(available: nil), ChoosingTests.row("6", asn: 1)],
        [untold(available: 100), untold(city: "boston", available: 101), ChoosingTests.row("6", asn: 1)],
        [ChoosingTests.row("6", available: 100), untold(asn: 1)],
    ])
    func `a total is not covered by parts that do not add up to it`(rows: [InventoryRow]) async throws {
        let code = try await Self.problem(Self.vendor(rows))
        #expect(code == .priceUnknown)
    }

    @Test(arguments: [(Int64(5_500_000), "30", PriceSource.inventory), (7_000_000, "35", .priceList)])
    func `the price list speaks for what the inventory leaves open`(list: Int64, total: String, source: PriceSource)
        async throws
    {
        try await Shop.open([("h", Self.vendor(list: list))]) { shop in
            let line = try await shop.purchaser.quotation(for: Self.request()).lines[0]
            #expect(line.ruledOut == nil)
            #expect(line.price?.total == .usd(total))
            #expect(line.price?.source == source)
            #expect((line.price?.asOf == nil) == (source == .priceList))
            let order = try await shop.buy(Self.request()).order
            #expect(order.attempts.first?.quotedPrice == .usd(total))
        }
        let code = try await Self.problem(Self.vendor(list: 8_100_000))
        #expect(code == .priceAboveLimit)
    }

    @Test func `a quote lists the vendor with the reason, and auto goes to the next`() async throws {
        let legacy = ChoosingTests.quoting("39")
        try await Shop.open([("h", Self.vendor()), ("l", legacy)]) { shop in
            var request = Self.request()
            request.vendor = .auto
            let quotation = try await shop.purchaser.quotation(for: request)
            let reason = "its price cannot be known before buying: some of its inventory tells no price"
            #expect(quotation.chosen == "l")
            #expect(quotation.lines.first { $0.vendor == "h" }?.ruledOut == reason)
            let order = try await shop.buy(request).order
            #expect(order.vendor == "l")
            #expect(order.routing.candidates.first { $0.vendor == "h" }?.ruledOut == reason)
            request.vendor = .named("h")
            let explicit = try await shop.purchaser.quotation(for: request)
            #expect(explicit.chosen == nil)
        }
    }

    @Test func `a row without a price that appears before the dispatch stops the order`() async throws {
        let clock = ManualClock()
        let vendor = Self.vendor([ChoosingTests.row("6", asn: 1)]) {
            $0.purchases = [.notSent(.rateLimited(retryAfter: .seconds(3))), ChoosingTests.sold]
        }
        try await Shop.open([("h", vendor)], timepiece: clock.timepiece) { shop in
            let id = try await shop.buy(Self.request(), wait: .zero).order.id
            while vendor.calls.isEmpty || clock.sleepers < 2 { await Task.yield() }
            vendor.rewrite { $0.stock = [.success(Self.rows)] }
            for _ in 0..<20 {
                clock.advance(by: .seconds(3))
                for _ in 0..<200 { await Task.yield() }
            }
            let order = try await shop.settled(id)
            #expect(order.status == .failed)
            #expect(vendor.calls.count == 1)
        }
    }
}
