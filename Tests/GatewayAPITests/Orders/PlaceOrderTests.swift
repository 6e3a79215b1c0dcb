import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Placing an order` {
    @Test(arguments: ["", "/v1"]) func `answers with the order and where it is`(base: String) async throws {
        try await Office.open { office in
            let reply = try await office.call(
                .post, base + "/orders", as: .buyer, headers: [.idempotencyKey: "k-1", .requestID: "my-id"],
                body: #"{"product":"isp","country":"usa","quantity":5,"months":1,"metadata":{"team":"a\u00e9"}}"#)
            #expect(reply.status == 201)
            let id = try #require(reply.json["id"]?.string)
            #expect(reply.headers[.location] == "\(base)/orders/\(id)")
            #expect(reply.headers[.requestID] == "my-id")
            #expect(reply.headers[.idempotentReplayed] == nil)
            #expect(reply.json["status"] == "completed")
            #expect(reply.json["money_state"] == "spent")
            #expect(reply.json["request_id"] == "my-id")
            #expect(reply.json["client"] == "crawler")
            #expect(reply.json["idempotency_key"] == "k-1")
            #expect(reply.json["metadata"] == ["team": "aé"])
            #expect(
                reply.json["request"]
                    == ["product": "isp", "quantity": 5, "months": 1, "country": "US", "vendor": "auto"])
            let read = try await office.call(.get, "\(base)/orders/\(id)", as: .buyer)
            #expect(read.json == reply.json)
        }
    }

    @Test func `finds the same order by the same key, however it is written`() async throws {
        try await Office.open { office in
            let first = try await office.buy(key: "k-1")
            let bodies = [Office.traffic, #"{ "gb": 5.0, "product": "residential", "city": null }"#]
            for (body, key) in zip(bodies, ["k-1", #""k-1""#]) {
                let again = try await office.buy(body, key: key)
                #expect(again.status == 201)
                #expect(again.headers[.idempotentReplayed] == "true")
                #expect(again.json == first.json)
            }
            #expect(office.vendor.calls.count == 1)
        }
    }

    @Test func `refuses a key that belongs to another request, and names its order`() async throws {
        try await Office.open { office in
            let first = try await office.buy(key: "k-1")
            let other = try await office.buy(#"{"product":"residential","gb":6}"#, key: "k-1")
            #expect(other.status == 422)
            #expect(other.code == "idempotency_key_reused")
            #expect(other.json["order_id"] == first.json["id"])
            #expect(other.money == "spent")
            #expect(other.retry == "fix_request")
            #expect(office.vendor.calls.count == 1)
        }
    }

    @Test(arguments: [
        ("respond-async, wait=60", "respond-async, wait=60"), ("wait=600", "wait=60"), ("color=red", nil),
    ])
    func `says what it honoured of a preference, on a problem too where an order is there`(
        prefer: String, applied: String?
    ) async throws {
        try await Office.open { office in
            let refusal = Refusal(.insufficientBalance)
            office.vendor.rewrite { script in
                script.purchases = [.bought(Receipt(vendorOrderID: "v-1", isReady: true)), .refused(refusal)]
            }
            let call = { (key: String?, body: String) in
                var headers: HTTPFields = [.prefer: prefer]
                headers[.idempotencyKey] = key
                return try await office.call(.post, "/orders", as: .buyer, headers: headers, body: body)
            }
            let sold = try await call("k-1", Office.traffic)
            #expect(sold.status == 201)
            #expect(sold.headers[.preferenceApplied] == applied)
            for _ in 0..<2 {
                let refused = try await call("k-2", Office.traffic)
                #expect(refused.code == "insufficient_balance")
                #expect(refused.headers[.preferenceApplied] == applied)
            }
            let unreadable = try await call("k-3", "{")
            #expect(unreadable.status == 400)
            #expect(unreadable.headers[.preferenceApplied] == nil)
        }
    }

    @Test func `takes another client's key for a new one`() async throws {
        try await Office.open { office in
            office.vendor.rewrite { script in
                script.purchases = ["v-1", "v-2"].map { .bought(Receipt(vendorOrderID: $0, isReady: true)) }
            }
            let first = try await office.buy(key: "k-1")
            let second = try await office.buy(#"{"product":"residential","gb":6}"#, key: "k-1", token: office.stranger)
            #expect(second.status == 201)
            #expect(second.json["id"] != first.json["id"])
            #expect(second.headers[.idempotentReplayed] == nil)
        }
    }

    struct Standing: CustomTestStringConvertible {
        let status: OrderStatus
        let steps: [OrderStep]
        let needsReview: Bool
        let answer: Int
        let pause: String?

        var testDescription: String { "\(status.rawValue)\(needsReview ? " for review" : "")" }

        init(
            _ status: OrderStatus, _ steps: [OrderStep], _ answer: Int, pause: String? = nil, needsReview: Bool = false
        ) {
            self.status = status
            self.steps = steps
            self.needsReview = needsReview
            self.answer = answer
            self.pause = pause
        }
    }

    static let standings = [
        Standing(.pending, [], 202, pause: "2"),
        Standing(.purchasing, [.dispatched], 202, pause: "2"),
        Standing(.unknown, [.dispatched, .lost], 202, pause: "30"),
        Standing(.unknown, [.dispatched, .lost], 202, pause: "3600", needsReview: true),
        Standing(.provisioning, [.dispatched, .bought], 201),
        Standing(.completed, [.dispatched, .boughtReady], 201),
        Standing(.canceled, [.withdrawn], 200),
        Standing(.failed, [.dispatched, .notBought], 409),
    ]

    @Test(arguments: standings) func `answers an order as it stands`(standing: Standing) async throws {
        try await Office.open { office in
            let order = try await office.stored(try office.ordered(), taking: standing.steps) { order in
                if standing.needsReview { order.unknown?.needsReview = true }
            }
            #expect(order.status == standing.status)
            let reply = try await office.buy(headers: [.prefer: "wait=0"])
            #expect(reply.status == standing.answer)
            #expect(reply.headers[.retryAfter] == standing.pause)
            #expect(reply.headers[.idempotentReplayed] == "true")
            #expect(office.vendor.calls.isEmpty)
            if standing.status == .failed {
                #expect(reply.code == "insufficient_balance")
                #expect(reply.json["order_id"]?.string == order.id.text)
                #expect(reply.money == "not_spent")
                #expect(reply.retry == "new_key")
            } else {
                #expect(reply.headers[.preferenceApplied] == "wait=0")
                #expect(try reply.json == OrderBody(order).json)
            }
        }
    }

    @Test func `does not wait when it is asked not to`() async throws {
        try await Office.open { office in
            office.vendor.hold()
            let reply = try await office.buy(headers: [.prefer: "respond-async"])
            #expect(reply.status == 202)
            #expect(reply.json["status"] == "purchasing")
            #expect(reply.headers[.preferenceApplied] == "respond-async")
            office.vendor.open()
            let id = try #require(reply.json["id"]?.string)
            let settled = try await office.call(.get, "/orders/\(id)?wait=60", as: .buyer)
            #expect(settled.json["status"] == "completed")
        }
    }

    @Test func `tells a refusal as the vendor said it, and the same to every repetition`() async throws {
        let refusal = Refusal(.insufficientBalance, vendorCode: "insufficient_balance", message: "a \"b\" <c>\n")
        try await Office.open(vendor: .idempotent { $0.purchases = [.refused(refusal)] }) { office in
            let first = try await office.buy(headers: [.requestID: "same"])
            #expect(first.status == 409)
            #expect(first.code == "insufficient_balance")
            #expect(first.json["vendor"]?["message"] == "a \"b\" <c>\n")
            #expect(first.headers[.idempotentReplayed] == nil)
            let again = try await office.buy(headers: [.requestID: "same"])
            #expect(again.text == first.text)
            #expect(again.headers[.idempotentReplayed] == "true")
            #expect(office.vendor.calls.count == 1)
        }
    }

    @Test func `passes a good trace on, and drops a bad one`() async throws {
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        try await Office.open { office in
            try await office.buy(key: "k-1", headers: [.traceParent: trace])
            office.vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderID: "v-2", isReady: true))] }
            try await office.buy(key: "k-2", headers: [.traceParent: trace.uppercased()])
            #expect(office.vendor.calls.map(\.context.traceparent) == [trace, nil])
        }
    }

    @Test func `needs a key`() async throws {
        try await Office.open { office in
            let reply = try await office.call(.post, "/orders", as: .buyer, body: Office.traffic)
            #expect(reply.status == 400)
            #expect(reply.code == "idempotency_key_missing")
            #expect(reply.json["detail"]?.string?.contains("Idempotency-Key: ") == true)
            #expect(reply.money == "unchanged")
            #expect(office.vendor.calls.isEmpty)
        }
    }

    @Test func `buys anew each time without a key, where none is needed`() async throws {
        try await Office.open(vendor: .attributable()) {
            $0.requiresIdempotencyKey = false
        } _: { office in
            let first = try await office.call(.post, "/orders", as: .buyer, body: Office.traffic)
            office.vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderID: "v-2", isReady: true))] }
            let second = try await office.call(.post, "/orders", as: .buyer, body: Office.traffic)
            #expect(first.json["idempotency_key"] == .null)
            #expect(first.json["id"] != second.json["id"])
        }
    }

    @Test func `stores nothing that could not be made durable, and says so`() async throws {
        try await Office.open { office in
            await office.store.fail(with: .unavailable("disk full at /secret/path"))
            let reply = try await office.buy()
            #expect(reply.status == 503)
            #expect(reply.code == "store_unavailable")
            #expect(reply.retry == "same_key")
            #expect(reply.headers[.retryAfter] != nil)
            #expect(!reply.text.contains("secret"))
            #expect(office.vendor.calls.isEmpty)
        }
    }
}
