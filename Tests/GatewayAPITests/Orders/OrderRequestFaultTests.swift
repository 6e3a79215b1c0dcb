import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Bodies of orders` {
    @Test(arguments: [
        "", " ", "null", "[]", "7", "\"a\"", "{", #"{"product":"isp",}"#, #"{"a":1}{"b":2}"#, "{/**/}",
        "\u{FEFF}{}", #"{"gb":1,"gb":2}"#, #"{"gb":1,"\u0067b":2}"#, #"{"goal":"\ud800"}"#, #"{"goal":"\u0000"}"#,
        #"{"goal":"\u202e"}"#, #"{"gb":01}"#, #"{"gb":+1}"#, #"{"gb":NaN}"#, #"{"gb":.5}"#,
        String(repeating: #"{"a":"#, count: 17) + "1" + String(repeating: "}", count: 17),
        String(repeating: "[", count: 60_000),
    ])
    func `that are not one JSON object are malformed`(body: String) async throws {
        try await Office.open { office in
            let reply = try await office.buy(body)
            #expect(reply.status == 400)
            #expect(reply.code == "malformed_request")
            #expect(reply.money == "unchanged")
            #expect(office.vendor.calls.isEmpty)
        }
    }

    @Test func `that are broken are told at which byte`() async throws {
        try await Office.open { office in
            let reply = try await office.buy(#"{"product":"isp",}"#)
            #expect(reply.json["detail"] == "the body is not JSON: a member name is missing at byte 17")
        }
    }

    @Test(
        arguments: [
            (
                #"{"product":"residential","gb":"x","bogus":1,"vendor":"nobody"}"#,
                ["/bogus unknown_field", "/gb", "/vendor unknown_vendor"]
            ),
            (
                #"{"product":"isp","quantity":0,"country":"XX","months":1,"vendor":"nobody"}"#,
                ["/country", "/quantity quantity_out_of_range", "/vendor unknown_vendor"]
            ),
            (#"{"product":"nothing","vendor":"nobody"}"#, ["/product"]),
        ] as [(String, [String])])
    func `name the faults of both readings in one answer`(body: String, faults: [String]) async throws {
        try await Office.open { office in
            let quoted = try await office.call(.post, "/quotes", as: .buyer, body: body)
            for reply in [try await office.buy(body), quoted] {
                #expect(reply.status == 422 && reply.code == "invalid_request")
                let told = reply.faults.sorted()
                #expect(told.count == faults.count, "\(told)")
                for (one, wanted) in zip(told, faults) { #expect(one.hasPrefix(wanted), "\(told)") }
            }
            #expect(office.vendor.calls.isEmpty)
        }
    }

    @Test func `have at most 64 KiB`() async throws {
        try await Office.open { office in
            let padding = String(repeating: " ", count: Call.bodyLimit - Office.traffic.utf8.count)
            let fits = try await office.buy(Office.traffic + padding)
            #expect(fits.status == 201)
            let tooLarge = try await office.buy(Office.traffic + padding + " ")
            #expect(tooLarge.status == 413)
            #expect(tooLarge.code == "body_too_large")
        }
    }

    @Test(arguments: [
        ("application/json", 201), ("Application/JSON", 201), ("application/json; charset=utf-8", 201),
        ("application/json;charset=\"UTF-8\"", 201), ("application/json; charset=utf-16", 415),
        ("application/json; a=b", 415), ("text/plain", 415), ("application/x-www-form-urlencoded", 415),
        ("application/jsonp", 415), ("application/json, text/plain", 415), ("", 415),
    ])
    func `are JSON by their type`(type: String, status: Int) async throws {
        try await Office.open { office in
            let reply = try await office.buy(headers: [.contentType: type])
            #expect(reply.status == status)
        }
    }

    @Test(arguments: ["gzip", "identity", "br"]) func `have no content coding`(coding: String) async throws {
        try await Office.open { office in
            let reply = try await office.buy(headers: [.contentEncoding: coding])
            #expect(reply.code == "unsupported_media_type")
        }
    }

    @Test func `are told every fault, not only the first`() async throws {
        try await Office.open { office in
            let reply = try await office.buy(
                #"{"product":"isp","country":"XX","quantity":"5","months":1,"days":30,"quantitty":5,"total":"1"}"#)
            #expect(reply.status == 422)
            #expect(reply.code == "invalid_request")
            #expect(
                Set(reply.faults) == [
                    "/country unknown_country", "/quantity not_an_integer", "/days conflicting_fields",
                    "/quantitty unknown_field", "/total unknown_field",
                ])
            #expect(reply.retry == "fix_request")
        }
    }

    /// Without a limit, a body of 64 KiB was answered with 2 MiB, and a query of 8 KiB, without any key, with 340 KiB.
    @Test func `made of nothing but faults are told the first hundred`() async throws {
        try await Office.open { office in
            let members = (0..<6000).map { "\"\($0)\":1" }.joined(separator: ",")
            let body = try await office.buy("{\(members)}")
            #expect(body.status == 422)
            #expect(body.faults.count == 100)
            let query = Array(repeating: "x", count: 4000).joined(separator: "&")
            let reply = try await office.call(.get, "/healthz?\(query)")
            #expect(reply.status == 422)
            #expect(reply.faults.count == 100)
        }
    }

    @Test(arguments: ["client", "status", "total", "vendor_order_id", "money_state", "id"])
    func `cannot set what is Purser's to say`(field: String) async throws {
        try await Office.open { office in
            let reply = try await office.buy(#"{"product":"residential","gb":5,"\#(field)":"x"}"#)
            #expect(reply.faults == ["/\(field) unknown_field"])
        }
    }

    @Test func `name a vendor that is configured`() async throws {
        try await Office.open { office in
            let reply = try await office.buy(#"{"product":"residential","gb":5,"vendor":"nobody"}"#)
            #expect(reply.status == 422)
            #expect(reply.faults == ["/vendor unknown_vendor"])
            #expect(reply.money == "unchanged")
        }
    }

    @Test func `that no vendor can sell are told why, vendor by vendor`() async throws {
        try await Office.open(vendor: .idempotent { $0.withheld = [.residential] }) { office in
            let reply = try await office.buy()
            #expect(reply.code == "no_vendor")
            #expect(reply.faults == ["helodata not_supported"])
            #expect(reply.money == "not_spent")
        }
    }
}
