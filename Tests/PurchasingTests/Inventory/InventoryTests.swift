import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// What a look at all vendors says.
@Suite struct InventoryTests {
    static let us = Country("US")
    static let de = Country("DE")

    /// A vendor that tells its stock, and sells traffic.
    static func stocked(_ rows: [InventoryRow] = rows) -> ScriptedVendor {
        .idempotent { script in
            script.offers = [
                ProductOffer(.residential, required: [.gb]), ProductOffer(.mobileByGB, required: [.gb]),
                ProductOffer(.isp, required: [.quantity, .country], optional: [.city, .asn], tellsStock: true),
            ]
            script.stock = [.success(rows)]
            script.listPrices = [.residential: UnitPrice(.usd(micros: 4_500_000), per: .gb)]
        }
    }

    /// A vendor that has lists alone.
    static func listed() -> ScriptedVendor {
        .attributable { script in
            script.offers = [.ipv4, .mobileByIP, .isp].map { shape in
                ProductOffer(shape, required: [.quantity, .country], tellsLists: true)
            }
            script.lists = [.success(lists)]
        }
    }

    static let rows = [
        InventoryRow(
            .isp, country: us, city: "newyork", asn: 7922, available: 412,
            price: UnitPrice(.usd(micros: 5_990_000), per: .ipMonth)),
        InventoryRow(.isp, country: us, city: "boston", asn: 701, available: 0),
        InventoryRow(.isp, country: de, asn: 3320, available: 7),
    ]

    static let lists = ReferenceLists(
        countries: [us, de].compactMap(\.self), rentalDays: [30, 90],
        mobileOperators: [
            .init(name: "verizon", country: us, rotationSeconds: [300]),
            .init(name: "att", country: us, rotationSeconds: [120, 300]),
        ])

    struct House: Sendable {
        let clock = ManualClock()
        let stocked: ScriptedVendor
        let listed: ScriptedVendor
        let inventory: Inventory

        init(_ stocked: ScriptedVendor = InventoryTests.stocked(), listed: ScriptedVendor = InventoryTests.listed()) {
            self.stocked = stocked
            self.listed = listed
            let vendors = [
                Vendor(name: "h", adapter: stocked), Vendor(name: "l", adapter: listed),
                Vendor(name: "off", adapter: ScriptedVendor.idempotent(), isEnabled: false),
            ]
            let cache = VendorCache(vendors: vendors, timepiece: clock.timepiece)
            inventory = Inventory(vendors: vendors, cache: cache, timepiece: clock.timepiece)
        }

        func report(_ query: InventoryQuery = InventoryQuery(), notBefore: Date? = nil) async -> InventoryReport {
            await inventory.report(query, notBefore: notBefore)
        }

        /// The rows in a few words each: `h isp US newyork 7922 412`.
        func rows(_ query: InventoryQuery) async -> [String] {
            await report(query).lines.map { line in
                let row = line.row
                let words: [String?] = [
                    line.vendor, row.shape.rawValue, row.country?.alpha2, row.city, row.asn.map(String.init),
                    row.available.map(String.init), row.mobileOperator,
                ]
                return words.compactMap(\.self).joined(separator: " ")
            }
        }
    }

