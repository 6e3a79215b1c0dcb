import ExactJSON
import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// Choosing by price, and ceilings, with vendors that have to be asked.
@Suite struct ChoosingTests {
    static let sold = PurchaseOutcome.bought(
        Receipt(vendorOrderID: "h-1", batchID: "b-1", total: .usd("30"), isReady: true))
    static let soldLegacy = PurchaseOutcome.bought(Receipt(vendorOrderNumber: "NUMBER-1", isReady: true))

    /// A vendor that tells the price of its stock, as HeloData.
    static func stocked(_ unit: String, _ change: (inout ScriptedVendor.Script) -> Void = { _ in }) -> ScriptedVendor {
        .idempotent { script in
            script.purchases = [sold]
            script.stock = [.success([row(unit)])]
            change(&script)
        }
    }

    static func row(_ unit: String, asn: Int? = nil, available: Int? = 100) -> InventoryRow {
        InventoryRow(
            .isp, country: Country("US"), asn: asn, available: available,
            price: Money.usd(unit).map { UnitPrice($0, per: .ipMonth) })
    }

    /// A vendor that prices each request, as the legacy API.
    static func quoting(_ total: String, _ change: (inout ScriptedVendor.Script) -> Void = { _ in }) -> ScriptedVendor {
        .attributable { script in
            let price = Money.usd(total)
            script.purchases = [soldLegacy]
            script.quotes = price.map { [.priced($0)] } ?? []
            script.preparations = [.ready(price: price, baseline: nil)]
            change(&script)
        }
    }

    static func request(max: String? = nil) -> OrderRequest {
        var request = Shop.isp
        request.maxTotal = max.flatMap(Money.usd)
        return request
    }

    @Test(arguments: [("6", "31", "h"), ("6", "30", "h"), ("6", "29.99", "l"), ("6.000001", "30", "l")])
    func `an order goes to the cheaper vendor, both with their prices`(unit: String, quote: String, vendor: String)
        async throws
    {
        let (helo, legacy) = (Self.stocked(unit), Self.quoting(quote))
        try await Shop.open([("h", helo), ("l", legacy)]) { shop in
            let order = try await shop.buy(Self.request()).order
            #expect(order.vendor == vendor)
            #expect(order.routing.policy == .cheapest)
            #expect(order.routing.chosen == vendor)
            #expect(order.routing.candidates.first?.vendor == vendor)
            let prices = Dictionary(uniqueKeysWithValues: order.routing.candidates.map { ($0.vendor, $0.price) })
            #expect(prices == ["h": Self.row(unit).price?.total(of: Shop.isp), "l": .usd(quote)])
            #expect(order.routing.candidates.allSatisfy { $0.ruledOut == nil && $0.priceAsOf != nil })
            #expect(helo.calls.count + legacy.calls.count == 1)
            #expect(try await shop.timeline(order.id).contains("decision.made"))
        }
    }

    @Test func `a quote decides as an order does, and buys nothing`() async throws {
        for (unit, quote) in [("6", "31"), ("6", "29"), ("7", "35")] {
            let (helo, legacy) = (Self.stocked(unit), Self.quoting(quote))
            try await Shop.open([("h", helo), ("l", legacy)]) { shop in
                let quotation = try await shop.purchaser.quotation(for: Self.request())
                #expect(helo.calls.isEmpty && legacy.calls.isEmpty)
                #expect(quotation.lines.map(\.vendor).sorted() == ["h", "l"])
                #expect(quotation.lines.first?.vendor == quotation.chosen)
                let sources = quotation.lines.compactMap { $0.price?.source.rawValue }
                #expect(sources.sorted() == ["inventory", "quote"])
                let order = try await shop.buy(Self.request()).order
                #expect(order.vendor == quotation.chosen)
                #expect(order.routing.candidates.map(\.vendor) == quotation.lines.map(\.vendor))
            }
        }
    }

