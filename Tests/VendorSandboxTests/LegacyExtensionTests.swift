import NIOHTTP1
import Testing
import VendorSandbox

/// Extending legacy addresses: what it costs, what it moves, and what it is refused for.
@Suite struct LegacyExtensionTests {
    // MARK: - Prices

    @Test(arguments: [
        (SandboxJSON.ipv4, 30, "2.62"), (.ipv4, 60, "5.24"), (.ipv6, 90, "1.62"), (.legacyMobile, 30, "36.00"),
        (.legacyISP, 360, "57.60"),
    ])
    func `a calculation is answered as in the sample, by addresses and by orders`(
        order: SandboxJSON, days: Int, price: String
    ) async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods(order)
            let balance = sandbox.vendors.legacy.books.balance
            let type = try #require(order["proxyType"]?.string)
            for way in LegacyWay.all {
                let reply = try await sandbox.legacy(.POST, "calculate/" + way.path, way.body(type, goods, days: days))
                #expect(
                    reply.text == """
                        {"success":true,"proxyType":"\(type)","balance":\(balance),"price":\(price),"currency":"USD",\
                        "discount":0,"promoCodeStatus":null,"error":null,"warnings":null}
                        """)
            }
            #expect(sandbox.vendors.legacy.books.balance == balance)
        }
    }

    @Test(arguments: LegacyWay.all) func `missing funds are a warning of a calculation and an error of an extension`(
        way: LegacyWay
    ) async throws {
        try await withSandbox(.with { $0.legacy.balance = .cents(5_23) }) { sandbox in
            let goods = try await sandbox.legacyGoods()
            let body = way.body("IPv4", goods)
            let calculated = try await sandbox.legacy(.POST, "calculate/" + way.path, body)
            #expect(calculated.json["success"]?.bool == true)
            #expect(
                calculated.json["warnings"]?.description == #"[{"code":16,"message":"Insufficient funds on balance"}]"#)
            let extended = try await sandbox.legacy(.POST, way.path, body)
            #expect(
                extended.text == """
                    {"success":false,"proxyType":null,"rentPeriodDays":0,"quantity":0,"ipAddressIds":[],"balance":2.61,\
                    "currency":"USD","error":{"code":16,"message":"Insufficient funds on balance"},\
                    "promoCodeStatus":null}
                    """)
            #expect(sandbox.vendors.legacy.books.sold.count == 1)
            #expect(sandbox.vendors.legacy.books.changes == [])
        }
    }

    @Test(arguments: [
        ("CLIENT-PROMO", true, "VALID", 10, "2.36", 1), ("CLIENT-PROMO", false, "VALID", 0, "2.62", 1),
        ("MISTYPED", true, "NO_VALID", 0, "2.62", 0),
    ])
    func `a promo code that is known may be a discount, one that is not stops nothing`(
        code: String, counts: Bool, status: String, discount: Int, price: String, uses: Int
    ) async throws {
        try await withSandbox(.with { $0.legacy.promosDiscountExtensions = counts }) { sandbox in
            let goods = try await sandbox.legacyGoods()
            for (number, way) in LegacyWay.all.enumerated() {
                let body = way.body("IPv4", goods).with(["promoCode": .string(code)])
                let calculated = try await sandbox.legacy(.POST, "calculate/" + way.path, body).json
                #expect(calculated["price"]?.digits == price)
                #expect(calculated["discount"]?.integer == discount)
                #expect(calculated["promoCodeStatus"]?.string == status)
                let extended = try await sandbox.legacy(.POST, way.path, body).json
                #expect(extended["success"]?.bool == true)
                #expect(extended["promoCodeStatus"]?.string == status)
                #expect(sandbox.vendors.legacy.books.sold.last?.price.description == price)
                #expect(sandbox.vendors.legacySettings.promoCodes.map(\.countUses) == [uses * (number + 1)])
            }
        }
    }

    @Test func `an extension costs what the price list says by then, and a surcharge`() async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods()
            let offers: SandboxJSON = [
                ["proxy_type": "IPv4", "country": "USA", "name": "USA", "available": 0, "price": "2.00"]
            ]
            let changes: SandboxJSON = ["offers": offers, "extension_surcharge": "0.05"]
            _ = try await sandbox.control(.PATCH, "settings", changes, port: sandbox.ports.legacy)
            let body = LegacyWay.orders.body("IPv4", goods)
            let calculated = try await sandbox.legacy(.POST, "calculate/extend/order", body)
            #expect(calculated.json["price"]?.digits == "4.00")
            _ = try await sandbox.legacy(.POST, "extend/order", body)
            #expect(sandbox.vendors.legacy.books.sold.last?.price == .cents(4_05))
            let none = try await sandbox.control(.PATCH, "settings", ["offers": []], port: sandbox.ports.legacy)
            #expect(none.status == 200)
            let gone = try await sandbox.legacy(.POST, "calculate/extend/order", body)
            #expect(gone.json["price"]?.digits == "2.62")
        }
    }

    // MARK: - Extending

    @Test(arguments: LegacyWay.all, [SandboxJSON.ipv4, .ipv6, .legacyMobile, .legacyISP])
    func `an extension is charged once and moves the end`(way: LegacyWay, order: SandboxJSON) async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods(order)
            let type = try #require(order["proxyType"]?.string)
            let days = try #require(order["rentPeriodDays"]?.integer)
            let end = try await sandbox.ends(type)
            let before = sandbox.vendors.legacy.books.balance
            let reply = try await sandbox.legacy(.POST, way.path, way.body(type, goods, days: days))
            let books = sandbox.vendors.legacy.books
            #expect(
                reply.text == """
                    {"success":true,"proxyType":"\(type)","rentPeriodDays":\(days),"quantity":2,\
                    "ipAddressIds":\(goods.addresses.json),"balance":\(books.balance),"currency":"USD","error":null,\
                    "promoCodeStatus":null}
                    """)
            let sale = try #require(books.sold.last)
            #expect(sale.kind == .extension)
            #expect(sale.order == books.sold.first?.order)
            #expect(sale.orderID == goods.order)
            #expect(sale.price == books.sold.first?.price)
            #expect(before.micros - books.balance.micros == sale.price.micros)
            #expect(sale.days == days)
            #expect(sale.quantity == 2)
            let change = try #require(books.changes.first)
            #expect(books.changes.count == 1)
            #expect(change.kind == .extend)
            #expect(change.price == sale.price)
            #expect(change.orderIDs == [goods.order])
            #expect(change.items == (way == .addresses ? goods.addresses : []))
            let after = try await sandbox.ends(type)
            #expect(after == [change.expiresAt, change.expiresAt])
            #expect(after != end)
            let entries = books.entries.filter { $0.exchange == sale.exchange }
            #expect(entries.map(\.event) == [.charged, .changed, .answered])
        }
    }

    @Test func `the days are counted from the end`() async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods()
            sandbox.pass(days: 29)
            _ = try await sandbox.legacy(.POST, "extend/order", LegacyWay.orders.body("IPv4", goods))
            #expect(
                try await sandbox.ends() == ["2026-07-27T10:00:00.000+00:00", "2026-07-27T10:00:00.000+00:00"])
        }
    }

    @Test func `an extension that comes twice is charged twice`() async throws {
        try await withSandbox { sandbox in
            let body = LegacyWay.orders.body("IPv4", try await sandbox.legacyGoods())
            for _ in 0..<2 { _ = try await sandbox.legacy(.POST, "extend/order", body) }
            #expect(sandbox.vendors.legacy.books.sold.map(\.kind) == [.order, .extension, .extension])
            #expect(try await sandbox.ends().first == "2026-08-26T10:00:00.000+00:00")
        }
    }

    @Test func `some addresses of an order can be extended, and those of several orders together`() async throws {
        try await withSandbox { sandbox in
            let (first, second) = (try await sandbox.legacyGoods(), try await sandbox.legacyGoods())
            let some = LegacyWay.addresses.body("IPv4", ("", [first.addresses[1], second.addresses[0]]))
            let reply = try await sandbox.legacy(.POST, "extend", some)
            #expect(reply.json["quantity"]?.integer == 2)
            let (old, new) = ("2026-06-27T10:00:00.000+00:00", "2026-07-27T10:00:00.000+00:00")
            #expect(try await sandbox.ends() == [old, new, new, old])
            let both = SandboxJSON.object([]).with([
                "proxyType": "IPv4", "orderIds": [first.order, second.order].json, "rentPeriodDays": 30,
            ])
            #expect(try await sandbox.legacy(.POST, "extend/order", both).json["quantity"]?.integer == 4)
            let sales = sandbox.vendors.legacy.books.sold
            #expect(sales.map(\.price.description) == ["2.62", "2.62", "2.62", "5.24"])
            #expect(sales.last?.order == sales.prefix(2).map(\.order).joined(separator: ","))
            #expect(sales.last?.orderID == [first.order, second.order].joined(separator: ","))
        }
    }

    @Test func `an address that is named twice is extended and charged once`() async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods()
            let body = LegacyWay.addresses.body("IPv4", ("", goods.addresses + goods.addresses))
            #expect(try await sandbox.legacy(.POST, "extend", body).json["quantity"]?.integer == 2)
            #expect(sandbox.vendors.legacy.books.sold.last?.price.description == "2.62")
        }
    }

    @Test func `a group of the list is extended without the order's other groups`() async throws {
        try await withSandbox(.with { $0.legacy.groupsPerOrder = 2 }) { sandbox in
            let goods = try await sandbox.legacyGoods(.ipv4.with(["quantity": 4]))
            let reply = try await sandbox.legacy(.POST, "extend/order", LegacyWay.orders.body("IPv4", goods))
            #expect(reply.json["ipAddressIds"] == goods.addresses.json)
            #expect(reply.json["quantity"]?.integer == 2)
        }
    }

    // MARK: - Refusals

    @Test(arguments: ["", "calculate/"]) func `IPv6 by addresses wants all of the order`(prefix: String) async throws {
        try await withSandbox { sandbox in
            let (first, second) = (try await sandbox.legacyGoods(.ipv6), try await sandbox.legacyGoods(.ipv6))
            for some in [[first.addresses[0]], first.addresses + [second.addresses[1]]] {
                let body = LegacyWay.addresses.body("IPv6", ("", some), days: 90)
                let reply = try await sandbox.legacy(.POST, prefix + "extend", body)
                #expect(reply.json["error"]?["code"]?.integer == 28)
            }
            let all = LegacyWay.addresses.body("IPv6", ("", first.addresses + second.addresses), days: 90)
            #expect(try await sandbox.legacy(.POST, prefix + "extend", all).json["success"]?.bool == true)
        }
    }

    /// Changes to a good body, and the error by addresses and by orders.
    static let refusals: [(SandboxJSON, Int, Int)] = [
        (["proxyType": "ipv4"], 4, 4), (["proxyType": .null], 4, 4), (["proxyType": "ISP"], 24, 29),
        (["ids": []], 24, 29), (["ids": ["1"]], 24, 29), (["ids": .null], 24, 29), (["ids": "x"], 24, 29),
        (["ids": [7]], 24, 29), (["ids": ["GOOD", "1"]], 24, 29), (["ids": ["OTHER"]], 24, 29),
        (["rentPeriodDays": 31], 11, 11), (["rentPeriodDays": "30"], 11, 11), (["rentPeriodDays": .null], 11, 11),
    ]

    @Test(arguments: refusals, ["", "calculate/", "auto"])
    func `a refused extension has status 200 and the code, and changes nothing`(
        row: (change: SandboxJSON, byAddresses: Int, byOrders: Int), call: String
    ) async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods()
            for way in LegacyWay.all {
                let path = call == "auto" ? way.path + "/auto" : call + way.path
                let body = way.body("IPv4", goods, changed: row.change).with(["autoExtend": true])
                let reply = try await sandbox.legacy(.POST, path, body)
                let code = way == .addresses ? row.byAddresses : row.byOrders
                #expect(reply.status == 200)
                #expect(reply.json["success"]?.bool == false)
                #expect(reply.json["error"]?["code"]?.integer == code, "\(path) \(body)")
                #expect(reply.json["balance"]?.digits == "997.38")
                #expect(sandbox.vendors.legacy.books.entries.last?.refusal == String(code))
            }
            #expect(sandbox.vendors.legacy.books.changes == [])
            #expect(sandbox.vendors.legacy.books.sold.count == 1)
        }
    }

    @Test func `a calculation that is refused has empty echoes`() async throws {
        try await withSandbox { sandbox in
            let body = LegacyWay.addresses.body("IPv4", ("", ["1"]))
            let reply = try await sandbox.legacy(.POST, "calculate/extend", body)
            #expect(
                reply.text == """
                    {"success":false,"proxyType":null,"balance":1000.00,"price":null,"currency":"USD","discount":null,\
                    "promoCodeStatus":null,"error":{"code":24,"message":"Incorrect ip addresses"},"warnings":null}
                    """)
        }
    }

    @Test func `what has expired, or is not in the list yet, cannot be extended`() async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods()
            sandbox.pass(days: 30)
            let changes: SandboxJSON = ["goods_after_ms": 1000]
            for way in LegacyWay.all {
                let reply = try await sandbox.legacy(.POST, way.path, way.body("IPv4", goods))
                #expect(reply.json["error"]?["code"]?.integer == (way == .addresses ? 24 : 29))
            }
            #expect(try await sandbox.groups() == [])
            _ = try await sandbox.control(.PATCH, "settings", ["list_keeps_expired": true], port: sandbox.ports.legacy)
            #expect(try await sandbox.groups().count == 1)
            let fresh = try await sandbox.legacyGoods()
            _ = try await sandbox.control(.PATCH, "settings", changes, port: sandbox.ports.legacy)
            let reply = try await sandbox.legacy(.POST, "extend/order", LegacyWay.orders.body("IPv4", fresh))
            #expect(reply.json["error"]?["code"]?.integer == 29)
        }
    }

    @Test(arguments: [
        "calculate/extend", "calculate/extend/order", "extend", "extend/order", "extend/auto",
        "extend/order/auto",
    ])
    func `a wrong key gives 2, and no JSON 35`(path: String) async throws {
        try await withSandbox { sandbox in
            let refused = try await sandbox.legacy(.POST, path, .object([]), key: "wrong")
            #expect(refused.json["error"]?.description == #"{"code":2,"message":"Error api key"}"#)
            #expect(refused.json["balance"] == .null)
            let url = "\(sandbox.ports.legacyURL)/client/api/v1/\(sandbox.vendors.legacySettings.apiKey)/\(path)"
            #expect(try await sandbox.send(.POST, url, "nonsense").json["error"]?["code"]?.integer == 35)
        }
    }
}

