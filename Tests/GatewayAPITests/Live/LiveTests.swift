import ExactJSON
import HTTPTypes
import HummingbirdTesting
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

/// The contract over a real socket, behind the front door; every answer is held against the document here too.
@Suite struct `The gateway on a socket` {
    @Test func `buys, shows and lists`() async throws {
        try await Office.open(over: .live) { office in
            let bought = try await office.buy(headers: [.requestID: "mine", .prefer: "wait=5"])
            #expect(bought.status == 201)
            #expect(bought.headers[.requestID] == "mine")
            let location = try #require(bought.headers[.location])
            let shown = try await office.call(.get, location, as: .buyer)
            #expect(shown.json == bought.json)
            let again = try await office.buy()
            #expect(again.headers[.idempotentReplayed] == "true")
            let list = try await office.call(.get, "/v1/orders?limit=1", as: .auditor)
            #expect(list.ids == [bought.json["id"]?.string])
        }
    }

    @Test func `refuses with a problem, whoever refuses`() async throws {
        try await Office.open(over: .live) { office in
            let id: HTTPFields = [.requestID: "mine"]
            let refusals: [(TestReply, String)] = [
                (try await office.call(.get, "/orders", headers: id), "unauthenticated"),
                (try await office.call(.post, "/orders", as: .auditor, headers: id, body: "{}"), "forbidden"),
                (try await office.call(.get, "//orders", as: .buyer, headers: id), "not_found"),
                (try await office.call(.put, "/orders", as: .buyer, headers: id), "method_not_allowed"),
                (try await office.call(.get, "/orders?x=1", as: .buyer, headers: id), "invalid_request"),
                (try await office.buy("{", headers: id), "malformed_request"),
                (
                    try await office.buy(headers: [.requestID: "mine", .contentEncoding: "gzip"]),
                    "unsupported_media_type"
                ),
                (try await office.buy(key: "a b", headers: id), "malformed_request"),
                (try await office.buy(headers: [.requestID: "mine", .expect: "a"]), "expectation_failed"),
            ]
            for (reply, code) in refusals {
                #expect(reply.code == code)
                #expect(reply.headers[.contentType] == "application/problem+json")
                #expect(reply.headers[.requestID] == "mine")
                #expect(reply.json["request_id"] == "mine")
                #expect(reply.money == "unchanged")
            }
        }
    }

    @Test func `reads no body that is too large`() async throws {
        try await Office.open(over: .live) { office in
            let reply = try await office.buy(String(repeating: " ", count: 70_000))
            #expect(reply.code == "body_too_large")
        }
    }

    @Test func `answers HEAD without a body and 304 without one either`() async throws {
        try await Office.open(over: .live) { office in
            let full = try await office.call(.get, "/openapi.json")
            let head = try await office.call(.head, "/openapi.json")
            #expect(head.text.isEmpty)
            #expect(head.headers[.eTag] == full.headers[.eTag])
            let tag = try #require(full.headers[.eTag])
            let same = try await office.call(.get, "/openapi.json", headers: [.ifNoneMatch: tag])
            #expect(same.status == 304)
            #expect(try await office.call(.get, "/healthz").status == 200)
        }
    }

    @Test func `counts wrong keys by the caller's address`() async throws {
        try await Office.open(over: .live) { office in
            for _ in 1...FailureLimiter.allowance { try await office.call(.get, "/orders", token: "wrong") }
            let limited = try await office.call(.get, "/orders", token: "wrong")
            #expect(limited.headers[.retryAfter] == "60")
        }
    }
}