    @Test func `a thousand calls with one key ask each vendor once`() async throws {
        let (helo, legacy) = (Self.stocked("6"), Self.quoting("31"))
        try await Shop.open([("h", helo), ("l", legacy)]) { shop in
            try await withThrowingTaskGroup(of: OrderID.self) { group in
                for _ in 0..<1000 { group.addTask { try await shop.buy(Self.request()).order.id } }
                let ids = try await group.reduce(into: Set<OrderID>()) { $0.insert($1) }
                #expect(ids.count == 1)
            }
            #expect(legacy.quoteCount == 1)
            #expect(helo.stockQueries.count == 1)
            #expect(helo.calls.count == 1)
        }
    }

    // MARK: Vendors that tell no price

    @Test func `a vendor that cannot be priced comes last, and is named`() async throws {
        let helo = Self.stocked("6") { $0.stock = [.failure(.unavailable(reason: "connection_refused"))] }
        let legacy = Self.quoting("31")
        try await Shop.open([("h", helo), ("l", legacy)]) { shop in
            let quotation = try await shop.purchaser.quotation(for: Self.request())
            #expect(quotation.chosen == "l")
            #expect(quotation.lines.map(\.vendor) == ["l", "h"])
            #expect(quotation.lines.last?.reason?.contains("connection_refused") == true)
            let order = try await shop.buy(Self.request()).order
            #expect(order.vendor == "l")
            #expect(order.routing.candidates.map(\.vendor) == ["l", "h"])
            #expect(order.routing.candidates.last?.unpriced?.contains("connection_refused") == true)
        }
    }

    @Test func `a vendor that would refuse is ruled out in its own words`() async throws {
        let legacy = Self.quoting("1") {
            $0.quotes = [
                .refused(
                    Refusal(.insufficientBalance, vendorCode: "16", message: "Insufficient funds"), price: .usd("1"))
            ]
        }
        let helo = Self.stocked("6")
        try await Shop.open([("h", helo), ("l", legacy)]) { shop in
            let order = try await shop.buy(Self.request()).order
            #expect(order.vendor == "h")
            #expect(order.routing.candidates.last?.ruledOut == "Insufficient funds")
            #expect(order.routing.candidates.last?.price == .usd("1"))
        }
    }

    @Test func `where stock tells no price the price list does`() async throws {
        let helo = Self.stocked("6") {
            $0.stock = [.success([InventoryRow(.isp, country: Country("US"), available: 100)])]
            $0.listPrices = [.isp: UnitPrice(Money(Millionths(5_500_000)), per: .ipMonth)]
        }
        try await Shop.open([("h", helo)]) { shop in
            let line = try await shop.purchaser.quotation(for: Self.request()).lines[0]
            #expect(line.price?.total == .usd("27.50"))
            #expect(line.price?.source == .priceList)
            #expect(line.price?.asOf == nil)
        }
    }

    @Test(arguments: [
        Result<[InventoryRow], VendorError>.success([]), .failure(.unavailable(reason: "connection_lost")),
    ])
    func `a price list is no price where the stock should have told it`(told: Result<[InventoryRow], VendorError>)
        async throws
    {
        let helo = Self.stocked("6") {
            $0.stock = [told]
            $0.listPrices = [.isp: UnitPrice(Money(Millionths(5_500_000)), per: .ipMonth)]
        }
        let legacy = Self.quoting("188")
        try await Shop.open([("h", helo), ("l", legacy)]) { shop in
            let quotation = try await shop.purchaser.quotation(for: Self.request())
            #expect(quotation.chosen == "l")
            #expect(quotation.lines.last?.price == nil)
            var named = Self.request(max: "150")
            named.vendor = .named("h")
            let request = named
            let problem = await #expect(throws: Problem.self) { try await shop.buy(request) }
            #expect(problem?.code == .priceUnknown)
            #expect(helo.calls.isEmpty)
        }
    }