/// The two ways to name addresses.
enum LegacyWay: CaseIterable {
    case addresses
    case orders

    static let all = allCases

    var path: String { self == .addresses ? "extend" : "extend/order" }
    private var name: String { self == .addresses ? "ipAddressIds" : "orderIds" }

    func body(_ type: String, _ goods: (order: String, addresses: [String]), days: Int = 30) -> SandboxJSON {
        let ids = self == .addresses ? goods.addresses : [goods.order]
        return SandboxJSON.object([]).with([
            "proxyType": .string(type), name: ids.json, "rentPeriodDays": .number("\(days)"),
        ])
    }

    /// A body with members replaced: `ids` is the list, `GOOD` in it a good id, and `OTHER` one of the other way.
    func body(
        _ type: String, _ goods: (order: String, addresses: [String]), changed change: SandboxJSON
    ) -> SandboxJSON {
        var body = body(type, goods)
        let (good, other) = self == .addresses ? (goods.addresses[0], goods.order) : (goods.order, goods.addresses[0])
        for member in change.members ?? [] {
            var value = member.value
            if let elements = value.elements {
                value = .array(
                    elements.map { $0 == "GOOD" ? .string(good) : $0 == "OTHER" ? .string(other) : $0 })
            }
            body = body.with([member.name == "ids" ? name : member.name: value])
        }
        return body
    }
}

extension SandboxFixture {
    /// `dateEnd` of each listed address.
    func ends(_ type: String = "IPv4") async throws -> [String?] {
        try await groups(type).flatMap { $0["ipAddresses"]?.elements ?? [] }.map { $0["dateEnd"]?.string }
    }
}
