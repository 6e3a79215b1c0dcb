import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// What vendors do wrong, and what each order is called in the end. Every case ends with the vendors' books.
@Suite(.serialized) struct VendorFaultTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let kind: SandboxFault.Kind
        /// How a HeloData order ends: it may be asked for again.
        let heloData: String
        /// How a legacy order ends: it may not.
        let legacy: String
        var change: @Sendable (inout SandboxFault) -> Void = { _ in }
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "processed, then dropped", kind: .processThenDrop, heloData: "completed", legacy: "completed"),
        Row(name: "processed, then reset", kind: .processThenDrop, heloData: "completed", legacy: "completed") {
            $0.reset = true
        },
        Row(name: "dropped before processing", kind: .drop, heloData: "completed", legacy: "failed"),
        Row(name: "reset before processing", kind: .drop, heloData: "completed", legacy: "failed") { $0.reset = true },
        Row(name: "half a head", kind: .cutHead, heloData: "completed", legacy: "completed"),
        Row(name: "half a body", kind: .cutBody, heloData: "completed", legacy: "completed"),
        Row(name: "a dripping body", kind: .drip, heloData: "completed", legacy: "completed") { $0.everyMs = 200 },
        Row(name: "a huge body", kind: .hugeBody, heloData: "completed", legacy: "completed") { $0.bytes = 2_000_000 },
        Row(name: "never an answer, processed", kind: .hang, heloData: "completed", legacy: "completed") {
            $0.process = true
        },
        Row(name: "never an answer, not processed", kind: .hang, heloData: "completed", legacy: "failed"),
        Row(name: "500 after processing", kind: .status, heloData: "completed", legacy: "completed") {
            $0.status = 500; $0.process = true
        },
        Row(name: "502 page before processing", kind: .html, heloData: "completed", legacy: "failed") {
            $0.status = 502
        },
        Row(name: "408 after processing", kind: .status, heloData: "completed", legacy: "completed") {
            $0.status = 408; $0.process = true
        },
        Row(name: "garbage after processing", kind: .garbage, heloData: "completed", legacy: "completed") {
            $0.body = "<<>>"; $0.process = true
        },
        Row(name: "duplicate keys", kind: .duplicateKeys, heloData: "completed", legacy: "completed"),
        Row(name: "429 before processing", kind: .status, heloData: "completed", legacy: "failed") {
            $0.status = 429; $0.retryAfter = "1"
        },
    ]

    /// A vendor is given up on soon, since most of these never answer.
    static let impatient = Tuning(timeout: "1s", settleTime: "1s")

    @Test(arguments: rows) func `an order ends with the truth`(row: Row) async throws {
        try await Rig.run(tuning: Self.impatient) { rig in
            try await rig.serving { api in
                var fault = SandboxFault(row.kind, on: .order)
                row.change(&fault)
                try rig.vendors.heloData.queue(fault)
                try rig.vendors.legacy.queue(fault)
                let legacy = try await api.buy(Body.ipv4, key: "legacy", prefer: "respond-async")
                let residential = try await api.buy(Body.residential, key: "helodata", prefer: "respond-async")
                #expect(legacy.status == 202 || legacy.status == 201, "\(legacy.text)")
                let heloDataOrder = try await api.settled(residential.orderID)
                #expect(heloDataOrder["status"]?.string == row.heloData, "\(heloDataOrder.text)")
                let legacyOrder = try await api.settled(legacy.orderID)
                #expect(legacyOrder["status"]?.string == row.legacy, "\(legacyOrder.text)")
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.count == 1)
                #expect(rig.vendors.legacy.books.sold.count == (row.legacy == "completed" ? 1 : 0))
            }
        }
    }

    @Test func `an answer that comes after the deadline settles its order at once`() async throws {
        try await Rig.run(tuning: Tuning(timeout: "2s", settleTime: "1h")) { rig in
            try await rig.serving { api in
                var fault = SandboxFault(.delayAnswer, on: .order)
                fault.delayAnswerMs = 2500
                try rig.vendors.legacy.queue(fault)
                let order = try await api.settled(api.buy(Body.ipv4, key: "k-1", prefer: "respond-async").orderID)
                #expect(order["status"]?.string == "completed", "\(order.text)")
                let events = try await api.get("/orders/\(order["id"]?.string ?? "")/events").json["data"]?.array
                let causes = Set((events ?? []).compactMap { $0["cause"]?.string })
                #expect(causes.isSuperset(of: ["deadline", "late_answer"]))
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `nothing is called not bought while its call is listened to`() async throws {
        try await Rig.run(tuning: Tuning(timeout: "3s", settleTime: "500ms")) { rig in
            try await rig.serving { api in
                var fault = SandboxFault(.delay, on: .order)
                fault.delayMs = 4800
                try rig.vendors.legacy.queue(fault)
                let order = try await api.settled(api.buy(Body.ipv4, key: "k-1", prefer: "respond-async").orderID)
                #expect(order["status"]?.string == "completed", "\(order.text)")
                while rig.vendors.legacy.books.sold.isEmpty { await Task.yield() }
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a redirect is not followed, and only a person can decide`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                var fault = SandboxFault(.status, on: .order)
                fault.status = 307
                fault.location = "http://127.0.0.1:1/elsewhere"
                try rig.vendors.heloData.queue(fault)
                let order = try await api.settled(
                    api.buy(Body.residential, key: "k-1", prefer: "respond-async").orderID)
                #expect(["unknown", "completed"].contains(order["status"]?.string))
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a vendor that checks the balance before its keys does not turn a sale into a failure`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                try rig.vendors.heloData.change(
                    settings: try RefusalTests.patch(#"{"balance":"22.50","idempotency":"balance_first"}"#))
                try rig.vendors.heloData.queue(SandboxFault(.processThenDrop, on: .order))
                let order = try await api.settled(
                    api.buy(Body.residential, key: "k-1", prefer: "respond-async").orderID)
                #expect(order["status"]?.string == "unknown", "\(order.text)")
                #expect(order["money_state"]?.string == "maybe_spent")
                let resolve =
                    #"{"outcome":"bought","vendor_order_id":"ord_seen","total":"22.50","reason":"on the invoice"}"#
                let id = order["id"]?.string ?? ""
                #expect(try await api.call("POST", "/orders/\(id)/resolve", body: resolve).status == 403)
                let resolved = try await api.with(rig.operatorKey).call("POST", "/orders/\(id)/resolve", body: resolve)
                #expect(resolved.status == 200, "\(resolved.text)")
                #expect(resolved.json["status"]?.string == "completed")
            }
        }
    }

    @Test(arguments: ["order", "batch", "none"])
    func `what a person says was bought is looked for until its goods are there`(told: String) async throws {
        try await Rig.run(tuning: Tuning(settleTime: "2s", resendWindow: "1ms")) { rig in
            try await rig.serving { api in
                try rig.vendors.heloData.change(settings: RefusalTests.patch(#"{"listed_after_ms":6000}"#))
                try rig.vendors.heloData.queue(SandboxFault(.processThenDrop, on: .order))
                let id = try await api.buy(Body.isp, key: "k-1", prefer: "respond-async").orderID
                _ = try await api.settled(id)
                let sale = try #require(rig.vendors.heloData.books.sold.first)
                let ids = ["order": sale.order, "batch": sale.batchID].compactMapValues(\.self)
                let named = ids[told].map { #","vendor_order_id":"\#($0)""# } ?? ""
                let resolve = #"{"outcome":"bought"\#(named),"reason":"on the invoice"}"#
                let resolved = try await api.with(rig.operatorKey).call("POST", "/orders/\(id)/resolve", body: resolve)
                #expect(resolved.json["status"] == "provisioning", "\(resolved.text)")
                let order = try await api.settled(id)
                #expect(order["status"] == "completed" && order["batch_id"]?.string == sale.batchID, "\(order.text)")
                #expect(try await api.call("GET", "/orders/\(id)/proxies").status == 200)
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `one vendor that hangs does not hold up the other`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                var fault = SandboxFault(.hang, on: .order)
                fault.times = nil
                try rig.vendors.legacy.queue(fault)
                let stuck = try await api.buy(Body.ipv4, key: "stuck", prefer: "respond-async")
                for index in 0..<20 {
                    let answer = try await api.buy(Body.residential, key: "free-\(index)")
                    #expect(answer.status == 201)
                }
                #expect(try await api.settled(stuck.orderID)["status"]?.string == "failed")
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a purchase by somebody else at the wrong moment is left to a person`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                try rig.vendors.legacy.queue(SandboxFault(.drop, on: .order))
                let order = try await api.buy(Body.ipv4, key: "k-1", prefer: "respond-async")
                while !rig.vendors.legacy.books.entries.contains(where: { $0.event == .dropped }) { await Task.yield() }
                try rig.vendors.legacy.sellByHand(
                    RefusalTests.patch(
                        #"{"proxyType":"IPv4","authType":"LOGIN","goal":"scraping","country":"USA","quantity":1,"rentPeriodDays":30}"#
                    ))
                let settled = try await api.settled(order.orderID)
                #expect(settled["status"]?.string == "unknown", "\(settled.text)")
                #expect(settled["unknown"]?["needs_review"]?.bool == true)
                #expect(settled["unknown"]?["findings"]?.array?.isEmpty == false)
            }
        }
    }
}