    @Test func `a failure that is remembered keeps no order from asking for the price`() async throws {
        let helo = Self.stocked("6") {
            $0.stock = [.failure(.unavailable(reason: "connection_refused")), .success([Self.row("60")])]
        }
        try await Shop.open([("h", helo)]) { shop in
            let first = try await shop.purchaser.quotation(for: Self.request())
            #expect(first.lines[0].price == nil)
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Self.request(max: "150")) }
            #expect(problem?.code == .priceAboveLimit)
            #expect(helo.calls.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("0.045", "0.05", []), ("0.045", "0.04", []), ("0.045", "0.06", ["price_difference"]),
            ("0.045", "0.049", ["price_difference"]), ("0.05", "0.06", ["price_difference"]), ("0.045", "0.045", []),
            ("22.495", "22.50", []),
        ] as [(String, String, [String])])
    func `a fraction of a cent that is rounded away is no other price`(known: String, told: String, flags: [String])
        async throws
    {
        let helo = ScriptedVendor.idempotent {
            $0.purchases = [.bought(Receipt(vendorOrderID: "v", total: .usd(told), isReady: true))]
            $0.listPrices = Money.usd(known).map { [.residential: UnitPrice($0, per: .gb)] } ?? [:]
        }
        var request = Shop.residential
        request.gb = Millionths("1")
        try await Shop.open([("h", helo)]) { [request] shop in
            let order = try await shop.buy(request).order
            #expect(order.total == .usd(told))
            #expect(order.flags == flags)
        }
    }

    @Test func `a charge above the ceiling is flagged as one`() async throws {
        let helo = Self.stocked("5") { $0.purchases = [Self.sold] }
        try await Shop.open([("h", helo)]) { shop in
            let order = try await shop.buy(Self.request(max: "29")).order
            #expect(order.total == .usd("30"))
            #expect(order.flags == ["price_difference", "above_max_total"])
            let counted = try #require(await shop.purchaser.standing().vendors.first).saleFlags
            #expect(SaleFlagBook.flags.filter { counted.count($0) == 1 } == ["above_max_total", "price_difference"])
            #expect(counted.count("balance_mismatch") == 0)
        }
    }

    @Test func `traffic costs what the last order of it did`() async throws {
        let helo = ScriptedVendor.idempotent {
            $0.purchases = [.bought(Receipt(vendorOrderID: "v", total: .usd("4.123456"), isReady: true))]
            $0.listPrices = [.residential: UnitPrice(Money(Millionths(9_000_000)), per: .gb)]
        }
        var request = Shop.residential
        request.gb = Millionths("1")
        let store = MemoryOrderStore()
        try await Shop.open([("h", helo)], store: store) { [request] shop in
            let listed = try await shop.purchaser.quotation(for: request).lines[0].price
            #expect(listed?.source == .priceList)
            _ = try await shop.buy(request)
            let price = try await shop.purchaser.quotation(for: Shop.residential).lines[0].price
            #expect(price?.source == .lastOrder)
            #expect(price?.total == .usd("20.61728"))
        }
        // The price is known after a restart as well.
        try await Shop.open([("h", helo)], store: store) { shop in
            let price = try await shop.purchaser.quotation(for: Shop.residential).lines[0].price
            #expect(price?.total == .usd("20.61728"))
        }
    }

    // MARK: Ceilings

    @Test func `a price raised since it was seen last fails the order unspent, and nothing is sent`() async throws {
        let helo = Self.stocked("6") { $0.stock = [.success([Self.row("6")]), .success([Self.row("7")])] }
        try await Shop.open([("h", helo)]) { shop in
            let quotation = try await shop.purchaser.quotation(for: Self.request(max: "30"))
            #expect(quotation.chosen == "h")
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Self.request(max: "30")) }
            #expect(problem?.code == .priceAboveLimit)
            #expect(problem?.orderID != nil)
            #expect(helo.calls.isEmpty)
        }
    }

    @Test func `a ceiling under which no price can be known refuses the order, unless it is allowed`() async throws {
        let helo = Self.stocked("6") { $0.stock = [.failure(.unreadable("inventory"))] }
        try await Shop.open([("h", helo)]) { shop in
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Self.request(max: "30")) }
            #expect(problem?.code == .priceUnknown)
            #expect(helo.calls.isEmpty)
            var request = Self.request(max: "30")
            request.allowUnknownPrice = true
            let order = try await shop.buy(request, key: "k-2").order
            #expect(order.vendor == "h")
        }
    }

    @Test func `all above the ceiling: each candidate says so`() async throws {
        let (helo, legacy) = (Self.stocked("6"), Self.quoting("31"))
        try await Shop.open([("h", helo), ("l", legacy)]) { shop in
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Self.request(max: "29")) }
            #expect(problem?.code == .priceAboveLimit)
            let order = try await shop.settled(#require(problem?.orderID))
            #expect(
                order.routing.candidates.map(\.ruledOut) == [
                    "its price of 30.00 is above max_total", "its price of 31.00 is above max_total",
                ])
            #expect(order.moneyState == .notSpent)
            #expect(helo.calls.isEmpty && legacy.calls.isEmpty)
        }
    }

    @Test func `a charge that differs from the price known before is flagged`() async throws {
        let helo = Self.stocked("5.9")
        try await Shop.open([("h", helo)]) { shop in
            let order = try await shop.buy(Self.request(max: "40")).order
            #expect(order.total == .usd("30"))
            #expect(order.attempts.first?.quotedPrice == .usd("29.50"))
            #expect(order.flags == ["price_difference"])
        }
    }

    @Test func `the next candidate is taken within the ceiling only, after proof`() async throws {
        let helo = Self.stocked("6") { $0.purchases = [.refused(Refusal(.insufficientInventory))] }
        let legacy = Self.quoting("31") { $0.preparations = [.ready(price: .usd("33"), baseline: nil)] }
        try await Shop.open([("h", helo), ("l", legacy)]) { shop in
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Self.request(max: "32")) }
            #expect(problem?.code == .priceAboveLimit)
            #expect(helo.calls.count == 1)
            #expect(legacy.calls.isEmpty)
        }
    }

    @Test func `a product of its own rule goes by it`() async throws {
        let (helo, legacy) = (Self.stocked("6"), Self.quoting("31"))
        var orders = Shop.orders
        orders.routing.products[.isp] = .init(.priority, order: ["l"])
        try await Shop.open([("h", helo), ("l", legacy)], orders: orders) { shop in
            let order = try await shop.buy(Self.request()).order
            #expect(order.vendor == "l")
            #expect(order.routing.policy == .priority)
            #expect(legacy.quoteCount == 0)
        }
    }

    // MARK: Lists

    @Test func `an order that is on none of a vendor's fresh lists is refused before anything is stored`() {
        let lists = ReferenceLists(
            countries: [Country("US")].compactMap(\.self), rentalDays: [30, 90],
            mobileOperators: [.init(name: "verizon", rotationSeconds: [300]), .init(name: "att")])
        let faults = { (change: (inout OrderRequest) -> Void) -> [String] in
            var request = OrderRequest(
                product: .mobile, quantity: 1, rental: .months(1), country: Country("US"), mobileOperator: "verizon",
                rotationSeconds: 300)
            change(&request)
            return lists.objections(to: request, vendor: "l").map(\.code)
        }
        #expect(faults { _ in }.isEmpty)
        #expect(faults { $0.country = Country("DE") } == ["country_not_offered"])
        #expect(faults { $0.rental = .days(60) } == ["rental_not_offered"])
        #expect(faults { $0.rental = .months(3) }.isEmpty)
        #expect(faults { $0.mobileOperator = "nobody" } == ["mobile_operator_not_offered"])
        #expect(faults { $0.rotationSeconds = 60 } == ["rotation_not_offered"])
        #expect(
            faults {
                $0.mobileOperator = "att"; $0.rotationSeconds = 60
            }.isEmpty)
        #expect(ReferenceLists().objections(to: Shop.ipv4, vendor: "l").isEmpty)
    }
}

