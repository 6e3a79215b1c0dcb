import ExactJSON
import Foundation
import Testing
import VendorSandbox

#if canImport(Glibc)
    import Glibc
#endif

/// A client's budget, with the built program and the vendors' books: what is shown is what refuses, and both are what was
/// spent.
@Suite(.serialized, .timeLimit(.minutes(4))) struct BudgetTests {
    /// 10.00 at HeloData.
    static let ten = #"{"product":"mobile","gb":1.25}"#
    static let fifty = #"{"limit":"50.00","period":"total","reason":"a trial"}"#

    /// `spent held free` of a client.
    static func figures(_ api: API, _ client: String = "crawler") async throws -> String {
        let budget = try await api.get("/budgets/\(client)").json
        return ["spent", "held", "free"].map { budget[$0]?["amount"]?.string ?? "?" }.joined(separator: " ")
    }

    @Test func `of a hundred orders of ten at once a budget of fifty buys exactly five`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let operating = api.with(rig.operatorKey)
                let set = try await operating.call("PUT", "/budgets/crawler", body: Self.fifty)
                #expect(set.status == 200, "\(set.text)")
                let answers = try await withThrowingTaskGroup(of: API.Answer.self) { group in
                    for number in 0..<100 { group.addTask { try await api.buy(Self.ten, key: "k-\(number)") } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.filter { $0.status == 201 }.count == 5)
                let refused = answers.filter { $0.status == 402 }
                #expect(refused.count == 95)
                #expect(refused.allSatisfy { $0.word == "budget_exceeded" && $0.json["money_state"] == "not_spent" })
                #expect(try await Self.figures(operating) == "50.00 0.00 0.00")
                #expect(try await Self.figures(api) == "50.00 0.00 0.00")
                #expect(rig.vendors.heloData.books.sold.count == 5)
                // Nothing is free, so nothing is stored, and the key stays free for when there is more.
                let last = try await api.buy(Self.ten, key: "later")
                #expect(last.status == 402 && last.json["order_id"] == nil, "\(last.text)")
                #expect(last.json["detail"]?.string?.contains("0.00 left") == true, "\(last.text)")
                let raised = #"{"limit":"60.00","period":"month","reason":"it was too little"}"#
                #expect(try await operating.call("PUT", "/budgets/crawler", body: raised).status == 200)
                #expect(try await Self.figures(api) == "50.00 0.00 10.00")
                #expect(try await api.buy(Self.ten, key: "later").status == 201)
                #expect(try await api.with(rig.other).buy(Self.ten, key: "theirs").status == 201)
                let metrics = try await api.with(nil).get("/metrics").text
                #expect(metrics.contains(#"purser_budget_free_money{client="crawler",period="#))
                try await rig.booksAgree(api)
            }
            let verified = try await rig.place.run(["verify", "--config", rig.place.configuration])
            #expect(verified.status == 0, "\(verified.output)")
        }
    }

    @Test func `an open order keeps its hold through kill -9, and a second one is refused by it`() async throws {
        try await Rig.run { rig in
            let operating = { (api: API) in api.with(rig.operatorKey) }
            let gateway = try await GatewayProcess.start(in: rig.place)
            let api = API(url: gateway.url, key: rig.buyer)
            let budget = #"{"limit":"15","period":"day","reason":"a trial"}"#
            #expect(try await operating(api).call("PUT", "/budgets/crawler", body: budget).status == 200)
            var broken = SandboxFault(.status, on: .order)
            broken.status = 500
            broken.times = nil
            try rig.vendors.heloData.queue(broken)
            let open = try await api.buy(Self.ten, key: "k-1", prefer: "wait=1")
            #expect(open.word == "unknown", "\(open.text)")
            #expect(try await Self.figures(api) == "0.00 10.00 5.00")
            await gateway.kill()
            try await rig.serving { api in
                #expect(try await Self.figures(api) == "0.00 10.00 5.00")
                let second = try await api.buy(Self.ten, key: "k-2")
                #expect(second.word == "budget_exceeded", "\(second.text)")
                rig.vendors.heloData.clearFaults()
                #expect(try await api.settled(open.orderID)["status"] == "completed")
                #expect(try await Self.figures(api) == "10.00 0.00 5.00")
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.count == 1)
            }
        }
    }

    @Test func `a renewal spends from the same budget, and a refusal gives its hold back`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let operating = api.with(rig.operatorKey)
                let order = try await api.settled(api.buy(Body.isp, key: "k-1").orderID)
                let id = try #require(order["id"]?.string)
                #expect(order["total"]?["amount"] == "30.00", "\(order.text)")
                let budget = #"{"limit":"75","period":"month","reason":"a trial"}"#
                #expect(try await operating.call("PUT", "/budgets/crawler", body: budget).status == 200)
                // What was spent before counts.
                #expect(try await Self.figures(api) == "30.00 0.00 45.00")
                let renewed = try await api.act("/orders/\(id)/renew", #"{"months":1}"#, key: "r-1")
                #expect(renewed.status == 201, "\(renewed.text)")
                #expect(try await Self.figures(api) == "60.00 0.00 15.00")
                let again = try await api.act("/orders/\(id)/renew", #"{"months":1}"#, key: "r-2")
                #expect(again.status == 402, "\(again.text)")
                #expect(again.word == "budget_exceeded" && again.json["money_state"] == "not_spent")
                var poor = SandboxFault(.status, on: .order)
                poor.status = 409
                poor.body = #"{"error":{"code":"insufficient_balance","message":"no funds"}}"#
                try rig.vendors.heloData.queue(poor)
                #expect(try await api.buy(Self.ten, key: "k-2").status >= 400)
                #expect(try await Self.figures(api) == "60.00 0.00 15.00")
                #expect(try await operating.call("DELETE", "/budgets/crawler").status == 200)
                #expect(try await api.get("/budgets/crawler").status == 404)
                #expect(try await api.act("/orders/\(id)/renew", #"{"months":1}"#, key: "r-3").status == 201)
                let changes = try await operating.get("/budgets/crawler/changes").json["data"]?.array ?? []
                #expect(changes.map { $0["limit"]?["amount"]?.string } == [nil, "75.00"])
                #expect(changes.allSatisfy { $0["by"] == "ops" })
                try await rig.booksAgree(api, acting: [id])
            }
        }
    }

    @Test func `where a budget needs a price that nobody has read yet, the vendor is asked for it`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let budget = #"{"limit":"45","period":"total","reason":"a trial"}"#
                let set = try await api.with(rig.operatorKey).call("PUT", "/budgets/crawler", body: budget)
                #expect(set.status == 200)
                let first = try await api.buy(Body.isp, key: "k-1")
                #expect(first.status == 201, "\(first.text)")
                #expect(try await Self.figures(api) == "30.00 0.00 15.00")
                let second = try await api.buy(Body.isp, key: "k-2")
                #expect(second.word == "budget_exceeded", "\(second.text)")
                let third = try await api.buy(Body.ipv4, key: "k-3")
                #expect(third.status == 201, "\(third.text)")
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a terminal sets, shows and removes a budget`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let run = { (words: [String]) in try CommandProcess(words, url: api.url, key: rig.operatorKey) }
                let set = try run([
                    "budgets", "set", "crawler", "--limit", "50", "--period", "day", "--reason", "a trial",
                ])
                #expect(await set.status() == 0, "\(set.error)")
                #expect(try await api.buy(Self.ten, key: "k-1").status == 201)
                let list = try run(["budgets", "list"])
                #expect(await list.status() == 0, "\(list.error)")
                #expect(list.output.contains(#/(?m)^crawler +50\.00 USD +day +10\.00 USD +0\.00 USD +40\.00 USD/#))
                let show = try run(["budgets", "show", "crawler"])
                #expect(await show.status() == 0, "\(show.error)")
                #expect(show.output.contains("40.00 USD"))
                #expect(show.output.contains(#/(?m)^1 +\S+Z +50\.00 USD +day +\S+ +a trial/#), "\(show.output)")
                let unsaid = try run(["budgets", "remove", "crawler"])
                #expect(await unsaid.status() == 2, "\(unsaid.error)")
                #expect(try await api.get("/budgets/crawler").status == 200)
                let remove = try run(["budgets", "remove", "crawler", "--yes"])
                #expect(await remove.status() == 0, "\(remove.error)")
                #expect(try await api.get("/budgets/crawler").status == 404)
                try await rig.booksAgree(api)
            }
        }
    }
}
