import NIOHTTP1
import Testing
import VendorSandbox

@Suite struct LegacyOrderTests {
    @Test(arguments: [
        (SandboxJSON.ipv4, "IPv4", "2.62"), (.ipv6, "IPv6", "1.62"), (.legacyMobile, "MOBILE", "36.00"),
        (.legacyISP, "ISP", "4.80"),
    ])
    func `each type is sold as in its sample`(body: SandboxJSON, type: String, price: String) async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.legacy(.POST, "order", body)
            let books = sandbox.vendors.legacy.books
            let number = try #require(reply.json["orderNumber"]?.string)
            #expect(reply.status == 200)
            #expect(number.hasPrefix("NUMBER-"))
            #expect(books.sold.map(\.price.description) == [price])
            #expect(
                reply.text == """
                    {"success":true,"proxyType":"\(type)","orderNumber":"\(number)","balance":\(books.balance),\
                    "currency":"USD","error":null,"promoCodeStatus":null}
                    """)
        }
    }

    @Test(arguments: [
        (SandboxJSON.ipv4.with(["proxyType": "ipv4"]), 4), (.ipv4.without("proxyType"), 4),
        (.ipv4.with(["country": "US"]), 6), (.ipv4.without("country"), 6), (.ipv4.with(["country": "ATA"]), 7),
        (.ipv4.with(["quantity": 30_000]), 19), (.ipv4.with(["quantity": 0]), 19),
        (.ipv4.with(["quantity": "2"]), 19), (.ipv4.without("quantity"), 19),
        (.ipv4.with(["rentPeriodDays": 31]), 11), (.ipv6.with(["rentPeriodDays": 30]), 11),
        (.legacyMobile.with(["rentPeriodDays": 60]), 11), (.ipv4.with(["authType": "login"]), 10),
        (.ipv4.with(["authType": "IP"]), 23), (.ipv4.with(["authType": "IP", "authIp": "1.2.3"]), 23),
        (.ipv6.without("protocol"), 13), (.ipv6.with(["protocol": "SOCKS5"]), 13),
        (.legacyMobile.with(["mobileOperator": "nobody"]), 8), (.legacyMobile.without("mobileOperator"), 8),
        (.legacyMobile.with(["rotationTime": 301]), 9), (.ipv4.without("goal"), 14), (.ipv4.with(["goal": " "]), 14),
        (.legacyISP.with(["goal": "spam"]), 14), (.ipv4.with(["quantity": 800]), 16), (.object([]), 4),
    ])
    func `a refused order has status 200, the code, and empty echoes`(body: SandboxJSON, code: Int) async throws {
        try await withSandbox(.with { $0.legacy.refusedGoals = ["spam"] }) { sandbox in
            let reply = try await sandbox.legacy(.POST, "order", body)
            let error = reply.json["error"] ?? .null
            #expect(reply.status == 200)
            #expect(error["code"]?.integer == code)
            #expect(
                reply.text == """
                    {"success":false,"proxyType":null,"orderNumber":null,"balance":1000.00,"currency":"USD",\
                    "error":\(error),"promoCodeStatus":null}
                    """)
            #expect(sandbox.vendors.legacy.books.sold == [])
        }
    }

    @Test(arguments: [
        ("order", SandboxJSON.ipv4), ("calculate/order", .ipv4), ("balance", nil), ("ipAddress", nil),
        ("rentPeriod?proxyType=IPv4", nil), ("promoCode", nil), ("proxyType", nil), ("country?proxyType=IPv4", nil),
        ("mobileOperator", nil),
    ])
    func `a wrong key gives 2 everywhere`(path: String, body: SandboxJSON?) async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.legacy(body == nil ? .GET : .POST, path, body, key: "wrong")
            #expect(reply.status == 200)
            #expect(reply.json["success"]?.bool == false)
            #expect(reply.json["error"]?.description == #"{"code":2,"message":"Error api key"}"#)
            #expect(sandbox.vendors.legacy.books.sold == [])
        }
    }

    @Test func `a body that is not JSON gives 35`() async throws {
        try await withSandbox { sandbox in
            let url = "\(sandbox.ports.legacyURL)/client/api/v1/\(sandbox.vendors.legacySettings.apiKey)/order"
            let reply = try await sandbox.send(.POST, url, "nonsense")
            #expect(reply.json["error"]?["code"]?.integer == 35)
        }
    }

    @Test(arguments: [("CLIENT-PROMO", "VALID", "2.36"), ("MISTYPED", "NO_VALID", "2.62")])
    func `a promo code that is not known is sold at the full price`(code: String, status: String, price: String)
        async throws
    {
        try await withSandbox { sandbox in
            let reply = try await sandbox.legacy(.POST, "order", .ipv4.with(["promoCode": .string(code)]))
            #expect(reply.json["success"]?.bool == true)
            #expect(reply.json["promoCodeStatus"]?.string == status)
            #expect(sandbox.vendors.legacy.books.sold.map(\.price.description) == [price])
            #expect(sandbox.vendors.legacySettings.promoCodes.map(\.countUses) == [status == "VALID" ? 1 : 0])
        }
    }

    @Test func `an order that comes twice is sold twice`() async throws {
        try await withSandbox { sandbox in
            let first = try await sandbox.legacy(.POST, "order", .ipv4)
            let second = try await sandbox.legacy(.POST, "order", .ipv4)
            #expect(first.json["orderNumber"] != second.json["orderNumber"])
            #expect(sandbox.vendors.legacy.books.sold.count == 2)
        }
    }

    @Test func `a country that is sold out gives 7`() async throws {
        let offer = LegacyOffer(.ipv4, in: "USA", name: "United States", available: 3, price: .cents(131))
        try await withSandbox(.with { $0.legacy.offers = [offer] }) { sandbox in
            let first = try await sandbox.legacy(.POST, "order", .ipv4)
            let second = try await sandbox.legacy(.POST, "order", .ipv4)
            #expect(first.json["success"]?.bool == true)
            #expect(second.json["error"]?["code"]?.integer == 7)
        }
    }

    @Test func `a price that changes meanwhile is the price of the next sale`() async throws {
        try await withSandbox { sandbox in
            let offers: SandboxJSON = [
                ["proxy_type": "IPv4", "country": "USA", "name": "USA", "available": 9, "price": "2.00"]
            ]
            _ = try await sandbox.control(.PATCH, "settings", ["offers": offers], port: sandbox.ports.legacy)
            let calculated = try await sandbox.legacy(.POST, "calculate/order", .ipv4)
            #expect(calculated.json["price"]?.digits == "4.00")
        }
    }
}
