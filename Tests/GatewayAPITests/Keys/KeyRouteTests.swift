import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Key routes` {
    @Test func `make a key that works, and show its token once`() async throws {
        try await Office.open(.local) { office in
            let made = try await office.call(.post, "/keys", body: #"{"client":"shop","role":"auditor"}"#)
            #expect(made.status == 201)
            #expect(made.headers[.cacheControl] == "no-store")
            let token = try #require(made.json["token"]?.string)
            #expect(office.keys.authenticate(token) == Caller(client: "shop", role: .auditor))
            let list = try await office.call(.get, "/v1/keys")
            #expect(list.ids.contains(try #require(made.json["id"]?.string)))
            #expect(!list.text.contains("token"))
        }
    }

    @Test func `revoke a key, again with the same answer`() async throws {
        try await Office.open(.local) { office in
            let key = try #require(office.keys.list().first)
            let first = try await office.call(.delete, "/keys/\(key.id)")
            #expect(first.json["revoked_at"]?.string == office.clock.now.rfc3339)
            #expect(try await office.call(.delete, "/keys/\(key.id)").text == first.text)
        }
    }

    @Test(arguments: [
        (#"{}"#, ["/client required", "/role required"]),
        (#"{"client":"a","role":"root"}"#, ["/role invalid_choice"]),
        (#"{"client":"a b","role":"buyer"}"#, ["/client invalid_text"]),
        (#"{"client":"a","role":"buyer","secret":"x"}"#, ["/secret unknown_field"]),
        (#"{"client":null,"role":7}"#, ["/client required", "/role invalid_choice"]),
    ])
    func `name every fault of a wish`(body: String, faults: [String]) async throws {
        try await Office.open(.local) { office in
            let reply = try await office.call(.post, "/keys", body: body)
            #expect(reply.status == 422)
            #expect(reply.faults == faults)
        }
    }

    @Test(arguments: ["key_", "key_01K7C0X4Z0M3T5A8QH2B6NDEFG", "ord_01K7C0X4Z0M3T5A8QH2B6NDEFG", "%00", ".."])
    func `know no other key`(id: String) async throws {
        try await Office.open(.local) { office in
            let reply = try await office.call(.delete, "/keys/\(id)")
            #expect(reply.code == "not_found")
        }
    }
}
