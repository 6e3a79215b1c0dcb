import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// `kill -9` at each step of a purchase, and a restart: nothing is bought twice, nothing is lost, nothing is claimed that
/// is not so.
@Suite(.serialized) struct CrashTests {
    /// A step, a product, and whether the vendor may have sold it by then.
    static let cases: [(step: String, body: String)] =
        ["dispatched", "called", "recorded", "followed"].map { ($0, Body.isp) }
        + ["accepted", "prepared", "dispatched", "called", "recorded", "followed"].map { ($0, Body.ipv4) }

    @Test(arguments: cases.indices) func `a crash between any two steps costs nothing`(index: Int) async throws {
        let (step, body) = Self.cases[index]
        try await Rig.run { rig in
            let dying = try await GatewayProcess.start(in: rig.place, crash: step)
            let api = API(url: dying.url, key: rig.buyer)
            let call = Task { try await api.buy(body, key: "k-1") }
            #expect(await dying.waitForEnd() == -SIGKILL, "the step \(step) was never passed")
            _ = await call.result
            rig.noSecrets(in: dying.log)
            try await rig.serving { api in
                let again = try await api.buy(body, key: "k-1")
                let order = try await api.settled(again.orderID)
                let sold = rig.vendors.heloData.books.sold.count + rig.vendors.legacy.books.sold.count
                let isSpent = order["money_state"]?.string == "spent"
                #expect(isSpent == (sold == 1), "\(step): \(order.text)")
                #expect(sold <= 1)
                #expect(order["status"]?.string == (isSpent ? "completed" : "failed"), "\(order.text)")
                try await rig.booksAgree(api)
                let events = try await api.get("/orders/\(again.orderID)/events").json["data"]?.array ?? []
                #expect(events.compactMap { $0["number"]?.int } == Array(1...max(1, events.count)))
            }
        }
    }

    @Test func `a crash while evidence is read goes on with reading`() async throws {
        try await Rig.run { rig in
            try rig.vendors.legacy.queue(SandboxFault(.processThenDrop, on: .order))
            let dying = try await GatewayProcess.start(in: rig.place, crash: "sampled")
            let api = API(url: dying.url, key: rig.buyer)
            let call = Task { try await api.buy(Body.ipv4, key: "k-1") }
            #expect(await dying.waitForEnd() == -SIGKILL)
            _ = await call.result
            try await rig.serving { api in
                let order = try await api.settled(api.buy(Body.ipv4, key: "k-1").orderID)
                #expect(order["status"]?.string == "completed", "\(order.text)")
                try await rig.booksAgree(api)
                #expect(rig.vendors.legacy.books.sold.count == 1)
            }
        }
    }

    @Test func `a crash before a resend was checked for a second sale leaves the check to the next start`() async throws
    {
        var sandbox = Rig.quick
        sandbox.heloData.idempotency = .ignore
        try await Rig.run(sandbox: sandbox) { rig in
            try rig.vendors.heloData.queue(SandboxFault(.processThenDrop, on: .order))
            // First the lost answer is recorded, then the sale.
            let dying = try await GatewayProcess.start(in: rig.place, crash: "recorded:2")
            let api = API(url: dying.url, key: rig.buyer)
            let call = Task { try await api.buy(Body.isp, key: "k-1") }
            #expect(await dying.waitForEnd() == -SIGKILL)
            _ = await call.result
            #expect(rig.vendors.heloData.books.sold.count == 2)
            try await rig.serving { api in
                let id = try await api.buy(Body.isp, key: "k-1").orderID
                let order = try await api.settled(id)
                #expect(order["status"] == "completed", "\(order.text)")
                #expect(order["flags"] == ["possible_double_purchase"], "\(order.text)")
                // Nothing is sent twice any more.
                try rig.vendors.heloData.queue(SandboxFault(.processThenDrop, on: .order))
                let next = try await api.settled(api.buy(Body.residential, key: "k-2", prefer: "respond-async").orderID)
                #expect(next["status"] == "unknown" && next["unknown"]?["needs_review"] == true, "\(next.text)")
                #expect(rig.vendors.heloData.calls(of: .order) == 3)
            }
        }
    }

