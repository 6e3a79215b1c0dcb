import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Deciding about an order` {
    @Test func `cancels what was not sent, again with the same answer`() async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered())
            let path = "/orders/\(order.id)/cancel"
            let first = try await office.call(.post, path, as: .buyer)
            #expect(first.status == 200)
            #expect(first.json["status"] == "canceled")
            #expect(try await office.call(.post, path, as: .buyer, body: "{}").json == first.json)
            let replayed = try await office.buy()
            #expect(replayed.status == 200)
            #expect(replayed.json == first.json)
        }
    }

    @Test(arguments: [
        ([OrderStep.dispatched], "maybe_spent", "poll"), ([.dispatched, .lost], "maybe_spent", "poll"),
        ([.dispatched, .boughtReady], "spent", "fix_request"),
        ([.dispatched, .notBought], "not_spent", "fix_request"),
    ])
    func `cancels nothing that may have been sent`(steps: [OrderStep], money: String, retry: String) async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered(), taking: steps)
            let reply = try await office.call(.post, "/orders/\(order.id)/cancel", as: .buyer)
            #expect(reply.status == 409)
            #expect(reply.code == "not_cancelable")
            #expect(reply.money == money)
            #expect(reply.retry == retry)
            #expect(reply.json["order_id"]?.string == order.id.text)
        }
    }

    @Test func `cancels no stranger's order`() async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered())
            let reply = try await office.call(.post, "/orders/\(order.id)/cancel", token: office.stranger)
            #expect(reply.code == "not_found")
        }
    }

    @Test(arguments: [("[]", 400), (#"{"reason":"x"}"#, 422), ("x", 400)])
    func `takes no words with a cancellation`(body: String, status: Int) async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered())
            let reply = try await office.call(.post, "/orders/\(order.id)/cancel", as: .buyer, body: body)
            #expect(reply.status == status)
        }
    }

    @Test func `settles an unknown order as bought`() async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered(), taking: [.dispatched, .lost])
            let reply = try await office.call(
                .post, "/orders/\(order.id)/resolve", as: .operator,
                body: #"{"outcome":"bought","vendor_order_id":"v-9","total":12.5,"reason":"in the panel"}"#)
            #expect(reply.status == 200)
            #expect(reply.json["status"] == "completed")
            #expect(reply.json["total"] == ["amount": "12.50", "currency": "USD"])
            #expect(reply.json["total_source"] == "operator")
            #expect(reply.json["vendor_order_id"] == "v-9")
            let events = try await office.call(.get, "/orders/\(order.id)/events", as: .buyer)
            #expect(events.text.contains("in the panel"))
        }
    }

    @Test func `settles an unknown order as not bought, and every repetition says so`() async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered(), taking: [.dispatched, .lost])
            let reply = try await office.call(
                .post, "/orders/\(order.id)/resolve", as: .operator,
                body: #"{"outcome":"not_bought","reason":"ticket 4711","total":null}"#)
            #expect(reply.json["status"] == "failed")
            let again = try await office.buy()
            #expect(again.retry == "new_key")
            #expect(again.money == "not_spent")
        }
    }

    @Test func `settles no order that is not unknown`() async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered())
            let reply = try await office.call(
                .post, "/orders/\(order.id)/resolve", as: .operator, body: #"{"outcome":"not_bought","reason":"x"}"#)
            #expect(reply.status == 409)
            #expect(reply.code == "not_resolvable")
        }
    }

    @Test(arguments: [
        (#"{}"#, ["/reason required", "/outcome required"]),
        (#"{"outcome":"maybe","reason":" "}"#, ["/reason invalid_text", "/outcome invalid_choice"]),
        (#"{"outcome":"bought","reason":"x","status":"completed"}"#, ["/status unknown_field"]),
        (
            #"{"outcome":"not_bought","reason":"x","vendor_order_id":"v","total":"1"}"#,
            ["/vendor_order_id not_applicable", "/total not_applicable"]
        ),
        (#"{"outcome":"bought","reason":"x","total":"1.2345678"}"#, ["/total invalid_amount"]),
        (#"{"outcome":"bought","reason":"x","total":1e2}"#, ["/total invalid_amount"]),
        (#"{"outcome":"bought","reason":"x","total":-1}"#, ["/total invalid_amount"]),
        (#"{"outcome":"bought","reason":"x","total":"12345678"}"#, ["/total invalid_amount"]),
        (#"{"outcome":"bought","reason":"x","total":{"amount":"1"}}"#, ["/total invalid_amount"]),
        (#"{"outcome":"bought","reason":"x","vendor_order_id":"a b"}"#, ["/vendor_order_id invalid_text"]),
        (#"{"outcome":"bought","reason":"x","vendor_order_id":7}"#, ["/vendor_order_id invalid_text"]),
        (
            #"{"outcome":"bought","reason":"\#(String(repeating: "a", count: 501))"}"#,
            ["/reason invalid_text"]
        ),
    ])
    func `names every fault of a decision`(body: String, faults: [String]) async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered(), taking: [.dispatched, .lost])
            let reply = try await office.call(.post, "/orders/\(order.id)/resolve", as: .operator, body: body)
            #expect(reply.status == 422)
            #expect(reply.faults == faults)
        }
    }

    @Test func `gives one vendor order to one order`() async throws {
        try await Office.open { office in
            try await office.stored(try office.ordered(key: "a"), taking: [.dispatched, .boughtReady]) {
                $0.vendorOrderID = "v-9"
            }
            let order = try await office.stored(try office.ordered(), taking: [.dispatched, .lost])
            let reply = try await office.call(
                .post, "/orders/\(order.id)/resolve", as: .operator,
                body: #"{"outcome":"bought","vendor_order_id":"v-9","reason":"x"}"#)
            #expect(reply.status == 422)
            #expect(reply.faults == ["/vendor_order_id claimed"])
        }
    }
}