    @Test func `everything is told, in a settled order`() async {
        #expect(
            await House().rows(InventoryQuery()) == [
                "h residential", "h mobile_by_gb", "h isp DE 3320 7", "h isp US boston 701 0",
                "h isp US newyork 7922 412",
                "l mobile_by_ip DE", "l mobile_by_ip US att", "l mobile_by_ip US verizon", "l isp DE", "l isp US",
                "l ipv4 DE", "l ipv4 US",
            ])
    }

    @Test func `a row says what the vendor told, and nothing else`() async throws {
        let house = House()
        let lines = await house.report().lines
        let traffic = try #require(lines.first { $0.row.shape == .residential })
        #expect(traffic.row == InventoryRow(.residential, price: UnitPrice(.usd(micros: 4_500_000), per: .gb)))
        #expect(traffic.asOf == nil)
        #expect(!traffic.isStale)
        #expect(lines.first { $0.row.shape == .mobileByGB }?.row == InventoryRow(.mobileByGB))
        #expect(lines.first { $0.row.asn == 7922 }?.row == Self.rows[0])
        #expect(lines.first { $0.row.asn == 7922 }?.asOf == .example)
        let verizon = lines.first { $0.row.mobileOperator == "verizon" }?.row
        #expect(
            verizon
                == InventoryRow(
                    .mobileByIP, country: Self.us, rentalDays: [30, 90], mobileOperator: "verizon",
                    rotationSeconds: [300]))
        let ipv4 = lines.first { $0.row.shape == .ipv4 }?.row
        #expect(ipv4 == InventoryRow(.ipv4, country: Self.de, rentalDays: [30, 90]))
    }

    static let filtered: [(InventoryQuery, [String])] = [
        (InventoryQuery(product: .residential), ["h residential"]),
        (InventoryQuery(product: .residential, country: us), []),
        (
            InventoryQuery(product: .mobile),
            ["h mobile_by_gb", "l mobile_by_ip DE", "l mobile_by_ip US att", "l mobile_by_ip US verizon"]
        ),
        (InventoryQuery(product: .mobile, country: us), ["l mobile_by_ip US att", "l mobile_by_ip US verizon"]),
        (InventoryQuery(product: .ipv4, country: de), ["l ipv4 DE"]),
        (InventoryQuery(product: .ipv4, country: Country("FR")), []),
        (InventoryQuery(product: .ipv6), []),
        (
            InventoryQuery(product: .isp, country: us),
            ["h isp US boston 701 0", "h isp US newyork 7922 412", "l isp US"]
        ),
        (InventoryQuery(product: .isp, asn: 7922), ["h isp US newyork 7922 412"]),
        (InventoryQuery(product: .isp, city: "boston"), ["h isp US boston 701 0"]),
        (InventoryQuery(product: .isp, vendor: "l"), ["l isp DE", "l isp US"]),
        (InventoryQuery(vendor: "off"), []), (InventoryQuery(vendor: "nobody"), []),
    ]

    @Test(arguments: filtered) func `a filter shows what matches it`(query: InventoryQuery, rows: [String]) async {
        #expect(await House().rows(query) == rows)
    }

    @Test func `the vendor is asked as narrowly as it can be, and once for each city`() async {
        let house = House()
        for city in ["boston", "newyork", nil] {
            _ = await house.report(InventoryQuery(product: .isp, country: Self.us, city: city, asn: 7922))
        }
        #expect(house.stocked.stockQueries == [StockQuery(.isp, country: Self.us, asn: 7922)])
        #expect(house.listed.listQueries == [])
    }

    @Test func `rows that do not repeat what the vendor was asked for are told`() async {
        let house = House(Self.stocked([InventoryRow(.isp, available: 3), InventoryRow(.isp, country: Self.de)]))
        #expect(await house.rows(InventoryQuery(product: .isp, country: Self.us, vendor: "h")) == ["h isp 3"])
    }

    @Test func `a list that was not told shows nothing`() async {
        let listed = Self.listed()
        listed.rewrite { $0.lists = [.success(ReferenceLists(rentalDays: [30]))] }
        let report = await House(listed: listed).report(InventoryQuery(vendor: "l"))
        #expect(report.lines.isEmpty)
        #expect(report.vendors == [VendorInventory(vendor: "l", state: .fresh, asOf: .example, error: nil)])
    }

    // MARK: Vendors

    @Test func `each vendor's state is the worst of its products`() async {
        let house = House()
        var report = await house.report()
        let fresh = ["h", "l"].map { VendorInventory(vendor: $0, state: .fresh, asOf: .example, error: nil) }
        #expect(report.vendors == fresh)
        #expect(report.isFetched)
        house.stocked.rewrite { $0.stock = [.failure(.unavailable(reason: "status_502"))] }
        house.clock.advance(by: .seconds(60))
        report = await house.report()
        while report.vendors[0].error == nil {
            await Task.yield()
            report = await house.report()
        }
        #expect(report.vendors[0] == VendorInventory(vendor: "h", state: .stale, asOf: .example, error: "status_502"))
        #expect(report.vendors[1] == fresh[1])
        #expect(!report.isFetched)
        #expect(report.lines.filter(\.isStale).map(\.row.shape) == [.isp, .isp, .isp])
    }

    @Test func `a vendor that cannot be read says why, beside what is known without reading`() async {
        let house = House()
        house.stocked.rewrite { $0.stock = [.failure(.authFailed)] }
        let report = await house.report(InventoryQuery(vendor: "h"))
        #expect(report.lines.map(\.row.shape) == [.residential, .mobileByGB])
        #expect(report.vendors == [VendorInventory(vendor: "h", state: .error, asOf: nil, error: "auth_failed")])
    }

    @Test func `a vendor that does not sell it says so`() async {
        let report = await House().report(InventoryQuery(product: .isp, asn: 7922))
        #expect(report.vendors.map(\.state) == [.fresh, .notOffered])
    }

    @Test func `a vendor that is disabled is told only when it is named`() async {
        let house = House()
        #expect(await house.report().vendors.map(\.vendor) == ["h", "l"])
        #expect(
            await house.report(InventoryQuery(vendor: "off")).vendors == [
                VendorInventory(vendor: "off", state: .error, asOf: nil, error: "disabled")
            ])
    }

    @Test func `all vendors are read at once`() async {
        let house = House()
        house.stocked.hold()
        house.listed.hold()
        let report = Task { await house.report(InventoryQuery(product: .isp)) }
        while house.stocked.stockQueries.isEmpty || house.listed.listQueries.isEmpty { await Task.yield() }
        house.stocked.open()
        house.listed.open()
        #expect(await report.value.lines.count == 5)
    }

    @Test func `a vendor that does not answer keeps nobody for long`() async {
        let house = House()
        _ = await house.report(InventoryQuery(vendor: "l"))
        house.stocked.hold()
        let waiting = Task { await house.report(InventoryQuery(product: .isp)) }
        while house.clock.sleepers == 0 || house.stocked.stockQueries.isEmpty { await Task.yield() }
        house.clock.advance(by: .seconds(15))
        let report = await waiting.value
        #expect(report.vendors.map(\.error) == ["no_answer_yet", nil])
        #expect(report.vendors.map(\.state) == [.error, .fresh])
        #expect(house.inventory.use(report.basis) == nil)
        house.stocked.open()
        #expect(await house.report(InventoryQuery(product: .isp)).lines.count == 5)
        #expect(house.stocked.stockQueries.count == 1)
    }

    @Test func `readings that must be new are read anew`() async {
        let house = House()
        _ = await house.report(InventoryQuery(product: .isp))
        house.clock.advance(by: .seconds(2))
        _ = await house.report(InventoryQuery(product: .isp), notBefore: house.clock.now.advanced(by: .seconds(-1)))
        _ = await house.report(InventoryQuery(product: .isp), notBefore: house.clock.now.advanced(by: .seconds(-1)))
        #expect(house.stocked.stockQueries.count == 2)
        #expect(house.listed.listQueries.count == 2)
    }

    @Test func `traffic costs what was charged last, from the sale on`() async throws {
        let house = House()
        let query = InventoryQuery(product: .residential)
        let before = await house.report(query)
        #expect(before.lines.map(\.row.price?.money) == [.usd(micros: 4_500_000)])
        var order = Order.example(request: OrderRequest(product: .residential, gb: Millionths("1")))
        order.total = .usd("4.1")
        order.totalSource = .vendor
        house.inventory.vendors[0].lastPrices.learn(from: order, house.stocked)
        #expect(house.inventory.use(before.basis) == nil)
        let after = await house.report(query)
        #expect(after.lines.map(\.row.price?.money) == [.usd("4.1")])
        #expect(after.lines.map(\.asOf) == [order.createdAt])
        #expect(house.inventory.use(after.basis) != nil)
        #expect(!after.basis.isSame(as: before.basis))
    }

    @Test func `a report stands as long as what it was made of`() async {
        let house = House()
        let report = await house.report()
        house.clock.advance(by: .seconds(10))
        #expect(house.inventory.use(report.basis) == ReadingAge(age: .seconds(10), freshFor: .seconds(50)))
        let unread = await house.report(InventoryQuery(product: .residential))
        #expect(house.inventory.use(unread.basis) == ReadingAge(age: nil, freshFor: .seconds(60)))
        house.clock.advance(by: .seconds(50))
        #expect(house.inventory.use(report.basis) == nil)
    }
}