/// Which row of a vendor's stock prices a request.
@Suite struct StockPriceTests {
    static func row(
        _ price: String?, city: String? = nil, asn: Int? = nil, available: Int? = nil, country: String = "US"
    ) -> InventoryRow {
        InventoryRow(
            .isp, country: Country(country), city: city, asn: asn, available: available,
            price: price.flatMap(Money.usd).map { UnitPrice($0, per: .ipMonth) })
    }

    static func request(city: String? = nil, asn: Int? = nil) -> OrderRequest {
        OrderRequest(
            product: .isp, quantity: 10, rental: .months(2), country: Country("US"), city: city, asn: asn)
    }

    /// Rows, request, and the total; nil where no price can be known.
    static let cases: [([InventoryRow], OrderRequest, String?)] = [
        ([], request(), nil),
        ([row("5", country: "DE")], request(), nil),
        ([row("5")], request(), "100.00"),
        ([row("5"), row("6", city: "newyork")], request(), "120.00"),
        ([row("6"), row("5", city: "newyork")], request(city: "newyork"), "100.00"),
        ([row("5"), row("6", city: "newyork")], request(city: "newyork"), "120.00"),
        ([row("5"), row("6", city: "newyork")], request(city: "boston"), nil),
        ([row("5")], request(city: "boston"), "100.00"),
        ([row("6", city: "newyork")], request(city: "boston"), nil),
        ([row("5", city: "newyork"), row("6", city: "boston")], request(), "120.00"),
        ([row("5", asn: 1), row("6", asn: 2)], request(asn: 1), "100.00"),
        ([row("5", asn: 1), row("6", asn: 2)], request(asn: 3), nil),
        ([row("5", asn: 1), row("6", asn: 2)], request(), "120.00"),
        ([row("5", asn: 1), row("6", asn: 2, available: 0)], request(), "100.00"),
        ([row(nil)], request(), nil),
        ([row("0.000001")], request(), "0.00002"),
    ]

