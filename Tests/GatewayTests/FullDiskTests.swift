import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// The disk fills up while orders are bought, and is emptied again. Every case ends with the vendors' books.
@Suite(.serialized, .timeLimit(.minutes(3)), .enabled(if: SmallDisk.canBeMade)) struct FullDiskTests {
    /// Runs with a gateway on a small disk.
    private func serving(_ tuning: Tuning, _ body: (Rig, API, GatewayProcess, SmallDisk) async throws -> Void)
        async throws
    {
        try await Rig.run(tuning: tuning) { rig in
            let disk = SmallDisk(place: rig.place)
            let gateway = try await GatewayProcess.start(in: rig.place, by: disk.launcher)
            do { try await body(rig, API(url: gateway.url, key: rig.buyer), gateway, disk) } catch {
                await gateway.kill()
                throw error
            }
            #expect(await gateway.stop() == 0)
            rig.noSecrets(in: gateway.log)
        }
    }

    /// Fills the disk until a new order is refused.
    private func refused(_ api: API, _ gateway: GatewayProcess, _ disk: SmallDisk) async throws -> (API.Answer, Int) {
        for number in 1...200 {
            disk.fill(gateway)
            let answer = try await api.buy(Body.residential, key: "full-\(number)")
            if answer.status == 503 { return (answer, number) }
            #expect(answer.status == 201, "\(answer.text)")
        }
        throw GatewayProcess.NotListening(output: "two hundred orders fitted on a full disk")
    }

    private func failing(_ api: API) async throws -> (status: Int, checks: [String]) {
        let answer = try await api.get("/readyz")
        let checks = answer.json["checks"]?.array?.filter { $0["status"] != "ok" } ?? []
        return (answer.status, checks.compactMap { $0["name"]?.string })
    }

    @Test func `on a full disk nothing is sent, and afterwards all goes on by itself`() async throws {
        try await serving(Tuning()) { _, api, gateway, disk in
            #expect(try await api.buy(Body.residential, key: "before").status == 201)
            let (answer, number) = try await refused(api, gateway, disk)
            #expect(answer.word == "store_unavailable", "\(answer.text)")
            #expect(
                answer.json["money_state"] == "not_spent" && answer.json["order_id"]?.string == nil, "\(answer.text)")
            #expect(answer.headers["retry-after"] != nil)
            let ready = try await failing(api)
            #expect(ready.status == 503 && ready.checks == ["store_writes"], "\(ready)")
            // What was bought is still told.
            #expect(try await api.buy(Body.residential, key: "before").status == 201)
            #expect(try await api.get("/orders").json["data"]?.array?.count == number)
            disk.empty(gateway)
            while try await failing(api).status != 200 { await Task.yield() }
            #expect(try await api.buy(Body.residential, key: "full-\(number)").status == 201)
        }
    }

    @Test(arguments: [Body.residential, Body.ipv4])
    func `a sale that is told while the disk is full is stored all the same, in the space that is kept for it`(
        body: String
    )
        async throws
    {
        try await serving(Tuning(timeout: "20s", deadline: "40s")) { rig, api, gateway, disk in
            let vendor = body == Body.ipv4 ? rig.vendors.legacy : rig.vendors.heloData
            let order = try await slowOrder(body, at: vendor, api)
            let (_, number) = try await refused(api, gateway, disk)
            let calls = rig.vendors.heloData.calls(of: .order) + rig.vendors.legacy.calls(of: .order)
            #expect(try await api.settled(order)["status"] == "completed")
            // The disk is no emptier for that.
            disk.fill(gateway)
            let turned = try await api.buy(Body.residential, key: "full-\(number)")
            #expect(turned.status == 503 && turned.word == "store_unavailable", "\(turned.text)")
            #expect(try await failing(api).checks == ["store_writes"])
            #expect(rig.vendors.heloData.calls(of: .order) + rig.vendors.legacy.calls(of: .order) == calls)
            disk.empty(gateway)
            while try await failing(api).status != 200 { await Task.yield() }
            #expect(try await api.buy(Body.residential, key: "full-\(number)").status == 201)
            try await rig.booksAgree(api)
        }
    }

    @Test(arguments: [Body.residential, Body.ipv4])
    func `a sale that finds no space at all is kept, and stored when there is some`(body: String) async throws {
        try await serving(Tuning(timeout: "20s", deadline: "40s")) { rig, api, gateway, disk in
            let vendor = body == Body.ipv4 ? rig.vendors.legacy : rig.vendors.heloData
            let order = try await slowOrder(body, at: vendor, api)
            _ = try await refused(api, gateway, disk)
            let calls = rig.vendors.heloData.calls(of: .order) + rig.vendors.legacy.calls(of: .order)
            // Somebody else takes the space that was kept, too, until the answer has come and cannot be stored.
            disk.takeReserve(gateway)
            while try await !failing(api).checks.contains("outcomes_stored") { disk.fill(gateway) }
            #expect(try await api.get("/orders/\(order)").json["status"] == "purchasing")
            let turned = try await api.buy(Body.residential, key: "turned-away")
            #expect(turned.status == 503 && turned.word == "store_unavailable", "\(turned.text)")
            #expect(rig.vendors.heloData.calls(of: .order) + rig.vendors.legacy.calls(of: .order) == calls)
            disk.empty(gateway)
            #expect(try await api.settled(order)["status"] == "completed")
            while try await failing(api).status != 200 { await Task.yield() }
            #expect(try await api.buy(Body.residential, key: "turned-away").status == 201)
            try await rig.booksAgree(api)
        }
    }

    /// An order that is sold, and whose answer comes three seconds later.
    private func slowOrder(_ body: String, at vendor: SandboxVendor, _ api: API) async throws -> String {
        var slow = SandboxFault(.delayAnswer, on: .order)
        slow.delayAnswerMs = 3000
        try vendor.queue(slow)
        let order = try await api.buy(body, key: "slow", prefer: "respond-async").orderID
        while vendor.books.sold.isEmpty { await Task.yield() }
        return order
    }
}
