import ExactJSON
import Foundation
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `What came back of all orders` {
    /// Three refunds of two orders of two clients, written down a second apart; the oldest first.
    private static func fill(_ office: Office) async throws -> [ListedRefund] {
        var listed: [ListedRefund] = []
        for (index, client) in ["crawler", "other"].enumerated() {
            var order = try await office.stored(.example(client: client), taking: [.dispatched, .boughtReady]) {
                $0.total = .usd("30")
                $0.vendorOrderID = "v-\(index)"
            }
            for number in 1...(index + 1) {
                let refund = Refund.example(
                    of: order, number: number, amount: .usd(micros: 1_500_000),
                    at: .example.addingTimeInterval(Double(listed.count)))
                let change = OrderChange.returning(refund, of: order)
                _ = try await office.store.accept(refund: change)
                order = change.order
                listed.append(ListedRefund(refund, vendor: order.vendor, client: client))
            }
        }
        return listed
    }

    @Test func `is listed newest first, page by page, each once`() async throws {
        try await Office.open { office in
            let refunds = try await Self.fill(office)
            var seen: [JSON] = []
            var path = "/refunds?limit=2"
            while true {
                let page = try await office.call(.get, path, as: .auditor)
                seen += page.json["data"]?.array ?? []
                guard let cursor = page.json["next_cursor"]?.string else { break }
                #expect(page.headers[.link]?.contains("rel=\"next\"") == true)
                path = "/refunds?limit=2&cursor=\(cursor)"
            }
            #expect(seen == refunds.reversed().map(\.json))
            #expect(seen[0]["client"] == "other" && seen[0]["amount"] == ["amount": "1.50", "currency": "USD"])
            let others = try await office.call(
                .get, "/refunds?client=crawler&cursor=\(String(repeating: "A", count: 62))", as: .auditor)
            #expect(others.faults == ["cursor invalid_cursor"])
        }
    }

    @Test func `is shown to buyers of their own orders, and to nobody by another's name`() async throws {
        try await Office.open { office in
            let refunds = try await Self.fill(office)
            let own = try await office.call(.get, "/refunds", as: .buyer)
            #expect(own.json["data"] == .array([refunds[0].json]))
            #expect(try await office.call(.get, "/refunds?client=other", as: .buyer).code == "forbidden")
            let theirs = try await office.call(.get, "/refunds?client=other", as: .operator)
            #expect(theirs.json["data"]?.array?.count == 2)
        }
    }

    @Test func `is filtered by vendor, order and time, and refuses what it does not understand`() async throws {
        try await Office.open { office in
            let refunds = try await Self.fill(office)
            let count = { (query: String) async throws -> Int? in
                try await office.call(.get, "/refunds?\(query)", as: .auditor).json["data"]?.array?.count
            }
            let counts = [
                try await count("vendor=helodata"), try await count("order_id=\(refunds[1].refund.orderID)"),
                try await count("created_after=\(refunds[1].refund.at.rfc3339)"),
                try await count("created_before=\(refunds[1].refund.at.rfc3339)"),
            ]
            #expect(counts == [3, 2, 2, 1])
            let reply = try await office.call(
                .get, "/refunds?order_id=x&created_after=soon&format=xml", as: .auditor)
            #expect(reply.faults == ["order_id invalid_id", "created_after invalid_time"])
            let stranger = try await office.call(.get, "/refunds?vendor=nobody", as: .auditor)
            #expect(stranger.faults == ["vendor unknown_vendor"])
            let extra = try await office.call(.get, "/refunds?status=open", as: .auditor)
            #expect(extra.faults == ["status unknown_parameter"])
        }
    }

    @Test func `is a table and lines, too`() async throws {
        try await Office.open { office in
            let refunds = try await Self.fill(office)
            let table = try await office.call(.get, "/refunds?format=csv&client=crawler", as: .auditor)
            let (id, order) = (refunds[0].refund.id, refunds[0].refund.orderID)
            #expect(
                table.text == """
                    id,order_id,number,amount,currency,vendor,client,note,vendor_reference,by,at\r
                    \(id),\(order),1,1.50,USD,helodata,crawler,"it's ""half"" of it",CN-1,kim,2026-05-28T10:00:00.000Z\r

                    """)
            let lines = try await office.call(
                .get, "/refunds", as: .auditor, headers: [.accept: "application/x-ndjson"])
            #expect(lines.text == refunds.reversed().map { $0.json.text + "\n" }.joined())
        }
    }
}
