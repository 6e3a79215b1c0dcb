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
                let batch = try #require(owned["batch_id"]?.string)
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
                #expect(try await api.act("/isp/batches/\(batch)/rotate-password", key: "rotate").status == 201)
                #expect(try await api.buy(Body.ipv4, key: "y-0").word == "insufficient_balance")
                // A restart remembers what was read after the last change of an order there.
                let seen = rig.vendors.heloData.calls(of: .me)
                while rig.vendors.heloData.calls(of: .me) < seen + 2 { await Task.yield() }
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

    private static func amount(_ json: JSON?) -> SandboxDecimal? {
        json?["amount"]?.string.flatMap { SandboxDecimal($0) }
    }

    /// Writes down what came back.
    private static func note(_ body: String, _ id: String, _ api: API, key: String) async throws -> API.Answer {
        try await api.act("/orders/\(id)/refunds", body, key: key)
    }

    @Test func `a refund is an entry of its own, and the order stands as it was`() async throws {
        try await Rig.run { rig in
            var before: JSON = .null
            try await rig.serving { api in
                let operating = api.with(rig.operatorKey)
                let budget = #"{"limit":"500","period":"total","reason":"a test"}"#
                #expect(try await operating.call("PUT", "/budgets/crawler", body: budget).status == 200)
                let first = try await api.settled(api.buy(Body.residential, key: "h").orderID)
                let second = try await api.settled(api.buy(Body.ipv4, key: "y").orderID)
                let spent = try await operating.get("/budgets/crawler").json["spent"]
                for (order, vendor) in [(first, rig.vendors.heloData), (second, rig.vendors.legacy)] {
                    let id = try #require(order["id"]?.string)
                    let sale = try #require(vendor.books.sold.first)
                    let half = try #require(SandboxDecimal("1.05"))
                    try vendor.refund(sale.order, half)
                    let body = #"{"amount":"1.05","note":"half was dead","vendor_reference":"CN-1"}"#
                    let noted = try await Self.note(body, id, operating, key: "credit-\(id)")
                    #expect(noted.status == 201 && noted.json["number"]?.int == 1, "\(noted.text)")
                    #expect(Self.amount(noted.json["amount"]) == half && noted.json["by"] == "ops")
                    let again = try await Self.note(body, id, operating, key: "credit-\(id)")
                    #expect(again.json == noted.json && again.headers["idempotent-replayed"] == "true")
                    let other = try await Self.note(#"{"amount":"1","note":"x"}"#, id, operating, key: "credit-\(id)")
                    #expect(other.status == 422 && other.word == "idempotency_key_reused", "\(other.text)")
                    let shown = try await api.get("/orders/\(id)").json
                    #expect(shown["refunded"] == ["amount": "1.05", "currency": "USD"])
                    for member in ["status", "money_state", "total", "total_source", "settled_at"] {
                        #expect(shown[member] == order[member], "\(member)")
                    }
                    let listed = try await api.get("/orders/\(id)/refunds").json["data"]?.array
                    #expect(listed == [noted.json])
                    let last = try await api.get("/orders/\(id)/events").json["data"]?.array?.last
                    #expect(
                        last?["type"] == "refund.recorded" && last?["state"] == order["status"], "\(last?.text ?? "")")
                    #expect(last?["data"]?["note"] == "half was dead" && last?["actor"]?["kind"] == "operator")
                    #expect(try await Self.note(body, id, api, key: "mine").status == 403)
                }
                try await Self.refusals(first, operating, rig)
                #expect(try await operating.get("/budgets/crawler").json["spent"] == spent)
                let sums = try await operating.get("/orders/stats?group_by=vendor").json
                #expect(sums["data"]?.array?.map { $0["refunded"]?["amount"]?.string } == ["1.05", "1.05"])
                let total = sums["totals"]?.array?.first
                #expect(total?["refunded"]?["amount"] == "2.10" && total?["spent"] == spent, "\(sums.text)")
                let table = try await operating.get("/orders?format=csv&fields=id,total,refunded").text
                #expect(table.components(separatedBy: ",1.05\r\n").count == 3, "\(table)")
                let metrics = try await api.with(nil).get("/metrics").text
                #expect(
                    metrics.contains("purser_orders_refunded_money_total{vendor=\"legacy\",currency=\"USD\"} 1.05\n"))
                try await rig.booksAgree(api)
                before = try await operating.get("/orders").json
            }
            try await rig.serving { api in
                #expect(try await api.with(rig.operatorKey).get("/orders").json == before)
                let id = before["data"]?.array?.last?["id"]?.string ?? ""
                let arguments = ["orders", "refund", id, "--amount", "0.95", "--note", "the rest", "--yes"]
                let command = try CommandProcess(arguments, url: api.url, key: rig.operatorKey)
                #expect(await command.status() == 0 && command.output.contains("0.95 USD"), "\(command.error)")
                let shown = try CommandProcess(["orders", "show", id], url: api.url, key: rig.operatorKey)
                #expect(await shown.status() == 0 && shown.output.contains("2.00 USD"), "\(shown.output)")
            }
            let verified = try await rig.place.run(["verify", "--config", rig.place.configuration])
            #expect(verified.status == 0, "\(verified.output)")
        }
    }

    /// What cannot have come back is refused, each with its own code, and changes nothing.
    private static func refusals(_ order: JSON, _ api: API, _ rig: Rig) async throws {
        let id = order["id"]?.string ?? ""
        var fault = SandboxFault(.refuse, on: .order)
        (fault.status, fault.code) = (422, "insufficient_inventory")
        try rig.vendors.heloData.queue(fault)
        let failed = try await api.buy(Body.residential, key: "failed").orderID
        let rows = [
            (failed, #"{"amount":"1","note":"x"}"#, 409, "not_refundable"),
            (id, #"{"amount":"1","currency":"EUR","note":"x"}"#, 409, "refund_currency_mismatch"),
            (id, #"{"amount":"1000","note":"x"}"#, 409, "refund_exceeds_total"),
            (id, #"{"amount":"0","note":"x"}"#, 422, "invalid_request"),
            (id, #"{"amount":"-1","note":"x"}"#, 422, "invalid_request"),
            (id, #"{"amount":"1"}"#, 422, "invalid_request"), (id, #"{"note":"x"}"#, 422, "invalid_request"),
            (id, #"{"amount":"1","note":"x","status":"failed"}"#, 422, "invalid_request"),
            ("ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC", #"{"amount":"1","note":"x"}"#, 404, "not_found"),
        ]
        for (index, row) in rows.enumerated() {
            let answer = try await note(row.1, row.0, api, key: "bad-\(index)")
            #expect(answer.status == row.2 && answer.word == row.3, "\(row.1): \(answer.text)")
        }
        let keyless = try await api.call("POST", "/orders/\(id)/refunds", body: #"{"amount":"1","note":"x"}"#)
        #expect(keyless.status == 400 && keyless.word == "idempotency_key_missing")
        let taken = try await note(#"{"amount":"1","note":"x"}"#, id, api, key: "failed")
        #expect(taken.status == 422 && taken.word == "idempotency_key_reused", "\(taken.text)")
        let bought = try await api.buy(Body.residential, key: "credit-\(id)")
        #expect(bought.status == 422 && bought.word == "idempotency_key_reused", "\(bought.text)")
        #expect(try await api.get("/orders/\(id)/refunds").json["data"]?.array?.count == 1)
    }
}
