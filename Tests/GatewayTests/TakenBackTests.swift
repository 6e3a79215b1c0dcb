import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// What a vendor takes back, or says that it does, though no page of its knows of such a thing. Every case ends with the
/// vendors' books.
@Suite(.serialized, .timeLimit(.minutes(3))) struct TakenBackTests {
    private static func findings(_ id: String, _ api: API) async throws -> [JSON] {
        let events = try await api.get("/orders/\(id)/events").json["data"]?.array ?? []
        return events.filter { $0["type"] == "evidence.read" }
    }

    @Test func `a batch that its vendor calls refunded stays sold, and is told of once, also after a restart`()
        async throws
    {
        var sandbox = Rig.quick
        sandbox.heloData.readyAfterMs = 600_000
        try await Rig.run(sandbox: sandbox) { rig in
            var id = ""
            try await rig.serving { api in
                let order = try await api.buy(Body.isp, key: "k-1")
                id = order.orderID
                #expect(order.status == 201 && order.json["status"] == "provisioning", "\(order.text)")
                let sale = try #require(rig.vendors.heloData.books.sold.first)
                try rig.vendors.heloData.refund(sale.order, sale.price, state: "refunded")
                while try await Self.findings(id, api).isEmpty { await Task.yield() }
                let now = try await api.get("/orders/\(id)").json
                #expect(now["status"] == "provisioning" && now["money_state"] == "spent", "\(now.text)")
                #expect(now["total"] == order.json["total"])
            }
            try await rig.serving { api in
                // It is followed on, and comes to its end where the vendor changes its mind.
                let seen = rig.vendors.heloData.calls(of: .batch)
                while rig.vendors.heloData.calls(of: .batch) < seen + 4 { await Task.yield() }
                let told = try await Self.findings(id, api)
                #expect(told.map { $0["cause"]?.string } == ["undocumented_state"], "\(told)")
                #expect(told.first?["data"]?["state"] == "refunded")
                #expect(told.first?["state"] == "provisioning" && told.first?["previous"] == "provisioning")
                let sale = try #require(rig.vendors.heloData.books.sold.first)
                try rig.vendors.heloData.refund(sale.order, .zero, state: "active")
                try rig.vendors.heloData.change(settings: RefusalTests.patch(#"{"ready_after_ms":0}"#))
                #expect(try await api.settled(id)["status"] == "completed")
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `at a vendor whose balance is below zero nothing is bought, through a restart, until it is not`()
        async throws
    {
        try await Rig.run { rig in
            try await rig.serving { api in
                let owned = try await api.settled(api.buy(Body.isp, key: "before").orderID)
                let id = try #require(owned["id"]?.string)
                rig.vendors.heloData.topUp(SandboxDecimal("-5000.00") ?? .zero)
                rig.vendors.legacy.topUp(SandboxDecimal("-5000.00") ?? .zero)
                // The first that is refused for it by the vendor itself has the account read.
                let calls = rig.vendors.heloData.calls(of: .order)
                var number = 0
                var answer = try await api.buy(Body.residential, key: "poor-0")
                while answer.orderID != "" {
                    #expect(answer.word == "insufficient_balance", "\(answer.text)")
                    number += 1
                    answer = try await api.buy(Body.residential, key: "poor-\(number)")
                }
                try await Self.owes(api, rig)
                #expect(answer.status == 409 && answer.word == "insufficient_balance", "\(answer.text)")
                #expect(answer.json["money_state"] == "not_spent")
                #expect(rig.vendors.heloData.calls(of: .order) == calls + number)
                let renewal = try await api.act(
                    "/orders/\(id)/renew", #"{"months":1,"max_total":"100"}"#, key: "renew")
                #expect(renewal.status == 409 && renewal.word == "insufficient_balance", "\(renewal.text)")
                #expect(try await api.act("/orders/\(id)/rotate-password", key: "rotate").status == 201)
                #expect(try await api.buy(Body.ipv4, key: "y-0").word == "insufficient_balance")
            }
            let calls = rig.vendors.heloData.calls(of: .order)
            try await rig.serving { api in
                let again = try await api.buy(Body.residential, key: "again")
                #expect(again.word == "insufficient_balance" && again.orderID.isEmpty, "\(again.text)")
                #expect(rig.vendors.heloData.calls(of: .order) == calls)
                rig.vendors.heloData.topUp(SandboxDecimal("6000.00") ?? .zero)
                rig.vendors.legacy.topUp(SandboxDecimal("6000.00") ?? .zero)
                for body in [Body.residential, Body.ipv4] {
                    var number = 0
                    var answer = try await api.buy(body, key: "rich-\(body.count)-0")
                    while answer.word == "insufficient_balance" {
                        number += 1
                        answer = try await api.buy(body, key: "rich-\(body.count)-\(number)")
                    }
                    #expect(answer.status == 201, "\(answer.text)")
                }
                let metrics = try await api.with(nil).get("/metrics").text
                #expect(metrics.contains("\npurser_vendor_overdrawn{vendor=\"helodata\"} 0\n"))
                try await rig.booksAgree(api)
            }
        }
    }

    private static func owes(_ api: API, _ rig: Rig) async throws {
        let vendor = try await api.with(rig.operatorKey).get("/vendors/helodata").json
        let balance = vendor["overdraft"]?["balance"]?["amount"]?.string
        #expect(balance == rig.vendors.heloData.books.balance.description, "\(vendor.text)")
        let metrics = try await api.with(nil).get("/metrics").text
        #expect(metrics.contains("\npurser_vendor_overdrawn{vendor=\"helodata\"} 1\n"))
    }
}