    @Test(arguments: cases.indices) func `is the narrowest that fits, and the dearest of equals`(index: Int) {
        let (rows, request, total) = Self.cases[index]
        let pricing = StockPrice(of: request, in: rows).price(asOf: Date(milliseconds: 0))
        #expect(pricing.price?.total.text == total)
    }

    @Test func `counts overlapping rows once`() {
        let rows = [
            Self.row("5", available: 9), Self.row("5", city: "newyork", available: 6),
            Self.row("5", city: "newyork", asn: 1, available: 6), Self.row("5", city: "boston", available: 3),
        ]
        #expect(StockPrice(of: Self.request(), in: rows).available == 9)
        #expect(StockPrice(of: Self.request(city: "newyork"), in: rows).available == 6)
        #expect(StockPrice(of: Self.request(), in: Array(rows.dropFirst())).available == 9)
    }

    @Test func `is never taken from a row of no country`() {
        let row = InventoryRow(.isp, price: UnitPrice(Money(Millionths(1)), per: .ipMonth))
        #expect(StockPrice(of: Self.request(), in: [row]).price(asOf: Date(milliseconds: 0)).price == nil)
    }

    @Test func `says how many there are, and what to know about the price`() {
        let rows = [Self.row("5", asn: 1, available: 3), Self.row("6", asn: 2, available: 4)]
        let price = StockPrice(of: Self.request(), in: rows).price(asOf: Date(milliseconds: 0)).price
        #expect(price?.available == 7)
        #expect(
            price?.warnings == [
                "a unit costs 5.00 to 6.00, as city and network are chosen; the highest is taken",
                "its inventory shows 7 of 10",
            ])
    }
}
