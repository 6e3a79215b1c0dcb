import NIOHTTP1
import Testing
import VendorSandbox

/// Addresses that the legacy vendor extends by its own clock.
@Suite struct LegacyAutoExtensionTests {
    @Test(arguments: LegacyWay.all) func `it is switched on and off, charges nothing, and shows in the list`(
        way: LegacyWay
    ) async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods()
            #expect(try await sandbox.extendInfo() == Array(repeating: LegacyAutoExtensionTests.off, count: 2))
            let body = way.body("IPv4", goods, days: 60)
            let on = try await sandbox.legacy(.POST, way.path + "/auto", body.with(["autoExtend": true]))
            #expect(
                on.text == """
                    {"success":true,"proxyType":"IPv4","rentPeriodDays":60,"quantity":2,\
                    "ipAddressIds":\(goods.addresses.json),"balance":997.38,"currency":"USD","error":null}
                    """)
            let shown: SandboxJSON = ["autoExtend": true, "extendDays": 60]
            #expect(try await sandbox.extendInfo() == [shown, shown])
            let off = try await sandbox.legacy(.POST, way.path + "/auto", body.with(["autoExtend": false]))
            #expect(off.json["success"]?.bool == true)
            #expect(try await sandbox.extendInfo() == Array(repeating: LegacyAutoExtensionTests.off, count: 2))
            let books = sandbox.vendors.legacy.books
            #expect(books.sold.count == 1)
            #expect(books.changes.map(\.kind) == [.autoExtendOn, .autoExtendOff])
            #expect(books.changes.map(\.orderIDs) == [[goods.order], [goods.order]])
        }
    }

    static let off: SandboxJSON = ["autoExtend": false, "extendDays": .null]

    @Test func `one address can be set without the others, but not of IPv6`() async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods()
            let body = LegacyWay.addresses.body("IPv4", ("", [goods.addresses[1]])).with(["autoExtend": true])
            #expect(try await sandbox.legacy(.POST, "extend/auto", body).json["quantity"]?.integer == 1)
            #expect(try await sandbox.extendInfo().map { $0["autoExtend"]?.bool } == [false, true])
            let six = try await sandbox.legacyGoods(.ipv6)
            let part = LegacyWay.addresses.body("IPv6", ("", [six.addresses[1]]), days: 90).with(["autoExtend": true])
            #expect(try await sandbox.legacy(.POST, "extend/auto", part).json["error"]?["code"]?.integer == 28)
        }
    }

    @Test(arguments: [SandboxJSON.null, "true", 1]) func `a body that says neither on nor off gives 35`(
        value: SandboxJSON
    ) async throws {
        try await withSandbox { sandbox in
            let body = LegacyWay.orders.body("IPv4", try await sandbox.legacyGoods())
            let reply = try await sandbox.legacy(.POST, "extend/order/auto", body.with(["autoExtend": value]))
            #expect(
                reply.text == """
                    {"success":false,"proxyType":null,"rentPeriodDays":0,"quantity":0,"ipAddressIds":[],\
                    "balance":997.38,"currency":"USD","error":{"code":35,"message":"Unknown error"}}
                    """)
        }
    }

    @Test func `by orders the answer may have the orders`() async throws {
        try await withSandbox(.with { $0.legacy.autoExtensionEchoesOrderIds = true }) { sandbox in
            let goods = try await sandbox.legacyGoods()
            for way in LegacyWay.all {
                let body = way.body("IPv4", goods).with(["autoExtend": true])
                let reply = try await sandbox.legacy(.POST, way.path + "/auto", body).json
                #expect(reply[way == .orders ? "orderIds" : "ipAddressIds"] == way.ids(goods).json)
            }
        }
    }

    @Test func `a day before the end it is charged, without a call, time after time`() async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods()
            try await sandbox.setAuto(goods)
            sandbox.pass(days: 28)
            #expect(sandbox.vendors.legacy.books.sold.count == 1)
            sandbox.pass(days: 1)
            #expect(sandbox.vendors.legacy.books.sold.map(\.kind) == [.order, .autoExtension])
            sandbox.pass(days: 60)
            let books = sandbox.vendors.legacy.books
            let own = books.sold.filter { $0.kind == .autoExtension }
            #expect(
                own.map(\.time) == [
                    "2026-06-26T10:00:00.000+00:00", "2026-07-26T10:00:00.000+00:00", "2026-08-25T10:00:00.000+00:00",
                ])
            #expect(own.allSatisfy { $0.exchange == nil && $0.charged && $0.price.description == "2.62" })
            #expect(own.allSatisfy { $0.orderID == goods.order && $0.quantity == 2 && $0.days == 30 })
            #expect(books.changes.map(\.kind) == [.autoExtendOn, .extend, .extend, .extend])
            #expect(books.changes.map(\.exchange).dropFirst() == [nil, nil, nil])
            #expect(books.entries.filter { $0.sale?.kind == .autoExtension }.allSatisfy { $0.call == nil })
            #expect(try await sandbox.ends() == Array(repeating: "2026-09-25T10:00:00.000+00:00", count: 2))
            let json = try await sandbox.control(.GET, "books", port: sandbox.ports.legacy).json
            #expect(json["sold"]?[1]?["by"]?.string == "vendor")
            #expect(json["sold"]?[1]?["kind"]?.string == "auto_extension")
        }
    }

    @Test func `switched on within the day before the end it is charged at the next look`() async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods()
            sandbox.clock.advance(milliseconds: 30 * 86_400_000 - 1)
            try await sandbox.setAuto(goods)
            #expect(try await sandbox.ends().first == "2026-07-27T10:00:00.000+00:00")
            #expect(sandbox.vendors.legacy.books.sold.last?.kind == .autoExtension)
        }
    }

    @Test func `without the money it is tried once, and the addresses lapse`() async throws {
        try await withSandbox(.with { $0.legacy.balance = .cents(5_23) }) { sandbox in
            try await sandbox.setAuto(try await sandbox.legacyGoods())
            sandbox.pass(days: 29)
            let books = sandbox.vendors.legacy.books
            #expect(books.entries.last?.event == .unpaid)
            #expect(books.entries.last?.amount == .cents(2_62))
            #expect(books.balance == .cents(2_61))
            sandbox.vendors.legacy.topUp(.cents(100_00))
            sandbox.pass(days: 1)
            #expect(try await sandbox.groups() == [])
            #expect(sandbox.vendors.legacy.books.sold.count == 1)
            #expect(sandbox.vendors.legacy.books.entries.filter { $0.event == .unpaid }.count == 1)
        }
    }

    @Test func `an extension by hand puts it off`() async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods()
            try await sandbox.setAuto(goods)
            _ = try await sandbox.legacy(.POST, "extend/order", LegacyWay.orders.body("IPv4", goods))
            sandbox.pass(days: 58)
            #expect(sandbox.vendors.legacy.books.sold.map(\.kind) == [.order, .extension])
            sandbox.pass(days: 1)
            #expect(sandbox.vendors.legacy.books.sold.map(\.kind) == [.order, .extension, .autoExtension])
        }
    }

    @Test func `addresses that end at different times are charged apart`() async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods(.ipv4.with(["quantity": 3]))
            let first = LegacyWay.addresses.body("IPv4", ("", [goods.addresses[0]]), days: 60)
            _ = try await sandbox.legacy(.POST, "extend", first)
            try await sandbox.setAuto(goods)
            sandbox.pass(days: 89)
            let own = sandbox.vendors.legacy.books.sold.filter { $0.kind == .autoExtension }
            #expect(own.map(\.quantity) == [2, 2, 3])
        }
    }

    @Test func `the settings stop it, and say how long before the end it comes`() async throws {
        try await withSandbox(.with { $0.legacy.autoExtensionAheadMs = 3_600_000 }) { sandbox in
            let port = sandbox.ports.legacy
            let (first, second) = (try await sandbox.legacyGoods(), try await sandbox.legacyGoods())
            try await sandbox.setAuto(first)
            sandbox.clock.advance(milliseconds: 30 * 86_400_000 - 3_600_001)
            #expect(sandbox.vendors.legacy.books.sold.count == 2)
            sandbox.clock.advance(milliseconds: 1)
            #expect(sandbox.vendors.legacy.books.sold.count == 3)
            _ = try await sandbox.control(.PATCH, "settings", ["auto_extension_runs": false], port: port)
            try await sandbox.setAuto(second)
            sandbox.pass(days: 100)
            #expect(try await sandbox.groups() == [])
            #expect(sandbox.vendors.legacy.books.sold.count == 3)
            _ = try await sandbox.control(.PATCH, "settings", ["auto_extension_runs": true], port: port)
            #expect(sandbox.vendors.legacy.books.sold.count == 3)
        }
    }
}

extension SandboxFixture {
    fileprivate func extendInfo() async throws -> [SandboxJSON] {
        try await groups().flatMap { $0["ipAddresses"]?.elements ?? [] }.compactMap { $0["extendInfo"] }
    }

    fileprivate func setAuto(_ goods: (order: String, addresses: [String])) async throws {
        let body = LegacyWay.orders.body("IPv4", goods).with(["autoExtend": true])
        #expect(try await legacy(.POST, "extend/order/auto", body).json["success"]?.bool == true)
    }
}

extension LegacyWay {
    fileprivate func ids(_ goods: (order: String, addresses: [String])) -> [String] {
        self == .addresses ? goods.addresses : [goods.order]
    }
}
