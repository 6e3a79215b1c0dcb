import Foundation
import LegacyVendor
import Purchasing
import PurchasingTestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `What can be done to goods of the legacy vendor` {
    private typealias Goods = LegacyGoodsOnHand
    private static let days30 = ActionTask.renew(.days(30))

    @Test func `is to extend them, now or by themselves`() async throws {
        try await Goods.withVendor([:]) { adapter, server in
            for shape in [ProductShape.isp, .ipv4, .ipv6, .mobileByIP] {
                #expect(adapter.actions(on: shape) == [.renew, .autoRenew])
            }
            #expect(adapter.actions(on: .residential).isEmpty && adapter.actions(on: .mobileByGB).isEmpty)
            for task in [ActionTask.refresh, .rotatePassword, .release, .replace(ip: "1"), .allow("203.0.113.7")] {
                let refusal = Refusal(.rejected, finding: "the vendor has no such call")
                #expect(await adapter.prepare(Goods.call(task)) == .refused(refusal))
                #expect(await adapter.perform(Goods.call(task)) == .refused(refusal))
                await #expect(throws: VendorError.refused(code: "not_offered", message: nil)) {
                    try await adapter.condition(for: Goods.call(task))
                }
            }
            await #expect(throws: VendorError.refused(code: "not_offered", message: nil)) {
                try await adapter.whitelist(ofBatch: "1")
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `is said to be impossible before it is tried`() async throws {
        try await Goods.withVendor([:]) { adapter, _ in
            let faults = { (task: ActionTask, sale: Sale) in
                adapter.objections(to: task, on: sale).map { "\($0.place) \($0.code)" }
            }
            #expect(faults(Self.days30, Goods.sale()).isEmpty)
            #expect(faults(.renew(.months(3), ips: Goods.ips, promoCode: "SAVE10"), Goods.sale()).isEmpty)
            #expect(
                faults(.autoRenew(.days(30)), Goods.sale()).isEmpty && faults(.autoRenew(nil), Goods.sale()).isEmpty)
            #expect(faults(Self.days30, Goods.sale(id: nil)) == [#"vendor("legacy") not_ready"#])
            #expect(faults(.autoRenew(nil), Goods.sale(id: nil)) == [#"vendor("legacy") not_ready"#])
            #expect(faults(Self.days30, Goods.sale(.ipv6)).isEmpty)
            #expect(faults(.renew(.days(30), ips: ["1"]), Goods.sale(.ipv6)) == [#"pointer("/ips") not_supported"#])
            #expect(faults(.renew(.days(30), ips: ["1", "1"]), Goods.sale()) == [#"pointer("/ips") invalid"#])
            #expect(faults(.renew(.days(30), ips: [""]), Goods.sale()) == [#"pointer("/ips") invalid"#])
        }
    }

    @Test func `is asked for in the documented bodies, with one call`() async throws {
        let cases: [(ActionTask, Sale, String)] = [
            (
                .renew(.months(1)), Goods.sale(),
                #"extend/order {"proxyType":"IPv4","orderIds":["1112223334283d122"],"rentPeriodDays":30}"#
            ),
            (
                .renew(.days(90), promoCode: "SAVE10"), Goods.sale(.ipv6),
                #"extend/order {"proxyType":"IPv6","orderIds":["1112223334283d122"],"rentPeriodDays":90,"#
                    + #""promoCode":"SAVE10"}"#
            ),
            (
                .renew(.days(30), ips: ["11111", "22222"], promoCode: "SAVE10"), Goods.sale(.mobile),
                #"extend {"proxyType":"MOBILE","ipAddressIds":["11111","22222"],"rentPeriodDays":30,"#
                    + #""promoCode":"SAVE10"}"#
            ),
            (
                .autoRenew(.months(3)), Goods.sale(.isp),
                #"extend/order/auto {"proxyType":"ISP","orderIds":["1112223334283d122"],"rentPeriodDays":90,"#
                    + #""autoExtend":true}"#
            ),
            (
                .autoRenew(nil), Goods.sale(.ipv6),
                #"extend/order/auto {"proxyType":"IPv6","orderIds":["1112223334283d122"],"rentPeriodDays":360,"#
                    + #""autoExtend":false}"#
            ),
            (
                .autoRenew(nil), Goods.sale(.ipv6, autoRenewal: .days(90)),
                #"extend/order/auto {"proxyType":"IPv6","orderIds":["1112223334283d122"],"rentPeriodDays":90,"#
                    + #""autoExtend":false}"#
            ),
        ]
        for (task, sale, call) in cases {
            try await Goods.withVendor([:]) { adapter, server in
                _ = await adapter.perform(Goods.call(task, sale))
                #expect(server.calls == [call])
            }
        }
    }

    // MARK: Before

    @Test func `is priced and looked at before`() async throws {
        let quote = ScriptedServer.Act.http(200, fixture("calculate-extend-order.ok"))
        try await Goods.withVendor(["calculate/extend/order": quote]) { adapter, server in
            guard case .ready(let price, let baseline) = await adapter.prepare(Goods.call(Self.days30)) else {
                Issue.record("the renewal is not ready")
                return
            }
            #expect(price == .usd("0.80"))
            #expect(baseline.balance == .usd("7.18") && baseline.isThere && baseline.count == 2)
            #expect(baseline.expiresAt == Goods.firstEnd && baseline.renewsItself == true)
            #expect(
                server.calls == [
                    "ipAddress?proxyType=IPv4",
                    #"calculate/extend/order {"proxyType":"IPv4","orderIds":["1112223334283d122"],"rentPeriodDays":30}"#,
                ])
        }
        let parts = ScriptedServer.Act.http(200, fixture("calculate-extend.promo-valid"))
        try await Goods.withVendor(["calculate/extend": parts]) { adapter, server in
            let task = ActionTask.renew(.days(30), ips: [Goods.ips[0]], promoCode: "SAVE10")
            guard case .ready(let price, let baseline) = await adapter.prepare(Goods.call(task)) else {
                Issue.record("the renewal of a part is not ready")
                return
            }
            #expect(price == .usd("2.65") && baseline.expiresAt == Goods.laterEnd)
            #expect(
                server.calls.last
                    == #"calculate/extend {"proxyType":"IPv4","ipAddressIds":["1111111111111111111"],"#
                    + #""rentPeriodDays":30,"promoCode":"SAVE10"}"#)
        }
    }

    @Test func `is only looked at where it costs nothing`() async throws {
        for task in [ActionTask.autoRenew(.days(30)), .autoRenew(nil)] {
            try await Goods.withVendor([:]) { adapter, server in
                guard case .ready(price: nil, let baseline) = await adapter.prepare(Goods.call(task)) else {
                    Issue.record("\(task) is not ready")
                    return
                }
                #expect(baseline.renewsItself == true && baseline.balance == nil)
                #expect(server.calls == ["ipAddress?proxyType=IPv4"])
            }
        }
    }

    @Test func `has a balance to be held against, from a call of its own where the price comes without`() async throws {
        let quote = fixture("calculate-extend-order.ok").replacingOccurrences(of: "7.18", with: "null")
        try await Goods.withVendor(["calculate/extend/order": .http(200, quote)]) { adapter, _ in
            guard case .ready(_, let baseline) = await adapter.prepare(Goods.call(Self.days30)) else {
                Issue.record("the renewal is not ready")
                return
            }
            #expect(baseline.balance == .usd("25.03"))
        }
        let answers: [String: ScriptedServer.Act] = [
            "calculate/extend/order": .http(200, quote), "balance": .http(500, ""),
        ]
        try await Goods.withVendor(answers) { adapter, _ in
            let prepared = await adapter.prepare(Goods.call(Self.days30))
            #expect(prepared == .unavailable(reason: "status_500", retryAfter: nil))
        }
    }

    @Test(arguments: [
        ("calculate-extend-order.warnings", Refusal.Reason.insufficientBalance, "16"),
        ("calculate-extend-order.promo-no-valid", .promoCodeInvalid, "NO_VALID"),
        ("calculate-extend-order.failure", .rejected, "29"), ("balance.error-api-key", .authFailed, "2"),
    ])
    func `is refused before it is tried`(_ name: String, _ reason: Refusal.Reason, _ code: String) async throws {
        try await Goods.withVendor(["calculate/extend/order": .http(200, fixture(name))]) { adapter, server in
            guard case .refused(let refusal) = await adapter.prepare(Goods.call(Self.days30)) else {
                Issue.record("\(name) is no refusal")
                return
            }
            #expect(refusal.reason == reason && refusal.vendorCode == code)
            #expect(!server.calls.contains { $0.hasPrefix("extend") })
        }
    }

    @Test func `keeps the key to itself, whatever the vendor says`() async throws {
        let leaking = ScriptedServer.Act.http(200, LegacyDialect.failure("29"))
        let list = "ipAddress?proxyType=IPv4"
        for answers in [["calculate/extend/order": leaking], [list: leaking]] {
            try await Goods.withVendor(answers) { adapter, _ in
                let call = Goods.call(Self.days30)
                var words = "\(await adapter.prepare(call))"
                do { words += "\(try await adapter.condition(for: call))" } catch { words += "\(error)" }
                #expect(!words.contains(LegacyDialect.key) && words.contains("29"), "\(words)")
            }
        }
    }

    @Test(arguments: [
        ("calculate-extend.warnings", Refusal.Reason.insufficientBalance), ("calculate-extend.failure", .rejected),
        ("calculate-extend.promo-no-valid", .promoCodeInvalid),
    ])
    func `is refused for a part before it is tried`(_ name: String, _ reason: Refusal.Reason) async throws {
        try await Goods.withVendor(["calculate/extend": .http(200, fixture(name))]) { adapter, _ in
            let prepared = await adapter.prepare(Goods.call(.renew(.days(30), ips: Goods.ips)))
            guard case .refused(let refusal) = prepared else {
                Issue.record("\(name) is no refusal")
                return
            }
            #expect(refusal.reason == reason)
        }
    }

    @Test func `is not tried on goods that are not there, nor on those of another order`() async throws {
        let refused = ActionPreparation.refused(Refusal(.rejected, finding: "the account shows no such goods"))
        try await Goods.withVendor([:]) { adapter, server in
            #expect(await adapter.prepare(Goods.call(Self.days30, Goods.sale(id: "9"))) == refused)
            #expect(await adapter.prepare(Goods.call(.autoRenew(nil), Goods.sale(id: "9"))) == refused)
            let others = ActionTask.renew(.days(30), ips: [Goods.ips[0], "3333333333333333333"])
            #expect(await adapter.prepare(Goods.call(others)) == refused)
            #expect(Set(server.calls) == ["ipAddress?proxyType=IPv4"])
        }
    }

    @Test func `can name a part by its addresses, since the vendor's ids are told nowhere else`() async throws {
        let address = try #require(Goods.addresses.first)
        let answers: [String: ScriptedServer.Act] = [
            "calculate/extend": .http(200, fixture("calculate-extend.promo-valid")), "extend": .reset,
        ]
        try await Goods.withVendor(answers) { adapter, server in
            let task = ActionTask.renew(.days(30), ips: [address])
            guard case .ready(_, let baseline) = await adapter.prepare(Goods.call(task)) else {
                Issue.record("the renewal of an address is not ready")
                return
            }
            #expect(baseline.expiresAt == Goods.laterEnd)
            #expect(server.calls.last?.contains(#""ipAddressIds":["1111111111111111111"]"#) == true)
            _ = await adapter.perform(Goods.call(task))
            #expect(
                server.calls.last?.hasPrefix(#"extend {"proxyType":"IPv4","ipAddressIds":["1111111111111111111"],"#)
                    == true)
            let twice = ActionTask.renew(.days(30), ips: [address, Goods.ips[0]])
            #expect(
                await adapter.prepare(Goods.call(twice))
                    == .refused(Refusal(.rejected, finding: "the account shows no such goods")))
        }
        let list = "ipAddress?proxyType=IPv4"
        try await Goods.withVendor([list: .http(503, "")]) { adapter, server in
            let outcome = await adapter.perform(Goods.call(.renew(.days(30), ips: [address])))
            #expect(outcome == .notSent(.unreachable("status_503")))
            #expect(server.calls == [list])
        }
    }

    @Test func `is told which periods the vendor allows when it refuses one`() async throws {
        let refusal = LegacyDialect.failure("11")
        for (periods, finding) in [
            (#"{"success":true,"rentPeriodDays":[90,30],"error":null}"#, "it rents for 30, 90 days"), ("x", nil),
        ] {
            let answers: [String: ScriptedServer.Act] = [
                "calculate/extend/order": .http(200, refusal), "rentPeriod?proxyType=IPv4": .http(200, periods),
            ]
            try await Goods.withVendor(answers) { adapter, _ in
                guard case .refused(let refusal) = await adapter.prepare(Goods.call(.renew(.days(31)))) else {
                    Issue.record("31 days are no refusal")
                    return
                }
                #expect(refusal.vendorCode == "11" && refusal.finding == finding)
            }
        }
    }

    @Test func `waits while the vendor cannot be asked`() async throws {
        let list = "ipAddress?proxyType=IPv4"
        let limit = ScriptedServer.Act.http(429, "", headers: ["Retry-After": "8"])
        let cases: [([String: ScriptedServer.Act], String, Duration?)] = [
            ([list: .http(503, "")], "status_503", nil), ([list: .reset], "connection_lost", nil),
            ([list: limit], "rate_limited", .seconds(8)), ([list: .http(200, "{}")], "success", nil),
            ([list: .http(200, #"{"success":true,"IPv4":[],"totalPages":2}"#)], "partial_list", nil),
            (["calculate/extend/order": .http(500, "")], "status_500", nil),
            (["calculate/extend/order": limit], "rate_limited", .seconds(8)),
            (["calculate/extend/order": .http(200, "<html>")], "unreadable_quote", nil),
            (["calculate/extend/order": .http(200, LegacyDialect.failure("35"))], "vendor_error_35", nil),
        ]
        for (answers, reason, wait) in cases {
            try await Goods.withVendor(answers) { adapter, _ in
                let prepared = await adapter.prepare(Goods.call(Self.days30))
                #expect(prepared == .unavailable(reason: reason, retryAfter: wait))
            }
        }
        for act in [ScriptedServer.Act.http(401, ""), .http(200, fixture("balance.error-api-key"))] {
            try await Goods.withVendor([list: act]) { adapter, _ in
                #expect(await adapter.prepare(Goods.call(Self.days30)) == .refused(Refusal(.authFailed)))
            }
        }
    }
}
