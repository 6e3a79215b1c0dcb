import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// The seven things that can be bought.
enum Body {
    static let residential = #"{"product":"residential","gb":5}"#
    static let mobileByGB = #"{"product":"mobile","gb":2.5}"#
    static let isp = #"{"product":"isp","country":"US","city":"newyork","quantity":5,"months":1,"vendor":"helodata"}"#
    static let legacyISP = #"{"product":"isp","country":"US","quantity":2,"months":1,"vendor":"legacy"}"#
    static let ipv4 = #"{"product":"ipv4","country":"DE","quantity":3,"days":30}"#
    static let ipv6 = #"{"product":"ipv6","country":"US","quantity":10,"days":90,"protocol":"socks"}"#
    static let mobileByIP =
        #"{"product":"mobile","country":"US","quantity":1,"days":30,"mobile_operator":"verizon","rotation_seconds":300}"#
    static let all = [residential, mobileByGB, isp, legacyISP, ipv4, ipv6, mobileByIP]
}

@Suite(.serialized) struct PurchaseTests {
    @Test func `each product is bought, and the vendors' books agree`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                for (index, body) in Body.all.enumerated() {
                    let answer = try await api.buy(body, key: "k-\(index)")
                    #expect(answer.status == 201, "\(body): \(answer.text)")
                    #expect(answer.headers["location"] == "/orders/\(answer.orderID)")
                    let order = try await api.settled(answer.orderID)
                    #expect(order["status"]?.string == "completed", "\(order.text)")
                    #expect(order["total"]?["amount"]?.string != nil)
                }
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.count == 3)
                #expect(rig.vendors.legacy.books.sold.count == 4)
            }
        }
    }

    @Test func `two hundred calls at once with one key make one order and one purchase`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                for body in [Body.residential, Body.ipv4] {
                    let answers = try await withThrowingTaskGroup(of: API.Answer.self) { group in
                        for _ in 0..<200 { group.addTask { try await api.buy(body, key: "burst-\(body.count)") } }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    #expect(answers.allSatisfy { $0.status == 201 })
                    #expect(Set(answers.map(\.orderID)).count == 1)
                    #expect(answers.filter { $0.headers["idempotent-replayed"] == nil }.count == 1)
                }
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.count == 1)
                #expect(rig.vendors.legacy.books.sold.count == 1)
            }
        }
    }

    @Test func `the same key means the same order, and another body is refused`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let first = try await api.buy(Body.residential, key: "\"k-1\"")
                let again = try await api.buy(
                    #"{ "gb": 5.0, "product": "residential", "max_total": null }"#, key: "k-1")
                #expect(again.status == 201)
                #expect(again.orderID == first.orderID)
                #expect(again.headers["idempotent-replayed"] == "true")
                let other = try await api.buy(Body.mobileByGB, key: "k-1")
                #expect(other.status == 422)
                #expect(other.word == "idempotency_key_reused")
                #expect(other.orderID == first.orderID)
                let foreign = try await api.with(rig.other).buy(Body.residential, key: "k-1")
                #expect(foreign.status == 201)
                #expect(foreign.orderID != first.orderID)
                #expect(try await api.with(rig.other).get("/orders/\(first.orderID)").status == 404)
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a caller that hangs up loses nothing`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                var slow = SandboxFault(.delay, on: .order)
                slow.delayMs = 300
                slow.times = nil
                try rig.vendors.heloData.queue(slow)
                try rig.vendors.legacy.queue(slow)
                for body in [Body.residential, Body.ipv4] {
                    let caller = Task { try await api.buy(body, key: "gone-\(body.count)") }
                    let calls = { rig.vendors.heloData.books.entries.count + rig.vendors.legacy.books.entries.count }
                    let before = calls()
                    while calls() == before { await Task.yield() }
                    caller.cancel()
                    _ = await caller.result
                    let found = try await api.buy(body, key: "gone-\(body.count)")
                    #expect(found.status == 201, "\(found.text)")
                }
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.count == 1)
                #expect(rig.vendors.legacy.books.sold.count == 1)
            }
        }
    }

    @Test func `an answer can be had at once, and the order later`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let early = try await api.buy(Body.ipv4, key: "k-1", prefer: "respond-async")
                #expect(early.status == 202)
                #expect(early.headers["preference-applied"] == "respond-async")
                #expect(early.headers["retry-after"] != nil)
                #expect(try await api.settled(early.orderID)["status"]?.string == "completed")
                try await rig.booksAgree(api)
            }
        }
    }
}
