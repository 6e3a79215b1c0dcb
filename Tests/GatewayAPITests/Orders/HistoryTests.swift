import ExactJSON
import Foundation
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct History {
    /// Orders of two clients, one a minute, oldest first.
    static func fill(_ office: Office, _ count: Int) async throws -> [Order] {
        var orders: [Order] = []
        for number in 0..<count {
            var request = OrderRequest.example(product: number.isMultiple(of: 2) ? .isp : .ipv4)
            if number.isMultiple(of: 3) { request.metadata = [.init(name: "team", value: "crawl")] }
            let order = Order.example(
                client: number % 3 == 0 ? "other" : "crawler", idempotencyKey: "h-\(number)", request: request,
                createdAt: Date.example.advanced(by: .seconds(60 * number)))
            orders.append(try await office.stored(order, taking: number % 4 == 0 ? [.withdrawn] : []))
        }
        return orders
    }

    @Test func `is newest first, and a client's own for a buyer`() async throws {
        try await Office.open { office in
            let orders = try await Self.fill(office, 9).reversed()
            let own = try await office.call(.get, "/orders", as: .buyer)
            #expect(own.ids == orders.filter { $0.client == "crawler" }.map(\.id.text))
            #expect(own.json["next_cursor"] == .null)
            #expect(own.headers[.link] == nil)
            for role in [Role.auditor, .operator] {
                #expect(try await office.call(.get, "/orders", as: role).ids == orders.map(\.id.text))
            }
        }
    }

    static let filters: [(query: String, fits: @Sendable (Order) -> Bool)] = [
        ("status=canceled", { $0.status == .canceled }),
        ("status=pending,canceled", { _ in true }),
        ("status=completed", { _ in false }),
        ("product=ipv4", { $0.request.product == .ipv4 }),
        ("product=isp,ipv4&status=pending", { $0.status == .pending }),
        ("client=other", { $0.client == "other" }),
        ("client=other%2Ccrawler", { _ in true }),
        ("vendor=helodata", { $0.vendor == "helodata" }),
        ("created_after=2026-05-28T10:03:00Z", { $0.createdAt >= .example.advanced(by: .seconds(180)) }),
        ("created_before=2026-05-28T12:03:00.000+02:00", { $0.createdAt < .example.advanced(by: .seconds(180)) }),
        ("created_after=2026-05-28T12:03:00%2B02:00", { $0.createdAt >= .example.advanced(by: .seconds(180)) }),
        ("created_after=2026-05-29", { _ in false }),
        ("expires_before=2126-05-29", { $0.moneyState == .spent && $0.expiresAt != nil }),
        ("expires_after=2126-05-29", { _ in false }),
        ("country=us", { $0.request.country?.alpha2 == "US" }), ("country=DEU,LI", { _ in false }),
        ("metadata[team]=crawl", { $0.request.metadata.contains(.init(name: "team", value: "crawl")) }),
        ("metadata%5Bteam%5D=", { _ in false }), ("metadata[team]=crawl&metadata[run]=2", { _ in false }),
        ("idempotency_key=h-3", { $0.idempotencyKey == "h-3" }), ("vendor_order_id=nobody", { _ in false }),
        ("batch_id=nobody", { _ in false }), ("min_total=0.000001", { $0.total != nil }),
        ("max_total=9", { $0.total.map { $0.amount.count <= 9_000_000 } ?? false }),
        ("q=h-5", { $0.idempotencyKey == "h-5" }), ("q=cra", { !$0.request.metadata.isEmpty }),
    ]

    @Test(arguments: filters.indices) func `is filtered`(index: Int) async throws {
        try await Office.open { office in
            let orders = try await Self.fill(office, 9).reversed()
            let reply = try await office.call(.get, "/orders?\(Self.filters[index].query)", as: .auditor)
            #expect(reply.ids == orders.filter(Self.filters[index].fits).map(\.id.text))
        }
    }

    @Test func `is walked by cursor, each order once, while new ones arrive`() async throws {
        try await Office.open { office in
            let orders = try await Self.fill(office, 11).filter { $0.status == .pending }.reversed()
            var seen: [String] = []
            var next: String? = "/v1/orders?status=pending&limit=3"
            while let path = next {
                let page = try await office.call(.get, path, as: .operator)
                seen += page.ids
                next = page.headers[.link].map { $0.split(separator: ">")[0].dropFirst() }.map(String.init)
                #expect(next?.hasPrefix("/v1/orders?status=pending&limit=3&cursor=") ?? true)
                #expect((next == nil) == (page.json["next_cursor"] == .null))
                let late = Order.example(createdAt: .example.advanced(by: .seconds(9999)))
                try await office.stored(late)
            }
            #expect(seen == orders.map(\.id.text))
        }
    }

    @Test func `takes a cursor only with the filters it was made for`() async throws {
        try await Office.open { office in
            _ = try await Self.fill(office, 9)
            let page = try await office.call(.get, "/orders?product=isp,ipv4&limit=2", as: .auditor)
            let cursor = try #require(page.json["next_cursor"]?.string)
            let same = try await office.call(.get, "/orders?limit=5&cursor=\(cursor)&product=ipv4,isp", as: .auditor)
            #expect(same.status == 200)
            let altered = (cursor.hasPrefix("A") ? "B" : "A") + cursor.dropFirst()
            for query in [
                "cursor=\(cursor)", "product=isp&cursor=\(cursor)", "product=isp,ipv4&status=failed&cursor=\(cursor)",
                "product=isp,ipv4&cursor=\(altered)", "product=isp,ipv4&cursor=\(cursor.dropLast())",
                "product=isp,ipv4&cursor=", "product=isp,ipv4&cursor=\(cursor)%3D", "cursor=ord_1",
            ] {
                let reply = try await office.call(.get, "/orders?\(query)", as: .auditor)
                #expect(reply.status == 422)
                #expect(reply.faults == ["cursor invalid_cursor"])
            }
            let buyers = try await office.call(.get, "/orders?product=isp,ipv4&cursor=\(cursor)", as: .buyer)
            #expect(buyers.faults == ["cursor invalid_cursor"])
        }
    }

    @Test(arguments: [
        ("status=done", ["status invalid_choice"]), ("status=", ["status invalid_choice"]),
        ("status=pending,", ["status invalid_choice"]), ("status=Pending", ["status invalid_choice"]),
        ("product=isp,,ipv4", ["product invalid_choice"]), ("vendor=", ["vendor invalid_text"]),
        ("limit=0", ["limit out_of_range"]), ("limit=201", ["limit out_of_range"]),
        ("limit=1&limit=2", ["limit duplicate_parameter"]), ("limit=+5", ["limit out_of_range"]),
        ("created_after=yesterday", ["created_after invalid_time"]),
        ("created_before=2026-13-01", ["created_before invalid_time"]),
        ("expires_before=soon", ["expires_before invalid_time"]),
        ("created_after=2026-05-28T10:00:00", ["created_after invalid_time"]),
        ("colour=red&limit=x", ["colour unknown_parameter"]), ("Status=failed", ["Status unknown_parameter"]),
        ("status=%ff", ["status not_readable"]), ("vendor=%00", ["vendor not_readable"]),
        ("=x", [" unknown_parameter"]),
        ("api_key=pk_1", ["api_key unknown_parameter"]),
        ("country=XX", ["country unknown_country"]), ("country=US,", ["country unknown_country"]),
        ("metadata=crawl", ["metadata unknown_parameter"]), ("metadata[]=x", ["metadata[] invalid_text"]),
        ("meta[team]=x", ["meta[team] unknown_parameter"]), ("status[x]=y", ["status[x] unknown_parameter"]),
        ("metadata[a]=1&metadata[a]=2", ["metadata[a] duplicate_parameter"]),
        ("q=", ["q invalid_text"]), ("idempotency_key=", ["idempotency_key invalid_text"]),
        ("min_total=1e3", ["min_total invalid_amount"]), ("max_total=-1", ["max_total invalid_amount"]),
        ("min_total=0.0000001", ["min_total invalid_amount"]), ("fields=id,price", ["fields unknown_field"]),
        ("fields=", ["fields unknown_field"]), ("format=xml", ["format unknown_format"]),
        ("format=csv&limit=5", ["limit not_supported"]), ("format=csv&fields=routing", ["fields unknown_field"]),
        ("format=ndjson&before=1", ["before invalid_id"]),
        ("before=ord_01JDA3V4T8Z3M7N5Q6R8S9T0W1", ["before not_supported"]),
        ("status=a&product=b&limit=c", ["status invalid_choice", "product invalid_choice", "limit out_of_range"]),
    ])
    func `refuses what it does not understand`(query: String, faults: [String]) async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/orders?\(query)", as: .auditor)
            #expect(reply.status == 422)
            #expect(reply.faults == faults)
            #expect(reply.money == "unchanged")
        }
    }

    @Test func `is not a buyer's to filter by client`() async throws {
        try await Office.open { office in
            for client in ["other", "crawler"] {
                let reply = try await office.call(.get, "/orders?client=\(client)", as: .buyer)
                #expect(reply.code == "forbidden")
            }
        }
    }

    @Test func `takes filters as data, whatever they hold`() async throws {
        try await Office.open { office in
            _ = try await Self.fill(office, 4)
            for text in ["%25", "'%20OR%201=1--", "%3Cscript%3E", "a%22%7D"] {
                let reply = try await office.call(.get, "/orders?client=\(text)", as: .auditor)
                #expect(reply.status == 200)
                #expect(reply.ids.isEmpty)
                let unknown = try await office.call(.get, "/orders?vendor=helodata,\(text)", as: .auditor)
                #expect(unknown.status == 422)
                #expect(unknown.faults == ["vendor unknown_vendor"])
                #expect(unknown.json["errors"]?.array?.first?["detail"] == "configured vendors are helodata")
            }
        }
    }

    @Test func `knows a vendor that is configured, and one that orders in sight had`() async throws {
        try await Office.open { office in
            #expect(try await office.call(.get, "/orders?vendor=helodata", as: .buyer).ids.isEmpty)
            let old = try await office.stored(
                office.ordered(client: "other"), taking: [.dispatched, .boughtReady]
            ) { order in
                order.vendor = "gone"
                order.vendorOrderID = "v-1"
            }
            #expect(try await office.call(.get, "/orders?vendor=gone", as: .auditor).ids == [old.id.text])
            // What others bought where is not a buyer's to know.
            #expect(try await office.call(.get, "/orders?vendor=gone", as: .buyer).faults == ["vendor unknown_vendor"])
        }
    }
}