    @Test func `a crash in the middle of two hundred orders leaves one purchase for each key and no order unexplained`()
        async throws
    {
        var sandbox = Rig.quick
        sandbox.heloData.balance = .cents(100_000_000)
        sandbox.heloData.latencyMs = 20
        try await Rig.run(sandbox: sandbox) { rig in
            let dying = try await GatewayProcess.start(in: rig.place, crash: "called:60")
            let api = API(url: dying.url, key: rig.buyer)
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    let body = index.isMultiple(of: 40) ? Body.ipv4 : Body.residential
                    group.addTask { do { _ = try await api.buy(body, key: "k-\(index)") } catch {} }
                }
                #expect(await dying.waitForEnd() == -SIGKILL)
                group.cancelAll()
            }
            try await rig.serving { api in
                for index in 0..<200 {
                    let body = index.isMultiple(of: 40) ? Body.ipv4 : Body.residential
                    let answer = try await api.buy(body, key: "k-\(index)")
                    #expect([201, 202, 503].contains(answer.status), "\(answer.text)")
                }
                try await rig.booksAgree(api)
                let orders = try await api.settledOrders()
                #expect(orders.count == 200)
                #expect(orders.allSatisfy { $0["status"]?.string != "unknown" })
                let sold = rig.vendors.heloData.books.sold
                #expect(Set(sold.map(\.idempotencyKey)).count == sold.count)
                #expect(sold.count == 195)
            }
        }
    }

    @Test(arguments: ["dispatched", "called", "recorded", "sampled"])
    func `a kill at any step of a renewal costs nothing`(step: String) async throws {
        try await Rig.run(tuning: ActionFaultTests.impatient) { rig in
            var orders: [JSON] = []
            try await rig.serving { api in
                orders = [
                    try await ActionFaultTests.bought(Body.isp, api), try await ActionFaultTests.bought(Body.ipv4, api),
                ]
            }
            if step == "sampled" {
                try rig.vendors.heloData.queue(SandboxFault(.processThenDrop, on: .renew))
                try rig.vendors.legacy.queue(SandboxFault(.processThenDrop, on: .extendOrder))
            }
            for order in orders {
                let id = try #require(order["id"]?.string)
                let gateway = try await GatewayProcess.start(in: rig.place, crash: step)
                let api = API(url: gateway.url, key: rig.buyer)
                let call = Task {
                    try await api.act(
                        "/orders/\(id)/renew", #"{"days":30}"#, key: "renew-\(id)", prefer: "respond-async")
                }
                _ = await gateway.waitForEnd()
                _ = await call.result
                // Settled before the next is asked for: recovering this one would end the process at the same step.
                try await rig.serving { api in
                    let asked = try await api.act(
                        "/orders/\(id)/renew", #"{"days":30}"#, key: "renew-\(id)", prefer: "respond-async")
                    let action = try await api.settledAction(
                        try #require((asked.json["action_id"] ?? asked.json["id"])?.string, "\(asked.text)"))
                    let isDone = step != "dispatched"
                    #expect(action["status"]?.string == (isDone ? "completed" : "failed"), "\(action.text)")
                }
            }
            try await rig.serving { api in
                #expect(rig.vendors.heloData.calls(of: .renew) <= 1)
                #expect(rig.vendors.legacy.calls(of: .extendOrder) <= 1)
                try await rig.booksAgree(api, acting: orders.compactMap { $0["id"]?.string })
            }
        }
    }

    @Test
    func `a kill while a renewal holds the legacy account keeps the purchase behind it waiting, and sells both once`()
        async throws
    {
        try await Rig.run(tuning: Tuning(timeout: "20s", settleTime: "1s")) { rig in
            var hanging = SandboxFault(.hang, on: .extendOrder)
            hanging.process = true
            try rig.vendors.legacy.queue(hanging)
            let dying = try await GatewayProcess.start(in: rig.place)
            let api = API(url: dying.url, key: rig.buyer)
            let order = try #require(try await ActionFaultTests.bought(Body.ipv4, api)["id"]?.string)
            let renew = { (api: API) in
                try await api.act("/orders/\(order)/renew", #"{"days":30}"#, key: "more", prefer: "respond-async")
            }
            _ = try await renew(api)
            while rig.vendors.legacy.calls(of: .extendOrder) == 0 { await Task.yield() }
            let sold = rig.vendors.legacy.calls(of: .order)
            let waiting = try await api.buy(Body.ipv4, key: "behind", prefer: "wait=1")
            #expect(waiting.status == 202 && waiting.json["status"] == "pending", "\(waiting.text)")
            await dying.kill()
            #expect(rig.vendors.legacy.calls(of: .order) == sold)
            try await rig.serving { api in
                let second = try await api.settled(waiting.orderID)
                #expect(second["status"] == "completed", "\(second.text)")
                // The purchase waited until it was known what the renewal had done to the balance.
                let action = try #require(try await renew(api).json["id"]?.string)
                let renewal = try await api.settledAction(action)
                #expect(renewal["status"] == "completed" && renewal["money_state"] == "spent", "\(renewal.text)")
                let started = second["attempts"]?.array?.first?["started_at"]?.string ?? ""
                #expect(started >= renewal["settled_at"]?.string ?? "x", "\(second.text)\n\(renewal.text)")
                #expect(rig.vendors.legacy.calls(of: .extendOrder) == 1)
                #expect(rig.vendors.legacy.calls(of: .order) == sold + 1)
                try await rig.booksAgree(api, acting: [order])
            }
        }
    }

    @Test func `a server that is told to stop finishes what it began`() async throws {
        var sandbox = Rig.quick
        sandbox.heloData.latencyMs = 200
        try await Rig.run(sandbox: sandbox) { rig in
            let gateway = try await GatewayProcess.start(in: rig.place)
            let api = API(url: gateway.url, key: rig.buyer)
            let calls = (0..<20).map { index in Task { try await api.buy(Body.residential, key: "k-\(index)") } }
            while rig.vendors.heloData.books.entries.count < 5 { await Task.yield() }
            #expect(await gateway.stop() == 0)
            for call in calls {
                call.cancel()
                _ = await call.result
            }
            try await rig.serving { api in
                for index in 0..<20 {
                    let answer = try await api.buy(Body.residential, key: "k-\(index)")
                    #expect(answer.status == 201, "\(answer.text)")
                }
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.count == 20)
            }
        }
    }

    @Test func `a server that stops says so, takes no order, and still answers those who wait`() async throws {
        try await Rig.run(tuning: Tuning(timeout: "8s", deadline: "16s")) { rig in
            var fault = SandboxFault(.delayAnswer, on: .order)
            fault.delayAnswerMs = 3000
            try rig.vendors.heloData.queue(fault)
            let gateway = try await GatewayProcess.start(in: rig.place)
            let api = API(url: gateway.url, key: rig.buyer)
            #expect(try await api.get("/readyz").status == 200)
            async let bought = api.buy(Body.residential, key: "k-1")
            while rig.vendors.heloData.books.entries.isEmpty { await Task.yield() }
            gateway.signal()
            while try await api.get("/readyz").status != 503 { await Task.yield() }
            let failing = try await api.get("/readyz").json["checks"]?.array?.filter { $0["status"]?.string != "ok" }
            #expect(failing?.map { $0["name"]?.string } == ["accepting"])
            let refused = try await api.buy(Body.residential, key: "k-2")
            #expect(refused.status == 503)
            #expect(refused.word == "overloaded")
            #expect(refused.headers["retry-after"] != nil)
            #expect(try await api.get("/orders").json["data"]?.array?.count == 1)
            #expect(try await bought.status == 201)
            #expect(await gateway.waitForEnd() == 0)
            #expect(rig.vendors.heloData.books.sold.count == 1)
        }
    }

    @Test func `a second signal ends it at once, though a call is on its way, and nothing is lost`() async throws {
        try await Rig.run { rig in
            try rig.vendors.heloData.queue(SandboxFault(.hang, on: .order))
            let gateway = try await GatewayProcess.start(in: rig.place)
            let order = try await API(url: gateway.url, key: rig.buyer)
                .buy(Body.residential, key: "k-1", prefer: "respond-async")
            while rig.vendors.heloData.books.entries.isEmpty { await Task.yield() }
            gateway.signal()
            while !gateway.log.contains("stopping") { await Task.yield() }
            gateway.signal()
            #expect(await gateway.waitForEnd() == 1)
            try await rig.serving { api in
                let settled = try await api.settled(order.orderID)
                #expect(settled["status"]?.string == "completed", "\(settled.text)")
                try await rig.booksAgree(api)
            }
        }
    }
}
