import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// Answers to orders that are well framed and can be read, and are not what was expected. Every case ends with the vendors'
/// books.
@Suite(.serialized) struct OddAnswerTests {
    /// Runs with a gateway and a fault in the next answer to an order.
    private func serving(
        _ fault: String, at vendor: KeyPath<SandboxVendors, SandboxVendor>,
        _ body: (Rig, API) async throws -> Void
    ) async throws {
        try await Rig.run(tuning: VendorFaultTests.impatient) { rig in
            try await rig.serving { api in
                try rig.vendors[keyPath: vendor].queue(SandboxFault(json: RefusalTests.patch(fault)))
                try await body(rig, api)
            }
        }
    }

    private func flags(_ order: JSON) -> [String] { order["flags"]?.array?.compactMap(\.string) ?? [] }

    private static let nameless = #"{"call":"order","fault":"replace_body","remove":["details.batch_id"]}"#

    @Test func `a batch that the answer does not name is found in the list`() async throws {
        try await serving(Self.nameless, at: \.heloData) { rig, api in
            let order = try await api.settled(api.buy(Body.isp, key: "k-1").orderID)
            #expect(order["status"]?.string == "completed", "\(order.text)")
            #expect(order["batch_id"]?.string == rig.vendors.heloData.books.sold.first?.batchID)
            #expect(flags(order) == ["batch_unknown"])
            try await rig.booksAgree(api)
        }
    }

    @Test func `a sale that waits for its batch does not make a resent order look bought twice`() async throws {
        try await serving(Self.nameless, at: \.heloData) { rig, api in
            let first = try await api.buy(Body.isp, key: "k-1")
            try rig.vendors.heloData.queue(SandboxFault(.processThenDrop, on: .order))
            let second = try await api.settled(api.buy(Body.isp, key: "k-2").orderID)
            #expect(second["status"]?.string == "completed", "\(second.text)")
            #expect(flags(second) == [])
            #expect(try await api.settled(first.orderID)["status"]?.string == "completed")
            try await rig.booksAgree(api)
            #expect(rig.vendors.heloData.books.sold.count == 2)
        }
    }

    @Test func `a price that cannot be read is told as none, never as the expected one`() async throws {
        let odd = #"{"call":"order","fault":"replace_body","fields":{"total_usd":1e2}}"#
        try await serving(odd, at: \.heloData) { rig, api in
            let order = try await api.settled(api.buy(Body.residential, key: "k-1").orderID)
            #expect(order["status"]?.string == "completed", "\(order.text)")
            #expect(order["total"]?.isNull == true && order["total_source"]?.isNull == true, "\(order.text)")
            #expect(flags(order) == ["price_unknown"])
            try await rig.booksAgree(api)
        }
    }

    @Test func `a sale above the ceiling is a sale, and says so`() async throws {
        let dear = #"{"call":"order","fault":"replace_body","fields":{"total_usd":99.5}}"#
        try await serving(dear, at: \.heloData) { _, api in
            let body = Body.residential.replacing("}", with: #","max_total":"22.50"}"#)
            let order = try await api.settled(api.buy(body, key: "k-1").orderID)
            #expect(order["status"]?.string == "completed", "\(order.text)")
            #expect(order["total"]?["amount"]?.string == "99.50")
            #expect(flags(order) == ["price_difference", "above_max_total"])
            let events = try await api.get("/orders/\(order["id"]?.string ?? "")/events").json["data"]?.array ?? []
            let ended = events.first { $0["type"]?.string == "attempt.ended" }
            #expect(ended?["data"]?["flags"] == ["price_difference", "above_max_total"])
            let metrics = try await api.get("/metrics").text
            #expect(metrics.contains("purser_flagged_sales_total{vendor=\"helodata\",flag=\"above_max_total\"} 1\n"))
        }
    }

    @Test func `an answer with the number of another order is a person's to judge`() async throws {
        try await serving(#"{"call":"order","fault":"delay"}"#, at: \.legacy) { rig, api in
            let first = try await api.settled(api.buy(Body.ipv4, key: "k-1").orderID)
            #expect(first["status"]?.string == "completed", "\(first.text)")
            let number = try #require(rig.vendors.legacy.books.sold.first?.order)
            let stolen = #"{"call":"order","fault":"replace_body","fields":{"orderNumber":"\#(number)"}}"#
            try rig.vendors.legacy.queue(SandboxFault(json: RefusalTests.patch(stolen)))
            let second = try await api.settled(api.buy(Body.ipv4, key: "k-2", prefer: "respond-async").orderID)
            #expect(second["status"]?.string == "unknown", "\(second.text)")
            #expect(second["unknown"]?["reason"]?.string == "claimed_by_another_order")
            let attempt = second["attempts"]?.array?.first
            #expect(attempt?["outcome"]?.string == "unknown" && attempt?["ended_at"]?.string != nil, "\(second.text)")
            try await rig.booksAgree(api)
        }
    }

    @Test(arguments: [#""balance":null,"currency":null"#, #""balance":900,"currency":"USD""#])
    func `a refusal by a vendor that charged all the same is not believed`(_ balance: String) async throws {
        let refusal =
            #"{"call":"order","fault":"replace_body","fields":{"success":false,"proxyType":null,"orderNumber":null,"#
            + balance + #","error":{"code":14,"message":"Incorrect goal"}}}"#
        try await serving(refusal, at: \.legacy) { rig, api in
            let order = try await api.settled(api.buy(Body.ipv4, key: "k-1", prefer: "respond-async").orderID)
            #expect(order["status"]?.string == "completed", "\(order.text)")
            try await rig.booksAgree(api)
            #expect(rig.vendors.legacy.books.sold.count == 1)
        }
    }
}
