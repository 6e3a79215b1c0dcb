import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Reading an order` {
    @Test func `is for its own client, for auditors and for operators`() async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered())
            for role in Role.allCases {
                let reply = try await office.call(.get, "/orders/\(order.id)", as: role)
                #expect(try reply.json == OrderBody(order).json)
            }
        }
    }

    @Test(arguments: ["", "/events", "?wait=1"])
    func `tells a stranger's order from none in no way`(tail: String) async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered())
            let headers: HTTPFields = [.requestID: "same"]
            let theirs = try await office.call(
                .get, "/orders/\(order.id)\(tail)", token: office.stranger, headers: headers)
            let none = try await office.call(
                .get, "/orders/\(office.ids.next(.order))\(tail)", token: office.stranger, headers: headers)
            let unreadable = try await office.call(
                .get, "/orders/x\(tail)", token: office.stranger, headers: headers)
            #expect(theirs.status == 404)
            #expect(theirs.text == none.text)
            #expect(theirs.text == unreadable.text)
        }
    }

    @Test(arguments: [
        "x", "ord_", "ord_01k7c0x4z0m3t5a8qh2b6ndefg", "ord_01K7C0X4Z0M3T5A8QH2B6NDEFGH",
        "evt_01K7C0X4Z0M3T5A8QH2B6NDEFG",
        "%2e%2e%2f", "%00", "..", "ord_01K7C0X4Z0M3T5A8QH2B6NDEF'", String(repeating: "a", count: 4000),
    ])
    func `knows no other id`(id: String) async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/orders/\(id)", as: .operator)
            #expect(reply.code == "not_found")
            #expect(!reply.text.contains(id.prefix(5)) || id == "x" || id.hasPrefix("ord_"))
        }
    }

    @Test func `costs nothing when nothing has changed`() async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered())
            let path = "/orders/\(order.id)"
            let tag = try #require(try await office.call(.get, path, as: .buyer).headers[.eTag])
            for value in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let reply = try await office.call(.get, path, as: .buyer, headers: [.ifNoneMatch: value])
                #expect(reply.status == 304)
                #expect(reply.text.isEmpty)
                #expect(reply.headers[.eTag] == tag)
            }
            for value in ["\"other\"", "", String(tag.dropLast())] {
                let reply = try await office.call(.get, path, as: .buyer, headers: [.ifNoneMatch: value])
                #expect(reply.status == 200)
            }
            try await office.call(.post, path + "/cancel", as: .buyer)
            let changed = try await office.call(.get, path, as: .buyer, headers: [.ifNoneMatch: tag])
            #expect(changed.status == 200)
            #expect(changed.headers[.eTag] != tag)
        }
    }

    @Test func `waits until the order changes`() async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered())
            async let waiting = office.call(.get, "/orders/\(order.id)?wait=60", as: .buyer)
            try await office.call(.post, "/orders/\(order.id)/cancel", as: .buyer)
            let reply = try await waiting
            #expect(reply.json["status"] == "canceled")
        }
    }

    @Test(arguments: ["61", "-1", "1.0", "", "a", "1e1", "99999999999999999999", "0x1", "%31%00"])
    func `waits for 0 to 60 seconds`(wait: String) async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/orders/\(office.ids.next(.order))?wait=\(wait)", as: .buyer)
            #expect(reply.status == 422)
            #expect(reply.faults.map { $0.split(separator: " ").first } == ["wait"])
        }
    }

    @Test func `has no body for HEAD, and the same fields`() async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered())
            let headers: HTTPFields = [.requestID: "same"]
            let full = try await office.call(.get, "/orders/\(order.id)", as: .buyer, headers: headers)
            let head = try await office.call(.head, "/orders/\(order.id)", as: .buyer, headers: headers)
            #expect(head.status == 200)
            #expect(head.text.isEmpty)
            #expect(head.headers == full.headers)
        }
    }

    @Test func `says when the store cannot be read`() async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered())
            await office.store.fail(with: .unavailable("x"))
            for path in ["/orders/\(order.id)", "/orders/\(order.id)/events", "/orders"] {
                let reply = try await office.call(.get, path, as: .buyer)
                #expect(reply.code == "store_unavailable")
                #expect(reply.retry == "same_key")
            }
        }
    }

    @Test func `shows the timeline from the first event on`() async throws {
        try await Office.open { office in
            let id = try #require(try await office.buy(headers: [.requestID: "mine"]).json["id"]?.string)
            let reply = try await office.call(.get, "/orders/\(id)/events", as: .auditor)
            let events = try #require(reply.json["data"]?.array)
            #expect(events.compactMap { $0["number"]?.int } == Array(1...events.count))
            #expect(events.first?["type"] == "order.pending")
            #expect(events.first?["actor"] == ["kind": "client", "name": "crawler"])
            #expect(events.last?["type"] == "order.completed")
            #expect(events.allSatisfy { $0["order_id"]?.string == id && $0["request_id"] == "mine" })
        }
    }
}
