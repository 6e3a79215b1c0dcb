import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Pauses of buying` {
    static let pause = #"{"reason":"an odd invoice"}"#

    @Test func `are told to operators and auditors, with who, when and why`() async throws {
        try await Office.open { office in
            #expect(try await office.call(.get, "/buying", as: .auditor).json["paused"] == false)
            let paused = try await office.call(.post, "/buying/pause", as: .operator, body: Self.pause)
            #expect(paused.status == 200)
            #expect(paused.headers[.cacheControl] == "no-store")
            #expect(paused.json["reason"] == "an odd invoice" && paused.json["by"] == "crawler")
            #expect(paused.json["since"] == paused.json["changes"]?.array?.first?["at"])
            #expect(try await office.call(.get, "/v1/buying", as: .auditor).json == paused.json)
            #expect(try await office.call(.post, "/buying/pause", as: .operator, body: Self.pause).json == paused.json)
            let resumed = try await office.call(.post, "/buying/resume", as: .operator, body: "{}")
            #expect(resumed.json["paused"] == false && resumed.json["changes"]?.array?.count == 2)
            #expect(try await office.call(.post, "/buying/resume", as: .operator).json == resumed.json)
        }
    }

    @Test func `refuse orders and paid actions, and let everything else go on`() async throws {
        try await Office.open { office in
            let first = try await office.buy()
            #expect(first.status == 201)
            try await office.call(.post, "/buying/pause", as: .operator, body: Self.pause)
            let refused = try await office.buy(key: "k-2")
            #expect(refused.status == 503 && refused.code == "buying_paused")
            #expect(refused.retry == "wait" && refused.money == "not_spent")
            #expect(refused.headers[.retryAfter] == "60")
            #expect(
                refused.json["detail"]?.string?.hasPrefix("buying is paused: an odd invoice (crawler, since ") == true)
            #expect(try await office.buy().headers[.idempotentReplayed] == "true")
            let quote = try await office.call(.post, "/quotes", as: .buyer, body: Office.traffic)
            #expect(quote.json["buying_paused"]?["by"] == "crawler")
            #expect(try await office.call(.get, "/orders", as: .buyer).ids.count == 1)
            try await office.call(.post, "/buying/resume", as: .operator)
            #expect(
                try await office.call(.post, "/quotes", as: .buyer, body: Office.traffic).json["buying_paused"] == .null
            )
            #expect(try await office.buy(key: "k-2").status != 503)
        }
    }

    @Test(arguments: [
        (#"{}"#, ["/reason required"]), (#"{"reason":" "}"#, ["/reason invalid_text"]),
        (#"{"reason":"x","for":"1h"}"#, ["/for unknown_field"]), (#"{"reason":7}"#, ["/reason invalid_text"]),
    ])
    func `name every fault`(body: String, faults: [String]) async throws {
        try await Office.open { office in
            let reply = try await office.call(.post, "/buying/pause", as: .operator, body: body)
            #expect(reply.status == 422)
            #expect(reply.faults == faults)
            #expect(try await office.call(.get, "/buying", as: .operator).json["paused"] == false)
        }
    }
}
