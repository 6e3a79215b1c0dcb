import ExactJSON
import Foundation
import HTTPTypes
import HummingbirdTesting
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `A list of proxies` {
    private static func vendor() -> ScriptedVendor { .showing(BoughtProxy.examples) }

    @Test func `is JSON, whole, with what is not told as null`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let reply = try await office.call(.get, "/orders/\(try await office.sold())/proxies", as: .buyer)
            #expect(reply.status == 200)
            #expect(reply.headers[.cacheControl] == "no-store")
            #expect(reply.headers[.contentType] == "application/json")
            #expect(reply.headers[.proxiesOrdered] == "3")
            #expect(reply.headers[.trailer] == "X-Proxies-Count")
            #expect(reply.trailers[.proxiesCount] == "3")
            let data = try #require(reply.json["data"]?.array)
            let expiry = Date.example.rfc3339
            #expect(
                data.first?.text
                    == #"{"ip":"198.51.100.42","ports":{"http":8000,"socks5":8001},"protocols":["http","socks5"],"#
                    + #""user":"helo_s1a2b3c4d5e","password":"Mz4yQv8R","country":"US","city":"New York","asn":7922,"#
                    + #""expires_at":"\#(expiry)"}"#)
            #expect(data[1]["password"] == .string("=1+\"1\",%:ü"))
            #expect(data[1]["ports"] == ["http": .null, "socks5": 1080])
            #expect(data[1]["expires_at"]?.string != expiry)
            #expect(data[2]["user"] == .null && data[2]["password"] == .null)
            #expect(reply.json["next_cursor"] == .null)
        }
    }

    @Test func `has other forms`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let path = "/orders/\(try await office.sold())/proxies?format="
            let plain = try await office.call(.get, path + "plain", as: .buyer)
            #expect(plain.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(
                plain.text
                    == "198.51.100.42:8000:helo_s1a2b3c4d5e:Mz4yQv8R\n"
                    + "[2001:db8::42]:1080:al/ice@:=1+\"1\",%:ü\n198.51.100.7:8080\n")
            let uri = try await office.call(.get, path + "uri", as: .buyer)
            #expect(uri.headers[.contentType] == "text/uri-list; charset=utf-8")
            #expect(
                uri.text
                    == "http://helo_s1a2b3c4d5e:Mz4yQv8R@198.51.100.42:8000\n"
                    + "socks5://al%2Fice%40:%3D1%2B%221%22%2C%25%3A%C3%BC@[2001:db8::42]:1080\nhttp://198.51.100.7:8080\n"
            )
            for line in uri.text.split(separator: "\n") { #expect(URL(string: String(line))?.host() != nil) }
            let csv = try await office.call(.get, path + "csv", as: .buyer)
            #expect(csv.headers[.contentType] == "text/csv; charset=utf-8")
            let first = Date.example.rfc3339
            let second = Date.example.advanced(by: .seconds(86_400)).rfc3339
            #expect(
                csv.text
                    == "ip,http_port,socks5_port,user,password,country,city,asn,expires_at\r\n"
                    + "198.51.100.42,8000,8001,helo_s1a2b3c4d5e,Mz4yQv8R,US,\"New York\",7922,\(first)\r\n"
                    + "2001:db8::42,,1080,al/ice@,\"'=1+\"\"1\"\",%:ü\",FR,,,\(second)\r\n"
                    + "198.51.100.7,8080,,,,,\"'-Q\"\"x\",,\(first)\r\n")
        }
    }

    @Test(arguments: [
        ("", "application/json"), ("*/*", "application/json"), ("text/csv", "text/csv"),
        ("text/plain;q=0.5, text/csv;q=0.9", "text/csv"), ("text/*", "text/plain"), ("text/uri-list", "text/uri-list"),
        ("application/json;q=0, text/*;q=0.1", "text/plain"), ("image/png", "application/json"),
        ("text/*;q=0.3, text/csv;q=0.1, */*;q=0.2", "text/plain"), ("nonsense", "application/json"),
    ])
    func `is told in the form that Accept likes best`(accept: String, media: String) async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let path = "/orders/\(try await office.sold())/proxies"
            let headers: HTTPFields = accept.isEmpty ? [:] : [.accept: accept]
            let reply = try await office.call(.get, path, as: .buyer, headers: headers)
            #expect(reply.headers[.contentType]?.hasPrefix(media) == true)
            #expect(reply.headers[.vary] == "Accept")
            let named = try await office.call(.get, path + "?format=csv", as: .buyer, headers: headers)
            #expect(named.headers[.contentType]?.hasPrefix("text/csv") == true)
        }
    }

    @Test func `names the port of the protocol that was asked for`() async throws {
        let proxies = BoughtProxy.examples.prefix(2) + [BoughtProxy.examples[0]]
        try await Office.open(vendor: .showing(Array(proxies))) { office in
            let path = "/orders/\(try await office.sold())/proxies"
            let socks = try await office.call(.get, path + "?format=plain&protocol=socks5", as: .buyer)
            #expect(socks.text.hasPrefix("198.51.100.42:8001:"))
            let http = try await office.call(.get, path + "?format=uri&protocol=http", as: .buyer)
            #expect(http.status == 409 && http.code == "no_proxies" && http.retry == "fix_request")
        }
    }

    @Test(arguments: [
        ("format=xml", ["format unknown_format"]), ("format=JSON", ["format unknown_format"]),
        ("protocol=socks4&format=uri", ["protocol unknown_protocol"]), ("protocol=http", ["protocol not_supported"]),
        ("partial=yes", ["partial unknown_partial"]), ("limit=5", ["limit unknown_parameter"]),
        ("format=xml&partial=1", ["format unknown_format", "partial unknown_partial"]),
    ])
    func `refuses what it does not understand`(query: String, faults: [String]) async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let reply = try await office.call(.get, "/orders/\(try await office.sold())/proxies?\(query)", as: .buyer)
            #expect(reply.status == 422 && reply.faults == faults)
        }
    }

    @Test func `is for those who may see the order`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let path = "/orders/\(try await office.sold())/proxies"
            for role in Role.allCases { #expect(try await office.call(.get, path, as: role).status == 200) }
            #expect(try await office.call(.get, path).status == 401)
            let foreign = try await office.call(.get, path, token: office.stranger)
            let absent = try await office.call(.get, "/orders/ord_01K7C0X4Z0M3T5A8QH2B6NDEFG/proxies", as: .buyer)
            #expect(foreign.status == 404 && absent.status == 404)
            #expect(foreign.json["detail"] == absent.json["detail"])
            #expect(try await office.call(.put, path, as: .buyer).headers[.allow] == "GET, HEAD")
        }
    }

    @Test func `answers HEAD without a body`() async throws {
        try await Office.open(vendor: Self.vendor(), over: .live) { office in
            let head = try await office.call(.head, "/orders/\(try await office.sold())/proxies?format=csv", as: .buyer)
            #expect(head.status == 200 && head.text.isEmpty)
            #expect(head.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(try await office.call(.get, "/healthz").status == 200)
        }
    }

    struct Standing: Sendable, CustomTestStringConvertible {
        let name: String
        let steps: [OrderStep]
        let code: String
        let money: String
        let retry: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Standing(name: "pending", steps: [], code: "proxies_not_ready", money: "not_spent", retry: "poll"),
        Standing(
            name: "purchasing", steps: [.dispatched], code: "proxies_not_ready", money: "maybe_spent", retry: "poll"),
        Standing(
            name: "unknown", steps: [.dispatched, .lost], code: "proxies_not_ready", money: "maybe_spent", retry: "poll"
        ),
        Standing(
            name: "provisioning", steps: [.dispatched, .bought], code: "proxies_not_ready", money: "spent",
            retry: "poll"),
        Standing(
            name: "failed", steps: [.dispatched, .notBought], code: "no_proxies", money: "not_spent", retry: "new_key"),
        Standing(name: "canceled", steps: [.withdrawn], code: "no_proxies", money: "not_spent", retry: "new_key"),
    ])
    func `is there only once the order is ready`(standing: Standing) async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let id = try await office.sold(taking: standing.steps)
            let reply = try await office.call(.get, "/orders/\(id)/proxies", as: .buyer)
            #expect(reply.status == 409 && reply.code == standing.code, "\(reply.text)")
            #expect(reply.money == standing.money && reply.retry == standing.retry)
            #expect(reply.json["order_id"] == .string(id))
        }
    }

    @Test func `is told in part to whoever asks for that`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let id = try await office.sold(taking: [.dispatched, .bought])
            let reply = try await office.call(.get, "/orders/\(id)/proxies?partial=true", as: .buyer)
            #expect(reply.status == 200 && reply.trailers[.proxiesCount] == "3")
            office.vendor.rewrite { $0.proxies = { _ in nil } }
            let none = try await office.call(.get, "/orders/\(id)/proxies?partial=true", as: .buyer)
            #expect(none.code == "proxies_not_ready" && none.headers[.retryAfter] == "10")
        }
    }

    @Test func `is none where traffic was bought`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let id = try await office.sold(.example(product: .residential))
            let reply = try await office.call(.get, "/orders/\(id)/proxies", as: .buyer)
            #expect(reply.code == "no_proxies" && reply.money == "spent" && reply.retry == "fix_request")
        }
    }

    @Test func `is a problem where the vendor shows nothing`() async throws {
        try await Office.open(vendor: .showing([])) { office in
            let path = "/orders/\(try await office.sold())/proxies"
            #expect(try await office.call(.get, path, as: .buyer).code == "no_proxies")
            office.vendor.rewrite { $0.proxies = { _ in nil } }
            #expect(try await office.call(.get, path, as: .buyer).code == "no_proxies")
        }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let error: VendorError
        let status: Int
        let code: String
        let retry: String
        let pause: String?
        var testDescription: String { "\(error)" }
    }

    @Test(arguments: [
        Fault(
            error: .unavailable(reason: "connection_refused"), status: 503, code: "vendor_unavailable", retry: "wait",
            pause: "30"),
        Fault(
            error: .rateLimited(retryAfter: .milliseconds(7500)), status: 503, code: "vendor_unavailable",
            retry: "wait",
            pause: "8"),
        Fault(error: .unreadable("ips_row"), status: 503, code: "vendor_unavailable", retry: "wait", pause: "30"),
        Fault(error: .authFailed, status: 502, code: "vendor_auth_failed", retry: "ask_operator", pause: nil),
        Fault(
            error: .refused(code: "batch_expired", message: "no"), status: 409, code: "no_proxies",
            retry: "fix_request",
            pause: nil),
    ])
    func `is a problem where the vendor fails before the first`(fault: Fault) async throws {
        let vendor = ScriptedVendor.idempotent { $0.proxies = { _ throws(VendorError) in throw fault.error } }
        try await Office.open(vendor: vendor) { office in
            let path = "/orders/\(try await office.sold())/proxies"
            for _ in 0...Purchaser.downloadsAtOnce {
                let reply = try await office.call(.get, path, as: .buyer)
                #expect(reply.status == fault.status && reply.code == fault.code, "\(reply.text)")
                #expect(reply.retry == fault.retry && reply.headers[.retryAfter] == fault.pause)
                #expect(reply.money == "spent")
            }
            // The same, when the list was begun and its first piece is no good.
            office.vendor.rewrite { $0.proxies = { _ in .pieces(of: [], then: fault.error) } }
            #expect(try await office.call(.get, path, as: .buyer).code == fault.code)
        }
    }
}
