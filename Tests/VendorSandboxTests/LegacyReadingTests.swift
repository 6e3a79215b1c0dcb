import NIOHTTP1
import Testing
import VendorSandbox

@Suite struct LegacyReadingTests {
    @Test func `a calculation is answered as in the sample`() async throws {
        try await withSandbox(.with { $0.legacy.balance = .cents(718) }) { sandbox in
            let body = SandboxJSON.ipv4.with(["quantity": 1])
            let plain = try await sandbox.legacy(.POST, "calculate/order", body)
            #expect(
                plain.text == """
                    {"success":true,"proxyType":"IPv4","balance":7.18,"price":1.31,"currency":"USD","discount":0,\
                    "promoCodeStatus":null,"error":null,"warnings":null}
                    """)
            let promo = try await sandbox.legacy(.POST, "calculate/order", body.with(["promoCode": "CLIENT-PROMO"]))
                .json
            #expect(promo["price"]?.digits == "1.18")
            #expect(promo["discount"]?.integer == 10)
            #expect(promo["promoCodeStatus"]?.string == "VALID")
            let unknown = try await sandbox.legacy(.POST, "calculate/order", body.with(["promoCode": "X"])).json
            #expect(unknown["price"]?.digits == "1.31")
            #expect(unknown["promoCodeStatus"]?.string == "NO_VALID")
        }
    }

    @Test func `a refused goal and missing funds are warnings of a calculation`() async throws {
        try await withSandbox(.with { $0.legacy.balance = .cents(718) }) { sandbox in
            let body = SandboxJSON.ipv4.with(["goal": "", "quantity": 20])
            let reply = try await sandbox.legacy(.POST, "calculate/order", body)
            #expect(reply.json["success"]?.bool == true)
            #expect(
                reply.json["warnings"]?.description
                    == #"[{"code":14,"message":"Incorrect goal"},{"code":16,"message":"Insufficient funds on balance"}]"#
            )
        }
    }

    @Test func `a calculation refuses what no order could be`() async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.legacy(.POST, "calculate/order", .ipv4.with(["proxyType": "X"]))
            #expect(
                reply.text == """
                    {"success":false,"proxyType":null,"balance":1000.00,"price":null,"currency":"USD","discount":null,\
                    "promoCodeStatus":null,"error":{"code":4,"message":"Incorrect proxy type"},"warnings":null}
                    """)
        }
    }

    @Test(arguments: [
        ("balance", #"{"success":true,"balance":25.03,"currencyCode":"USD","error":null}"#),
        ("rentPeriod?proxyType=IPv4", #"{"success":true,"rentPeriodDays":[30,60,90,180,360],"error":null}"#),
        ("rentPeriod?proxyType=IPv6", #"{"success":true,"rentPeriodDays":[90,180,360],"error":null}"#),
        ("rentPeriod?proxyType=MOBILE", #"{"success":true,"rentPeriodDays":[30,360],"error":null}"#),
        ("rentPeriod?proxyType=ISP", #"{"success":true,"rentPeriodDays":[30,60,90,180,360],"error":null}"#),
        (
            "rentPeriod",
            #"{"success":false,"rentPeriodDays":[],"error":{"code":4,"message":"Incorrect proxy type"}}"#
        ),
        ("proxyType", #"{"success":true,"proxyTypes":["IPv4","IPv6","MOBILE","ISP"],"error":null}"#),
        (
            "promoCode",
            #"{"success":true,"promoCodes":[{"code":"CLIENT-PROMO","countUses":0,"#
                + #""startDate":"2023-10-26T10:49:49.220+00:00","endDate":"2033-10-26T10:49:49.220+00:00","#
                + #""endless":false,"discount":10,"descriptionsByLocale":{"en":"Sandbox"}}],"error":null}"#
        ),
    ])
    func `a list is answered as documented`(path: String, text: String) async throws {
        try await withSandbox(.with { $0.legacy.balance = .cents(2503) }) { sandbox in
            let reply = try await sandbox.legacy(.GET, path)
            #expect(reply.text == text)
        }
    }

    @Test func `countries and operators are listed`() async throws {
        try await withSandbox { sandbox in
            let countries = try await sandbox.legacy(.GET, "country?proxyType=MOBILE").json["countries"]?.elements
            #expect(countries?.map { $0["alpha3"]?.string } == ["USA", "DEU", "GBR", "FRA"])
            let operators = try await sandbox.legacy(.GET, "mobileOperator").json["mobileOperators"]?.elements
            #expect(operators?.first?["tag"]?.string == "verizon")
            #expect(operators?.first?["rotationTimes"] == [300, 600, 1800])
        }
    }

    @Test func `addresses appear after the delay, in objects per order, by type`() async throws {
        try await withSandbox(.with { $0.legacy.goodsAfterMs = 2000 }) { sandbox in
            let order = try await sandbox.legacy(.POST, "order", .legacyMobile)
            let none = try await sandbox.legacy(.GET, "ipAddress")
            #expect(none.text == #"{"success":true,"IPv4":[],"IPv6":[],"MOBILE":[],"ISP":[],"error":null}"#)
            sandbox.clock.advance(milliseconds: 2000)
            let list = try await sandbox.legacy(.GET, "ipAddress?proxyType=MOBILE").json
            #expect(list.members?.map(\.name) == ["success", "MOBILE", "error"])
            let group = try #require(list["MOBILE"]?[0])
            let record = try #require(group["ipAddresses"]?[1])
            #expect(group["orderId"]?.string == sandbox.vendors.legacy.books.sold.first?.orderID)
            #expect(group["orderId"] != order.json["orderNumber"])
            #expect(group["orderNumber"] == nil)
            #expect(record["dateStart"]?.string == "2026-05-28T10:00:00.000+00:00")
            #expect(record["dateEnd"]?.string == "2026-06-27T10:00:00.000+00:00")
            #expect(record["mobileOperator"]?.string == "verizon")
            #expect(record["rotationTime"]?.integer == 300)
            #expect(record["authInfo"]?.members?.map(\.name) == ["login", "password"])
        }
    }

    @Test func `the list may carry the order number, come in groups, grow, and stay short`() async throws {
        try await withSandbox(
            .with {
                $0.legacy.listCarriesOrderNumber = true
                $0.legacy.groupsPerOrder = 2
                $0.legacy.goodsTrickleMs = 1000
                $0.legacy.withheldGoods = 1
            }
        ) { sandbox in
            let order = try await sandbox.legacy(.POST, "order", .ipv4.with(["quantity": 5])).json
            #expect(try await sandbox.groupSizes() == [1])
            sandbox.clock.advance(milliseconds: 2000)
            #expect(try await sandbox.groupSizes() == [2, 1])
            sandbox.clock.advance(milliseconds: 100_000)
            #expect(try await sandbox.groupSizes() == [2, 2])
            let groups = try await sandbox.legacy(.GET, "ipAddress").json["IPv4"]?.elements ?? []
            #expect(Set(groups.compactMap { $0["orderId"]?.string }).count == 2)
            #expect(groups.allSatisfy { $0["orderNumber"] == order["orderNumber"] })
        }
    }

    @Test func `no two orders share an id or an address`() async throws {
        try await withSandbox(.with { $0.legacy.groupsPerOrder = 2 }) { sandbox in
            for body in [SandboxJSON.ipv4, .ipv4, .ipv6, .legacyISP, .legacyMobile] {
                _ = try await sandbox.legacy(.POST, "order", body)
            }
            let list = try await sandbox.legacy(.GET, "ipAddress").json
            let groups = ["IPv4", "IPv6", "MOBILE", "ISP"].flatMap { list[$0]?.elements ?? [] }
            let records = groups.flatMap { $0["ipAddresses"]?.elements ?? [] }
            #expect(Set(groups.compactMap { $0["orderId"]?.string }).count == 10)
            #expect(Set(records.compactMap { $0["ipAddressId"]?.string }).count == 10)
            #expect(Set(records.compactMap { $0["ipAddressIp"]?.string }).count == 10)
        }
    }

    @Test func `proxies opened by an address have no login`() async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.legacy(.POST, "order", .ipv4.with(["authType": "IP", "authIp": "192.0.2.7"]))
            let list = try await sandbox.legacy(.GET, "ipAddress?proxyType=IPv4").json
            #expect(list["IPv4"]?[0]?["ipAddresses"]?[0]?["authInfo"] == SandboxJSON.null)
        }
    }

    @Test func `an unknown type gives 4, an unknown path a page`() async throws {
        try await withSandbox { sandbox in
            let list = try await sandbox.legacy(.GET, "ipAddress?proxyType=X")
            #expect(list.text == #"{"success":false,"error":{"code":4,"message":"Incorrect proxy type"}}"#)
            let page = try await sandbox.legacy(.GET, "orders")
            #expect(page.status == 404)
            #expect(sandbox.vendors.legacy.books.entries.last?.call == .other)
        }
    }
}

extension SandboxFixture {
    fileprivate func groupSizes() async throws -> [Int] {
        let groups = try await legacy(.GET, "ipAddress").json["IPv4"]?.elements ?? []
        return groups.map { $0["ipAddresses"]?.elements?.count ?? 0 }
    }
}
