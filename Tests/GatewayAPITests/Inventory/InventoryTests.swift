import ExactJSON
import Foundation
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `What can be bought` {
    static let us = Country("US")
    static let down = Result<[InventoryRow], VendorError>.failure(.unavailable(reason: "connection_refused"))

    static let rows = [
        InventoryRow(
            .isp, country: us, city: "newyork", asn: 7922, available: 412,
            price: UnitPrice(.usd(micros: 5_990_001), per: .ipMonth), details: ["tier": "premium"]),
        InventoryRow(.isp, country: Country("DE"), asn: 3320, available: 7),
    ]

    /// A vendor that tells its stock and sells traffic.
    static func stocked(_ answers: Result<[InventoryRow], VendorError>...) -> ScriptedVendor {
        .idempotent { script in
            script.offers = [
                ProductOffer(.residential, required: [.gb]), ProductOffer(.mobileByGB, required: [.gb]),
                ProductOffer(.isp, required: [.quantity, .country], optional: [.city, .asn], tellsStock: true),
            ]
            script.stock = answers.isEmpty ? [.success(rows)] : answers
            script.listPrices = [.mobileByGB: UnitPrice(.usd(micros: 8_000_000), per: .gb)]
        }
    }

    /// A vendor that has lists alone.
    static let listed = Vendor(
        name: "legacy",
        adapter: ScriptedVendor.attributable { script in
            script.offers = [.mobileByIP, .isp].map { shape in
                ProductOffer(shape, required: [.quantity, .country], tellsLists: true)
            }
            script.lists = [
                .success(
                    ReferenceLists(
                        countries: [us].compactMap(\.self), rentalDays: [30, 360],
                        mobileOperators: [.init(name: "verizon", country: us, rotationSeconds: [120, 300])]))
            ]
        })

    static func open(
        _ vendor: ScriptedVendor = stocked(), _ body: @escaping @Sendable (Office) async throws -> Void
    ) async throws {
        try await Office.open(vendor: vendor, others: [listed]) { office in try await body(office) }
    }

    @Test func `is told in the words of the contract`() async throws {
        try await Self.open { office in
            let reply = try await office.call(.get, "/inventory?product=isp&country=usa", as: .buyer)
            let expected = """
                {"data":[{"vendor":"helodata","product":"isp","country":"US","city":"newyork","asn":7922,"available":412,\
                "price":{"amount":"5.990001","currency":"USD","per":"ip_month"},"as_of":"2026-05-28T10:00:00.000Z",\
                "stale":false,"vendor_details":{"tier":"premium"}},\
                {"vendor":"legacy","product":"isp","country":"US","city":null,"asn":null,"available":null,"price":null,\
                "as_of":"2026-05-28T10:00:00.000Z","stale":false,"rental_days":[30,360]}],\
                "vendors":[{"vendor":"helodata","state":"fresh","as_of":"2026-05-28T10:00:00.000Z","error":null},\
                {"vendor":"legacy","state":"fresh","as_of":"2026-05-28T10:00:00.000Z","error":null}]}
                """
            #expect(reply.text == expected)
            #expect(reply.headers[.contentType] == "application/json")
        }
    }

    @Test func `tells the two kinds of mobile apart`() async throws {
        try await Self.open { office in
            let data = try await office.call(.get, "/v1/inventory?product=mobile", as: .auditor).json["data"]?.array
            #expect(data?.map { $0["product"]?.string } == ["mobile", "mobile"])
            #expect(data?[0]["price"] == ["amount": "8.00", "currency": "USD", "per": "gb"])
            #expect(data?[0]["country"] == .null)
            #expect(data?[0]["as_of"] == .null)
            #expect(data?[0]["mobile_operator"] == nil)
            #expect(data?[1]["country"] == "US")
            #expect(data?[1]["mobile_operator"] == "verizon")
            #expect(data?[1]["rotation_seconds"]?.text == "[120,300]")
        }
    }

    @Test(arguments: Role.allCases) func `is for everybody who has a key`(role: Role) async throws {
        try await Self.open { office in
            let (got, head) = (
                try await office.call(.get, "/inventory", as: role),
                try await office.call(.head, "/inventory", as: role)
            )
            let stranger = try await office.call(.get, "/inventory")
            #expect(got.status == 200)
            #expect(head.status == 200)
            #expect(stranger.status == 401)
            #expect(head.headers[.eTag] == got.headers[.eTag])
        }
    }

    @Test(arguments: [
        ("product=lte", ["product unknown_product"]), ("product=isp,ipv4", ["product unknown_product"]),
        ("product=", ["product unknown_product"]), ("country=XX", ["country unknown_country"]),
        ("country=", ["country unknown_country"]), ("city=", ["city invalid_city"]), ("city=12", ["city invalid_city"]),
        ("asn=0", ["asn out_of_range"]), ("asn=4294967296", ["asn out_of_range"]), ("asn=AS1", ["asn out_of_range"]),
        ("asn=", ["asn out_of_range"]), ("vendor=nobody", ["vendor unknown_vendor"]),
        ("vendor=helodata,legacy", ["vendor unknown_vendor"]), ("limit=5", ["limit unknown_parameter"]),
        ("asn=1&asn=1", ["asn duplicate_parameter"]),
        (
            "product=x&country=y&city=1&asn=z&vendor=w",
            [
                "product unknown_product", "country unknown_country", "city invalid_city", "asn out_of_range",
                "vendor unknown_vendor",
            ]
        ),
    ])
    func `refuses what it does not understand`(query: String, faults: [String]) async throws {
        try await Self.open { office in
            let reply = try await office.call(.get, "/inventory?\(query)", as: .buyer)
            #expect(reply.status == 422)
            #expect(reply.faults == faults)
            #expect(reply.money == "unchanged")
            #expect(office.vendor.stockQueries.isEmpty)
        }
    }

    @Test func `one query is one query, however it is written`() async throws {
        try await Self.open { office in
            for query in [
                "product=isp&country=us&city=New+York&asn=7922", "asn=7922&city=newyork&country=USA&product=isp",
                "asn=07922&city=new-york&country=US&product=isp",
            ] {
                let reply = try await office.call(.get, "/inventory?\(query)", as: .buyer)
                #expect(reply.json["data"]?.array?.count == 1, "\(query)")
            }
            #expect(office.vendor.stockQueries == [StockQuery(.isp, country: Self.us, asn: 7922)])
        }
    }

    // MARK: Keeping

    /// A reply's fields about keeping, in one line.
    static func keeping(_ reply: TestReply) -> String {
        let fields: [HTTPField.Name] = [.age, .cacheControl, .cacheStatus]
        return fields.map { reply.headers[$0] ?? "-" }.joined(separator: " | ")
    }

    @Test func `says how it came about and for how long it is good`() async throws {
        let vendor = Self.stocked(.success(Self.rows), .failure(.unavailable(reason: "status_502")))
        try await Self.open(vendor) { office in
            func ask() async throws -> TestReply {
                try await office.call(.get, "/inventory?product=isp&vendor=helodata", as: .buyer)
            }
            #expect(try await Self.keeping(ask()) == "0 | private, max-age=60 | purser; fwd=miss; stored")
            #expect(try await Self.keeping(ask()) == "0 | private, max-age=60 | purser; hit")
            office.clock.advance(by: .milliseconds(20_500))
            #expect(try await Self.keeping(ask()) == "20 | private, max-age=59 | purser; hit")
            office.clock.advance(by: .milliseconds(39_500))
            let stale = try await ask()
            #expect(Self.keeping(stale) == "60 | private, max-age=0 | purser; hit; ttl=0; detail=stale")
            #expect(stale.json["data"]?.array?.allSatisfy { $0["stale"] == true } == true)
            #expect(stale.json["vendors"]?.array?[0]["state"] == "stale")
            while try await ask().json["vendors"]?.array?[0]["error"] == .null { await Task.yield() }
            office.clock.advance(by: .milliseconds(500))
            let failed = try await ask()
            #expect(Self.keeping(failed) == "60 | private, max-age=0 | purser; hit; ttl=-1; detail=stale")
            #expect(failed.json["vendors"]?.array?[0]["error"] == "status_502")
            #expect(failed.json["vendors"]?.array?[0]["as_of"] == "2026-05-28T10:00:00.000Z")
            #expect(office.vendor.stockQueries.count == 2)
        }
    }

    @Test func `what nobody has to read is good for a while`() async throws {
        try await Self.open { office in
            let reply = try await office.call(.get, "/inventory?product=residential", as: .buyer)
            #expect(Self.keeping(reply) == "- | private, max-age=60 | purser; hit")
        }
    }

    @Test func `a vendor that cannot be read makes no error, and is asked again after a pause`() async throws {
        try await Self.open(Self.stocked(Self.down, .success(Self.rows))) { office in
            let first = try await office.call(.get, "/inventory?product=isp&vendor=helodata", as: .buyer)
            #expect(first.status == 200)
            #expect(Self.keeping(first) == "- | private, max-age=0 | purser; fwd=miss")
            #expect(first.json["data"]?.text == "[]")
            #expect(
                first.json["vendors"]
                    == [["vendor": "helodata", "state": "error", "as_of": .null, "error": "connection_refused"]])
            let second = try await office.call(.get, "/inventory?product=isp&vendor=helodata", as: .buyer)
            #expect(Self.keeping(second) == "- | private, max-age=0 | purser; hit; detail=incomplete")
            #expect(office.vendor.stockQueries.count == 1)
            office.clock.advance(by: .seconds(5))
            let third = try await office.call(.get, "/inventory?product=isp&vendor=helodata", as: .buyer)
            #expect(Self.keeping(third) == "0 | private, max-age=60 | purser; fwd=miss; stored")
        }
    }

    @Test func `has a tag that changes with what it says`() async throws {
        let vendor = Self.stocked(.success(Self.rows), .success([]))
        try await Self.open(vendor) { office in
            let first = try await office.call(.get, "/inventory?product=isp", as: .buyer)
            let tag = try #require(first.headers[.eTag])
            office.clock.advance(by: .seconds(30))
            for condition in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let same = try await office.call(
                    .get, "/inventory?product=isp", as: .buyer, headers: [.ifNoneMatch: condition])
                #expect(same.status == 304)
                #expect(same.text.isEmpty)
                #expect(same.headers[.eTag] == tag)
                #expect(Self.keeping(same) == "30 | private, max-age=60 | purser; hit")
            }
            office.clock.advance(by: .seconds(30))
            let stale = try await office.call(
                .get, "/inventory?product=isp", as: .buyer, headers: [.ifNoneMatch: tag])
            #expect(stale.status == 200)
            #expect(stale.headers[.eTag] != tag)
        }
    }

    @Test func `what was bought is not told from memory`() async throws {
        let vendor = Self.stocked(.success(Self.rows), .success([]))
        try await Self.open(vendor) { office in
            _ = try await office.call(.get, "/inventory?product=isp&country=US", as: .buyer)
            var order = Order.example(request: .example())
            order.vendor = "helodata"
            office.cache.forget(touchedBy: order)
            let reply = try await office.call(.get, "/inventory?product=isp&country=US", as: .buyer)
            #expect(reply.json["data"]?.array?.map { $0["vendor"]?.string } == ["legacy"])
            #expect(reply.headers[.cacheStatus] == "purser; fwd=miss; stored")
        }
    }

    // MARK: Anew

    @Test(arguments: ["no-cache", "No-Cache", "max-age=0, no-cache"])
    func `is read anew for whoever wants that, once a second`(directive: String) async throws {
        try await Self.open { office in
            func ask(_ role: Role) async throws -> String {
                let reply = try await office.call(
                    .get, "/inventory?product=isp&vendor=helodata", as: role, headers: [.cacheControl: directive])
                return Self.keeping(reply)
            }
            _ = try await office.call(.get, "/inventory?product=isp&vendor=helodata", as: .buyer)
            office.clock.advance(by: .milliseconds(999))
            #expect(try await ask(.buyer) == "0 | private, max-age=59 | purser; hit")
            office.clock.advance(by: .milliseconds(1))
            for role in Role.allCases {
                let expected = role == .buyer ? "purser; fwd=request; stored" : "purser; hit"
                #expect(try await ask(role) == "0 | private, max-age=60 | \(expected)")
            }
            #expect(office.vendor.stockQueries.count == 2)
        }
    }

    @Test func `an auditor has nothing read anew`() async throws {
        try await Self.open { office in
            for (role, calls) in [(Role.auditor, 1), (.auditor, 1), (.operator, 2), (.buyer, 3)] {
                _ = try await office.call(
                    .get, "/inventory?product=isp&vendor=helodata", as: role, headers: [.cacheControl: "no-cache"])
                #expect(office.vendor.stockQueries.count == calls)
                office.clock.advance(by: .seconds(2))
            }
        }
    }

    @Test func `other wishes change nothing`() async throws {
        try await Self.open { office in
            for directive in ["max-age=0", "no-cache=1", "xno-cache", "no-store", ""] {
                _ = try await office.call(
                    .get, "/inventory?product=isp", as: .buyer, headers: [.cacheControl: directive])
                office.clock.advance(by: .seconds(2))
            }
            #expect(office.vendor.stockQueries.count == 1)
        }
    }

    @Test func `however many ask at once, a vendor is called once`() async throws {
        try await Self.open { office in
            office.vendor.hold()
            let bodies = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await office.call(.get, "/inventory?product=isp", as: .buyer).text }
                }
                while office.vendor.stockQueries.isEmpty { await Task.yield() }
                office.vendor.open()
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(bodies.count == 1)
            #expect(office.vendor.stockQueries.count == 1)
        }
    }
}
