import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Budgets of clients` {
    static let five = #"{"limit":"5.00","period":"month","reason":"a trial"}"#

    @Test func `are set by operators, and seen by their own clients and by auditors`() async throws {
        try await Office.open { office in
            #expect(try await office.call(.get, "/budgets", as: .auditor).json["data"] == [])
            #expect(try await office.call(.get, "/budgets/crawler", as: .operator).status == 404)
            let set = try await office.call(.put, "/budgets/crawler", as: .operator, body: Self.five)
            #expect(set.status == 200)
            #expect(
                set.json["limit"] == ["amount": "5.00", "currency": "USD"] && set.json["free"] == set.json["limit"])
            #expect(set.json["by"] == "crawler" && set.json["reason"] == "a trial")
            #expect(try await office.call(.put, "/budgets/other", as: .operator, body: Self.five).status == 200)
            #expect(try await office.call(.get, "/budgets", as: .auditor).json["data"]?.array?.count == 2)
            #expect(try await office.call(.get, "/budgets", as: .buyer).json["data"] == [set.json])
            #expect(try await office.call(.get, "/budgets/crawler", as: .buyer).json == set.json)
            for path in ["/budgets/other", "/budgets/other/changes", "/budgets/nobody"] {
                #expect(try await office.call(.get, path, as: .buyer).code == "not_found")
            }
            let mine = try await office.call(.get, "/budgets/other", token: office.stranger)
            #expect(mine.json["client"] == "other")
        }
    }

    @Test func `refuse what they have no room for, with their figures`() async throws {
        let vendor = ScriptedVendor.idempotent { script in
            script.listPrices = [.residential: UnitPrice(Money(Millionths(4_500_000)), per: .gb)]
        }
        try await Office.open(vendor: vendor) { office in
            try await office.call(.put, "/budgets/crawler", as: .operator, body: Self.five)
            let refused = try await office.buy()
            #expect(refused.status == 402 && refused.code == "budget_exceeded")
            #expect(refused.retry == "ask_operator" && refused.money == "not_spent")
            #expect(refused.json["detail"]?.string?.contains("has 5.00 left") == true)
            #expect(refused.json["order_id"] == nil)
            let raised = Self.five.replacing("5.00", with: "500")
            try await office.call(.put, "/budgets/crawler", as: .operator, body: raised)
            #expect(try await office.buy().status == 201)
            let metrics = try await office.call(.get, "/metrics")
            let read = try ReadExposition(metrics.text)
            #expect(read["purser_budget_limit_money{client=\"crawler\",period=\"month\"}"] == "500.00")
            #expect(read["purser_budget_free_money{client=\"crawler\",period=\"month\"}"] == "477.50")
            #expect(!metrics.text.contains("client=\"other\""))
        }
    }

    @Test func `warn of a client that no key belongs to, and of one whose keys are revoked`() async throws {
        try await Office.open { office in
            let known = try await office.call(.put, "/budgets/crawler", as: .operator, body: Self.five)
            #expect(known.json["warnings"] == [])
            let slip = try await office.call(.put, "/budgets/crawlr", as: .operator, body: Self.five)
            #expect(slip.status == 200)
            #expect(slip.json["warnings"]?.array?.map { $0.string?.contains("named crawlr") } == [true])
            let key = try #require(office.keys.list().first { $0.client == "other" })
            try await office.call(.put, "/budgets/other", as: .operator, body: Self.five)
            _ = try await office.keys.revoke(key.id)
            let shown = try await office.call(.get, "/budgets/other", as: .auditor)
            #expect(shown.json["warnings"]?.array?.count == 1)
        }
    }

    @Test func `are told beside each vendor's quote where they would refuse it`() async throws {
        let vendor = ScriptedVendor.idempotent { script in
            script.listPrices = [.residential: UnitPrice(Money(Millionths(4_500_000)), per: .gb)]
        }
        let other = Vendor(name: "untold", adapter: ScriptedVendor.idempotent())
        try await Office.open(vendor: vendor, others: [other]) { office in
            let quote = { (role: Role) async throws -> [JSON] in
                let reply = try await office.call(.post, "/quotes", as: role, body: Office.traffic)
                #expect(reply.status == 200)
                return (reply.json["data"]?.array ?? []).map { $0["budget_problem"]?["code"] ?? .null }
            }
            let free = try await quote(.buyer)
            try await office.call(.put, "/budgets/crawler", as: .operator, body: Self.five)
            let short = try await quote(.buyer)
            let raised = Self.five.replacing("5.00", with: "22.50")
            try await office.call(.put, "/budgets/crawler", as: .operator, body: raised)
            let enough = try await quote(.buyer)
            #expect(free == [.null, .null])
            #expect(short == ["budget_exceeded", "price_unknown"])
            #expect(enough == [.null, "price_unknown"])
        }
    }

    @Test func `are removed, and what became of them is kept`() async throws {
        try await Office.open { office in
            #expect(try await office.call(.delete, "/budgets/crawler", as: .operator).status == 404)
            try await office.call(.put, "/budgets/crawler", as: .operator, body: Self.five)
            let removed = try await office.call(.delete, "/budgets/crawler", as: .operator)
            #expect(removed.status == 200)
            #expect(removed.json["data"]?.array?.map { $0["period"] } == [.null, "month"])
            #expect(try await office.call(.get, "/budgets/crawler", as: .operator).status == 404)
            #expect(try await office.call(.get, "/budgets/crawler/changes", as: .buyer).json == removed.json)
            #expect(try await office.buy().status == 201)
        }
    }

    @Test(arguments: [
        (#"{}"#, ["/limit required", "/period required", "/reason required"]),
        (#"{"limit":"-1","period":"week","reason":"x"}"#, ["/limit invalid_amount", "/period invalid_choice"]),
        (
            #"{"limit":"12345678","period":"day","reason":"x","client":"y"}"#,
            ["/client unknown_field", "/limit invalid_amount"]
        ),
    ])
    func `name every fault`(body: String, faults: [String]) async throws {
        try await Office.open { office in
            let reply = try await office.call(.put, "/budgets/crawler", as: .operator, body: body)
            #expect(reply.status == 422)
            #expect(reply.faults.sorted() == faults)
            let misnamed = try await office.call(.put, "/budgets/a%20b", as: .operator, body: Self.five)
            #expect(misnamed.faults == ["client invalid_text"], "\(misnamed.text)")
        }
    }
}
