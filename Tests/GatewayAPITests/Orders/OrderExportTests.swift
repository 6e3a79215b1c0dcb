import ExactJSON
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct OrderExportTests {
    @Test func `pages tell only the fields that are asked for, in their usual order`() async throws {
        try await Office.open { office in
            let orders = try await History.fill(office, 3).reversed()
            let reply = try await office.call(.get, "/orders?fields=total,id,status", as: .auditor)
            #expect(
                reply.json["data"]?.array
                    == orders.map { order in
                        ["id": .string(order.id.text), "status": .string(order.status.rawValue), "total": .null]
                    })
            let next = try await office.call(.get, "/orders?fields=id&limit=1", as: .auditor)
            #expect(next.headers[.link]?.contains("fields=id&limit=1&cursor=") == true)
        }
    }

    @Test func `lines have whole orders, and a trailer counts them`() async throws {
        try await Office.open(over: .live) { office in
            let orders = try await History.fill(office, 9).reversed()
            for (target, headers) in [
                ("/orders?format=ndjson", HTTPFields()), ("/v1/orders", [.accept: "application/x-ndjson"]),
            ] {
                let reply = try await office.call(.get, target, as: .auditor, headers: headers)
                let lines = orders.map { String(decoding: OrderBody($0).bytes, as: UTF8.self) + "\n" }
                #expect(reply.text == lines.joined())
                #expect(reply.trailers[.ordersCount] == "9")
                #expect(reply.headers[.trailer] == "X-Orders-Count")
                #expect(reply.headers[.contentDisposition] == "attachment; filename=\"orders.ndjson\"")
            }
            let trimmed = try await office.call(.get, "/orders?format=ndjson&fields=id&status=canceled", as: .buyer)
            let own = orders.filter { $0.client == "crawler" && $0.status == .canceled }
            #expect(trimmed.text == own.map { "{\"id\":\"\($0.id.text)\"}\n" }.joined())
        }
    }

    @Test func `a table has a heading, the columns that are asked for, and an empty cell for what nobody told`()
        async throws
    {
        try await Office.open(over: .live) { office in
            var request = OrderRequest.example(product: .isp)
            request.metadata = [.init(name: "team", value: "=1+1, \"x\"")]
            let sold = try await office.stored(
                .example(client: "crawler", idempotencyKey: "=cmd", request: request),
                taking: [.dispatched, .boughtReady]
            ) { order in
                order.vendorOrderID = "+1"
                order.total = .usd(micros: 120_000_000)
                order.totalSource = .vendor
            }
            let columns = "id,total,currency,idempotency_key,vendor_order_id,metadata,error,country"
            let reply = try await office.call(.get, "/orders?format=csv&fields=\(columns)", as: .buyer)
            let metadata = #""{""team"":""=1+1, \""x\""""}""#
            #expect(reply.text == "\(columns)\r\n\(sold.id.text),120.00,USD,'=cmd,'+1,\(metadata),,US\r\n")
            let whole = try await office.call(.get, "/orders", as: .buyer, headers: [.accept: "text/csv"])
            let heading = whole.text.split(separator: "\r\n").first ?? ""
            #expect(heading.split(separator: ",").map(String.init) == OrderColumn.allCases.map(\.rawValue))
            let none = try await office.call(.get, "/orders?format=csv&status=failed", as: .buyer)
            #expect(none.text == heading + "\r\n")
            #expect(none.trailers[.ordersCount] == "0")
        }
    }

    @Test func `what unknown orders hold is told in both forms, and adds up to what statistics tell`() async throws {
        try await Office.open(over: .live) { office in
            for number in 0..<3 {
                try await office.stored(.example(client: "crawler"), taking: [.dispatched, .lost]) { order in
                    order.unknown = UnknownOutcome(since: .example, reason: "deadline")
                    order.unknown?.needsReview = number == 2
                }
            }
            try await office.stored(.example(client: "crawler"), taking: [.dispatched, .boughtReady]) {
                $0.total = .usd("0.10")
            }
            let columns = "held,currency,total,unknown_since,unknown_reason,needs_review"
            let reply = try await office.call(.get, "/orders?format=csv&fields=\(columns)", as: .buyer)
            let rows = reply.text.split(separator: "\r\n").dropFirst().map {
                $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            let since = Date.example.rfc3339
            #expect(
                Set(rows) == [
                    ["120.00", "USD", "", since, "deadline", "false"],
                    ["120.00", "USD", "", since, "deadline", "true"],
                    ["", "USD", "0.10", "", "", ""],
                ])
            let lines = try await office.call(.get, "/orders?format=ndjson&fields=held,unknown", as: .buyer)
            #expect(lines.text.components(separatedBy: #""held":{"amount":"120.00","currency":"USD"}"#).count == 4)
            #expect(lines.text.contains(#""held":null"#))
            let statistics = try await office.call(.get, "/orders/stats", as: .buyer)
            let total = try #require(statistics.json["totals"]?.array?.first)
            let held = rows.compactMap { Millionths($0[0])?.count }.reduce(0, +)
            let spent = rows.compactMap { Millionths($0[2])?.count }.reduce(0, +)
            #expect(total["maybe_spent"] == Money(Millionths(held)).json)
            #expect(total["spent"] == Money(Millionths(spent)).json)
        }
    }

    @Test func `an export goes on behind an order`() async throws {
        try await Office.open(over: .live) { office in
            let orders = try await History.fill(office, 5)
            let reply = try await office.call(
                .get, "/orders?format=ndjson&fields=id&before=\(orders[2].id)", as: .auditor)
            #expect(reply.text == orders.prefix(2).reversed().map { "{\"id\":\"\($0.id.text)\"}\n" }.joined())
        }
    }

    @Test(arguments: ["csv", "ndjson"]) func `an export that breaks off has no end`(format: String) async throws {
        try await Office.open(over: .live) { office in
            let orders = try await History.fill(office, 9)
            await office.store.breakViews(after: 2)
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: try #require(office.port))
            try await Wire.open(at: address) { wire in
                try await wire.send(
                    "GET /orders?format=\(format)&fields=id HTTP/1.1\r\nHost: a\r\n"
                        + "Authorization: Bearer \(office.tokens[.auditor] ?? "")\r\n\r\n")
                let text = await wire.rest()
                #expect(text.contains(orders[8].id.text) && text.contains(orders[3].id.text))
                #expect(!text.contains(orders[2].id.text))
                #expect(!text.contains("\r\n0\r\n") && !text.contains("X-Orders-Count: "))
            }
        }
    }
}
