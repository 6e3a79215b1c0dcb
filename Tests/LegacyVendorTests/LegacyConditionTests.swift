import ExactJSON
import Foundation
import LegacyVendor
import Purchasing
import PurchasingTestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `The condition of goods at the legacy vendor` {
    private typealias Goods = LegacyGoodsOnHand
    private static let list = "ipAddress?proxyType=IPv4"
    private static let renewal = ActionTask.renew(.days(30))

    private func condition(_ task: ActionTask = renewal, in list: String, id: String = Goods.orderID) async throws
        -> GoodsCondition
    {
        var condition = GoodsCondition(isThere: false)
        try await Goods.withVendor([Self.list: .http(200, list)]) { adapter, _ in
            condition = try await adapter.condition(for: Goods.call(task, Goods.sale(id: id)))
        }
        return condition
    }

    private func condition(_ task: ActionTask = renewal, id: String = Goods.orderID) async throws -> GoodsCondition {
        try await condition(task, in: fixture("ipAddress.assumed-extendable"), id: id)
    }

    /// The list with a text replaced in it.
    private func changed(_ text: String, to other: String) -> String {
        fixture("ipAddress.assumed-extendable").replacingOccurrences(of: text, with: other)
    }

    @Test func `is that of its order, and of no other`() async throws {
        var expected = GoodsCondition(isThere: true)
        expected.expiresAt = Goods.firstEnd
        expected.count = 2
        // printf '198.51.100.42\n198.51.100.43' | sha256sum
        expected.ips = "4d7fdf69435cfb47f5deeb7597ca42b99b1571a0f7daff06b907c83dd250d534"
        expected.renewsItself = true
        expected.balance = .usd("25.03")
        #expect(try await condition() == expected)
        let other = try await condition(id: "45654645634283d122")
        #expect(other.count == 1 && other.renewsItself == false && other.ips != expected.ips)
        var gone = GoodsCondition(isThere: false)
        gone.balance = .usd("25.03")
        #expect(try await condition(id: "9") == gone)
    }

    @Test func `is that of the named IPs, where some are`() async throws {
        #expect(try await condition(.renew(.days(30), ips: [Goods.ips[0]])).expiresAt == Goods.laterEnd)
        #expect(try await condition(.renew(.days(30), ips: [Goods.ips[1]])).expiresAt == Goods.firstEnd)
        #expect(try await condition(.renew(.days(30), ips: Goods.ips)).expiresAt == Goods.firstEnd)
        let others = try await condition(.renew(.days(30), ips: [Goods.ips[0], "3333333333333333333"]))
        #expect(others.isThere && others.count == 2 && others.expiresAt == nil)
    }

    @Test func `is told without the balance where nothing is charged`() async throws {
        try await Goods.withVendor([:]) { adapter, server in
            let condition = try await adapter.condition(for: Goods.call(.autoRenew(nil)))
            #expect(condition.balance == nil && condition.renewsItself == true)
            #expect(server.calls == [Self.list])
        }
    }

    @Test func `renews itself only for as long as was asked for`() async throws {
        #expect(try await condition(.autoRenew(.days(30))).renewsItself == true)
        #expect(try await condition(.autoRenew(.months(1))).renewsItself == true)
        #expect(try await condition(.autoRenew(.days(90))).renewsItself == false)
        #expect(try await condition(.autoRenew(nil)).renewsItself == true)
        let text = changed(#""extendDays": 30"#, to: #""extendDays": "90""#)
        #expect(try await condition(.autoRenew(.days(90)), in: text).renewsItself == true)
        let untold = changed(#", "extendDays": 30"#, to: "")
        #expect(try await condition(.autoRenew(.days(90)), in: untold).renewsItself == nil)
        #expect(try await condition(.autoRenew(nil), in: untold).renewsItself == true)
    }

    @Test func `is not told where a record does not tell it`() async throws {
        let noEnd = changed("2026-06-27T10:00:00.220+00:00", to: "soon")
        #expect(try await condition(in: noEnd).expiresAt == nil)
        #expect(try await condition(.renew(.days(30), ips: [Goods.ips[0]]), in: noEnd).expiresAt == Goods.laterEnd)
        let noAddress = changed(#""ipAddressIp": "198.51.100.42","#, to: "")
        let condition = try await condition(in: noAddress)
        #expect(condition.ips == nil && condition.count == 2)
        let mixed = fixture("ipAddress.assumed-extendable")
        let first = try #require(mixed.range(of: #""autoExtend": true"#))
        #expect(
            try await self.condition(in: mixed.replacingCharacters(in: first, with: #""autoExtend": false"#))
                .renewsItself
                == nil)
        #expect(try await self.condition(in: changed("extendInfo", to: "extension")).renewsItself == nil)
    }

    @Test func `changes its digest with its IPs, and not with their order`() async throws {
        let before = try await condition().ips
        let swapped = changed("198.51.100.42", to: "x").replacingOccurrences(of: "198.51.100.43", with: "198.51.100.42")
            .replacingOccurrences(of: "\"x\"", with: #""198.51.100.43""#)
        #expect(try await condition(in: swapped).ips == before)
        #expect(try await condition(in: changed("198.51.100.42", to: "198.51.100.99")).ips != before)
    }

    @Test(arguments: [
        #"{"success":true,"IPv4":[],"totalPages":2}"#, #"{"success":true,"IPv4":[],"last":false}"#,
        #"{"success":true,"IPv4":[],"totalElements":2}"#, #"{"success":true,"IPv4":[{"orderId":"1112223334283d122"}]}"#,
        #"{"success":true}"#, "{}", "", "<html>", "null",
    ])
    func `is not told by a part of a list`(_ list: String) async throws {
        try await Goods.withVendor([Self.list: .http(200, list)]) { adapter, _ in
            for task in [Self.renewal, .autoRenew(nil)] {
                let error = await #expect(throws: VendorError.self) {
                    try await adapter.condition(for: Goods.call(task))
                }
                guard case .unreadable = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }
    }

    @Test func `is not told by a vendor that cannot be asked`() async throws {
        let cases: [([String: ScriptedServer.Act], VendorError)] = [
            ([Self.list: .http(502, "")], .unavailable(reason: "status_502")),
            ([Self.list: .reset], .unavailable(reason: "connection_lost")),
            ([Self.list: .http(200, fixture("balance.error-api-key"))], .authFailed),
            ([Self.list: .http(429, "", headers: ["Retry-After": "8"])], .rateLimited(retryAfter: .seconds(8))),
            (["balance": .http(500, "")], .unavailable(reason: "status_500")),
            (["balance": .http(200, #"{"success":true,"balance":null}"#)], .unreadable("balance")),
        ]
        for (answers, expected) in cases {
            try await Goods.withVendor(answers) { adapter, _ in
                await #expect(throws: expected) { try await adapter.condition(for: Goods.call(Self.renewal)) }
            }
        }
    }

    @Test func `is also found by the id of the goods`() async throws {
        try await Goods.withVendor([:]) { adapter, _ in
            let goods = try await adapter.goods(Goods.orderID)
            #expect(goods?.id == Goods.orderID && goods?.quantity == 2 && goods?.endsAt == Goods.firstEnd)
            #expect(goods?.details.text.contains("Mz4yQv8R") == false)
            let none = try await adapter.goods("9")
            #expect(none == nil)
        }
        try await Goods.withVendor(["ipAddress": .http(200, #"{"success":true,"IPv4":[],"hasNext":true}"#)]) {
            adapter, _ in
            await #expect(throws: VendorError.unreadable("partial_list")) { try await adapter.goods("9") }
        }
    }
}
