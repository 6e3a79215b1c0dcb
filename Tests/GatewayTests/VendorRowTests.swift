import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// Faults of vendors that take more than one answer. Every case ends with the vendors' books.
@Suite(.serialized, .timeLimit(.minutes(3))) struct VendorRowTests {
    private static func refusal(_ status: Int, _ code: String, times: Int? = 1) -> SandboxFault {
        var fault = SandboxFault(.refuse, on: .order)
        (fault.status, fault.code, fault.times) = (status, code, times)
        return fault
    }

    private static func events(_ order: JSON, _ api: API) async throws -> [String] {
        let events = try await api.get("/orders/\(order["id"]?.string ?? "")/events").json["data"]?.array ?? []
        return events.compactMap { $0["cause"]?.string }
    }

    @Test(arguments: [(409, "request_in_progress"), (422, "try_again"), (418, "teapot")])
    func `a resend that is refused for no known reason is waited for`(status: Int, code: String) async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                try rig.vendors.heloData.queue(SandboxFault(.processThenDrop, on: .order))
                try rig.vendors.heloData.queue(Self.refusal(status, code, times: 3))
                let order = try await api.settled(
                    api.buy(Body.residential, key: "k-1", prefer: "respond-async").orderID)
                #expect(order["status"] == "completed", "\(order.text)")
                #expect(rig.vendors.heloData.calls(of: .order) == 5)
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a key that is said to be another's is a person's to look at, and is not sent again`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                try rig.vendors.heloData.queue(SandboxFault(.processThenDrop, on: .order))
                try rig.vendors.heloData.queue(Self.refusal(409, "idempotency_key_reused", times: nil))
                let order = try await api.settled(
                    api.buy(Body.residential, key: "k-1", prefer: "respond-async").orderID)
                #expect(order["status"] == "unknown" && order["money_state"] == "maybe_spent", "\(order.text)")
                #expect(rig.vendors.heloData.calls(of: .order) == 2)
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `too few goods are not all that was ordered`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                try rig.vendors.heloData.change(settings: RefusalTests.patch(#"{"withheld_ips":1}"#))
                let order = try await api.buy(Body.isp, key: "k-1")
                while try await !Self.events(order.json, api).contains("short") { await Task.yield() }
                #expect(try await api.get("/orders/\(order.orderID)").json["status"] == "provisioning")
                try rig.vendors.heloData.change(settings: RefusalTests.patch(#"{"withheld_ips":0}"#))
                #expect(try await api.settled(order.orderID)["status"] == "completed")
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a batch that is not shown for a while is not gone`() async throws {
        var sandbox = Rig.quick
        sandbox.heloData.listedAfterMs = 2000
        try await Rig.run(sandbox: sandbox) { rig in
            try await rig.serving { api in
                let bought = try await api.buy(Body.isp, key: "k-1")
                #expect(bought.status == 201 && bought.json["status"] == "provisioning", "\(bought.text)")
                #expect(try await api.settled(bought.orderID)["status"] == "completed")
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a key that is revoked between two tries leaves what was lost unknown, and buys nothing more`()
        async throws
    {
        try await Rig.run(tuning: VendorFaultTests.impatient) { rig in
            try await rig.serving { api in
                for vendor in [rig.vendors.heloData, rig.vendors.legacy] {
                    var slow = SandboxFault(.processThenDrop, on: .order)
                    slow.delayAnswerMs = 500
                    try vendor.queue(slow)
                }
                let lost = try await [
                    api.buy(Body.residential, key: "k-1", prefer: "respond-async").orderID,
                    api.buy(Body.ipv4, key: "k-2", prefer: "respond-async").orderID,
                ]
                while rig.vendors.heloData.books.sold.isEmpty || rig.vendors.legacy.books.sold.isEmpty {
                    await Task.yield()
                }
                let token = rig.vendors.heloDataSettings.token
                try rig.vendors.heloData.change(settings: RefusalTests.patch(#"{"token":"another"}"#))
                try rig.vendors.legacy.change(settings: RefusalTests.patch(#"{"api_key":"another"}"#))
                for id in lost {
                    let order = try await api.settled(id)
                    #expect(order["status"] == "unknown" && order["money_state"] == "maybe_spent", "\(order.text)")
                }
                #expect(rig.vendors.heloData.calls(of: .order) == 2)
                // HeloData refused the order that was sent again, so it rests; legacy was only read.
                let next = try await api.buy(Body.residential, key: "k-3")
                #expect(next.word == "vendor_unavailable" && next.json["money_state"] == "not_spent", "\(next.text)")
                let other = try await api.buy(Body.ipv4, key: "k-4")
                #expect(other.word == "vendor_auth_failed" && other.json["money_state"] == "not_spent", "\(other.text)")
                var rested = try await api.buy(Body.ipv4, key: "k-5")
                #expect(rested.word == "vendor_unavailable" && rested.json["money_state"] == "not_spent")
                #expect(rig.vendors.heloData.calls(of: .order) == 2)
                #expect(rig.vendors.legacy.calls(of: .order) == 1)
                try rig.vendors.heloData.change(settings: RefusalTests.patch(#"{"token":"\#(token)"}"#))
                var number = 0
                repeat {
                    number += 1
                    rested = try await api.buy(Body.residential, key: "again-\(number)")
                } while rested.word == "vendor_unavailable"
                #expect(rested.status == 201, "\(rested.text)")
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a hundred orders at a vendor that is away are each bought once when it is back, without a storm`()
        async throws
    {
        var sandbox = Rig.quick
        sandbox.heloData.balance = .cents(100_000_000)
        try await Rig.run(sandbox: sandbox) { rig in
            try await rig.serving { api in
                var away = SandboxFault(.status, on: .order)
                (away.status, away.times) = (503, nil)
                try rig.vendors.heloData.queue(away)
                let ids = try await withThrowingTaskGroup(of: String.self) { group in
                    for number in 1...100 {
                        group.addTask {
                            try await api.buy(Body.residential, key: "k-\(number)", prefer: "respond-async").orderID
                        }
                    }
                    return try await group.reduce(into: [String]()) { $0.append($1) }
                }
                while rig.vendors.heloData.calls(of: .order) < 400 { await Task.yield() }
                rig.vendors.heloData.clearFaults()
                let before = rig.vendors.heloData.calls(of: .order)
                for id in ids { #expect(try await api.settled(id)["status"] == "completed") }
                // One good try each, and those that were on their way.
                #expect(rig.vendors.heloData.calls(of: .order) - before <= 200)
                #expect(rig.vendors.heloData.books.sold.count == 100)
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `addresses that come one by one are one purchase, once all are there`() async throws {
        var sandbox = Rig.quick
        sandbox.legacy.goodsTrickleMs = 200
        try await Rig.run(sandbox: sandbox) { rig in
            try await rig.serving { api in
                try rig.vendors.legacy.queue(SandboxFault(.processThenDrop, on: .order))
                let order = try await api.settled(api.buy(Body.ipv4, key: "k-1", prefer: "respond-async").orderID)
                #expect(order["status"] == "completed", "\(order.text)")
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a purchase that is listed as several is a person's to judge`() async throws {
        var sandbox = Rig.quick
        sandbox.legacy.groupsPerOrder = 3
        try await Rig.run(sandbox: sandbox) { rig in
            try await rig.serving { api in
                try rig.vendors.legacy.queue(SandboxFault(.processThenDrop, on: .order))
                let order = try await api.settled(api.buy(Body.ipv4, key: "k-1", prefer: "respond-async").orderID)
                #expect(order["status"] == "unknown" && order["unknown"]?["needs_review"] == true, "\(order.text)")
                #expect(order["unknown"]?["findings"]?.array?.isEmpty == false)
                try await rig.booksAgree(api)
            }
        }
    }

    @Test(arguments: ["100.00", "-100.00"])
    func `a balance that moves beside a lost purchase leaves it to a person`(amount: String) async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                var slow = SandboxFault(.processThenDrop, on: .order)
                slow.delayAnswerMs = 300
                try rig.vendors.legacy.queue(slow)
                let id = try await api.buy(Body.ipv4, key: "k-1", prefer: "respond-async").orderID
                while rig.vendors.legacy.books.sold.isEmpty { await Task.yield() }
                rig.vendors.legacy.topUp(try #require(SandboxDecimal(amount)))
                let order = try await api.settled(id)
                #expect(order["status"] == "unknown" && order["unknown"]?["needs_review"] == true, "\(order.text)")
            }
        }
    }

    /// A certificate that nobody vouches for, and a port that speaks no TLS.
    @Test(arguments: [true, false]) func `a vendor that cannot show who it is is sent nothing`(speaksTLS: Bool)
        async throws
    {
        var tuning = Tuning()
        tuning.deadline = "1s"
        try await Rig.run(tuning: tuning) { rig in
            let impostor = speaksTLS ? try await Impostor.start(in: rig.place.folder) : nil
            defer { impostor?.stop() }
            let port = impostor?.port ?? rig.place.heloDataURL.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
            let text = try String(contentsOfFile: rig.place.configuration, encoding: .utf8)
            try text.replacing(rig.place.heloDataURL, with: "https://127.0.0.1:\(port)/v1")
                .write(toFile: rig.place.configuration, atomically: true, encoding: .utf8)
            try await rig.serving { api in
                let answer = try await api.buy(Body.residential, key: "k-1")
                #expect(answer.status == 503 && answer.word == "vendor_unavailable", "\(answer.text)")
                #expect(answer.json["money_state"] == "not_spent")
                let order = try await api.get("/orders/\(answer.orderID)").json
                #expect(order["attempts"]?.array?.first?["outcome"] == "not_sent", "\(order.text)")
                #expect(rig.vendors.heloData.calls(of: .order) == 0)
            }
        }
    }
}
