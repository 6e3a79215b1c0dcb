import ExactJSON
import Foundation
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `A batch` {
    /// A vendor that shows batches with these ids.
    private static func vendor(_ ids: [String] = ["bat_1"], told: Bool = true) -> ScriptedVendor {
        .idempotent { script in
            script.goods = [.success(ids.map { .example($0, told: told) })]
            script.proxies = { _ in .pieces(of: BoughtProxy.examples) }
        }
    }

    @Test(arguments: ["", "/v1"]) func `is told in one form, with the order that bought it`(base: String) async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let order = try await office.batch()
            let reply = try await office.call(.get, "\(base)/isp/batches/bat_1", as: .buyer)
            #expect(reply.status == 200)
            #expect(reply.headers[.cacheControl] == "private, no-cache")
            let sold = try #require(order.settledAt)
            let freeUntil = sold.addingTimeInterval(14 * 86_400).rfc3339
            #expect(
                reply.json == [
                    "id": "bat_1", "status": "active", "vendor": "helodata", "country": "US", "city": "newyork",
                    "asn": 7922, "quantity": 3, "expires_at": .string(Date.example.rfc3339),
                    "order_id": .string(order.id.text),
                    "replacements": ["free_until": .string(freeUntil), "remaining": 3],
                    "vendor_details": ["label": "crawl"],
                ])
        }
    }

    @Test func `has nothing that nobody told`() async throws {
        try await Office.open(vendor: Self.vendor(["bat_1", "bat_2"], told: false)) { office in
            try await office.batch()
            let mine = try await office.call(.get, "/isp/batches/bat_1", as: .buyer)
            for name in ["status", "country", "city", "asn", "quantity"] { #expect(mine.json[name] == .null) }
            #expect(mine.json["expires_at"] == .string(Date.example.rfc3339))
            let stray = try await office.call(.get, "/isp/batches/bat_2", as: .auditor)
            for name in ["expires_at", "order_id", "replacements"] { #expect(stray.json[name] == .null) }
        }
    }

    @Test func `is listed for those who may see it`() async throws {
        try await Office.open(vendor: Self.vendor(["bat_1", "bat_3", "bat_2"])) { office in
            try await office.batch("bat_1")
            try await office.batch("bat_2", client: "other")
            let mine = try await office.call(.get, "/isp/batches", as: .buyer)
            #expect(mine.ids == ["bat_1"] && mine.json["next_cursor"] == .null)
            #expect(
                mine.json["data"]?.array?.first == (try await office.call(.get, "/isp/batches/bat_1", as: .buyer)).json)
            #expect(try await office.call(.get, "/isp/batches", token: office.stranger).ids == ["bat_2"])
            for role in [Role.auditor, .operator] {
                #expect(try await office.call(.get, "/isp/batches", as: role).ids == ["bat_3", "bat_2", "bat_1"])
            }
            #expect(try await office.call(.get, "/isp/batches").status == 401)
        }
    }

    @Test func `is listed once in a walk by pages`() async throws {
        let ids = (100..<305).map { "bat_\($0)" }
        let second = Vendor(name: "second", adapter: Self.vendor(["bat_200", "bat_9"]))
        try await Office.open(vendor: Self.vendor(ids), others: [second]) { office in
            var seen: [String] = []
            var target: String? = "/v1/isp/batches?limit=50"
            while let page = target {
                let reply = try await office.call(.get, page, as: .operator)
                seen += reply.ids
                target = reply.json["next_cursor"]?.string.map { "/v1/isp/batches?limit=50&cursor=\($0)" }
                let link = reply.headers[.link]
                #expect((link == nil) == (target == nil))
                if let target { #expect(link == "<\(target)>; rel=\"next\"") }
            }
            #expect(seen == (ids + ["bat_200", "bat_9"]).sorted(by: >))
            let one = try await office.call(.get, "/isp/batches?vendor=second", as: .operator)
            #expect(one.ids == ["bat_9", "bat_200"])
            #expect(one.json["data"]?.array?.first?["vendor"] == "second")
            // A buyer whose batches stand far behind those of others.
            try await office.batch("bat_100")
            try await office.batch("bat_101")
            let mine = try await office.call(.get, "/isp/batches?limit=1", as: .buyer)
            let cursor = try #require(mine.json["next_cursor"]?.string)
            #expect(mine.ids == ["bat_101"])
            let rest = try await office.call(.get, "/isp/batches?limit=1&cursor=\(cursor)", as: .buyer)
            #expect(rest.ids == ["bat_100"] && rest.json["next_cursor"] == .null)
            let other = try await office.call(.get, "/isp/batches?vendor=second&cursor=\(cursor)", as: .buyer)
            #expect(other.faults == ["cursor invalid_cursor"])
        }
    }

    @Test(arguments: [
        ("vendor=nobody", ["vendor unknown_vendor"]), ("vendor=legacy", ["vendor unknown_vendor"]),
        ("limit=0", ["limit out_of_range"]), ("cursor=x", ["cursor invalid_cursor"]),
        ("cursor=&limit=201", ["limit out_of_range", "cursor invalid_cursor"]), ("page=2", ["page unknown_parameter"]),
    ])
    func `is not listed by what is not understood`(query: String, faults: [String]) async throws {
        let legacy = Vendor(name: "legacy", adapter: ScriptedVendor.attributable())
        try await Office.open(vendor: Self.vendor(), others: [legacy]) { office in
            let reply = try await office.call(.get, "/isp/batches?\(query)", as: .buyer)
            #expect(reply.status == 422 && reply.faults == faults)
        }
    }

    @Test func `of another client is answered as one that is not there`() async throws {
        try await Office.open(vendor: Self.vendor(["bat_1", "bat_2"])) { office in
            try await office.batch("bat_1", client: "other")
            for path in ["", "/ips", "/whitelist"] {
                var texts: Set<String> = []
                for id in ["bat_1", "bat_2", "bat_3", "..", "%2e", "a/b".replacing("/", with: "%2F")] {
                    let reply = try await office.call(
                        .get, "/isp/batches/\(id)\(path)", as: .buyer, headers: [.requestID: "same"])
                    #expect(reply.status == 404)
                    texts.insert(reply.text)
                }
                #expect(texts.count == 1)
                #expect(try await office.call(.get, "/isp/batches/bat_1\(path)", as: .auditor).status == 200)
                #expect(try await office.call(.get, "/isp/batches/bat_3\(path)", as: .operator).status == 404)
            }
        }
    }

    @Test func `that no order bought can only be read, by those who watch`() async throws {
        try await Office.open(vendor: Self.vendor(["bat_1", "bat_2"])) { office in
            let token = office.tokens[.operator]
            #expect(try await office.call(.get, "/isp/batches/bat_2", as: .operator).status == 200)
            #expect(try await office.call(.get, "/isp/batches/bat_2/whitelist", as: .operator).status == 200)
            let ips = try await office.call(.get, "/isp/batches/bat_2/ips", as: .operator)
            #expect(ips.status == 409 && ips.code == "no_proxies")
            let refresh = try await office.change("/isp/batches/bat_2/refresh", token: token)
            #expect(refresh.status == 409 && refresh.code == "action_not_allowed" && refresh.money == "unchanged")
            let release = try await office.change(.delete, "/isp/batches/bat_2?confirm=bat_2", token: token)
            #expect(release.code == "action_not_allowed")
            #expect(try await office.change("/isp/batches/bat_9/refresh", token: token).status == 404)
            #expect(office.vendor.actionCalls.isEmpty)
        }
    }

    @Test func `that is gone names its order`() async throws {
        try await Office.open(vendor: Self.vendor([])) { office in
            let gone = try await office.batch("bat_1")
            let released = try await office.batch("bat_2", flags: ["released"])
            for (order, words) in [(gone, "helodata"), (released, "released")] {
                let reply = try await office.call(.get, "/isp/batches/\(order.batchID ?? "")", as: .buyer)
                #expect(reply.status == 404 && reply.order == order.id.text && reply.money == "spent")
                #expect(reply.retry == "fix_request")
                if words == "released" { #expect(reply.json["detail"] == "the batch was released") }
            }
        }
    }

    @Test func `that was released is not there, whatever its vendor shows`() async throws {
        try await Office.open(vendor: Self.vendor(["bat_1", "bat_2"])) { office in
            try await office.batch("bat_1")
            let order = try await office.batch("bat_2", flags: ["released"])
            for path in ["", "/whitelist"] {
                let reply = try await office.call(.get, "/isp/batches/bat_2\(path)", as: .buyer)
                #expect(reply.status == 404 && reply.order == order.id.text, "\(reply.text)")
                #expect(reply.json["detail"] == "the batch was released")
            }
            let ips = try await office.call(.get, "/isp/batches/bat_2/ips", as: .buyer)
            #expect(ips.code == "no_proxies" && ips.json["detail"]?.string?.contains("was released") == true)
            for role in [Role.buyer, .operator] {
                #expect(try await office.call(.get, "/isp/batches", as: role).ids == ["bat_1"])
            }
        }
    }

    @Test(arguments: [ActionTask.refresh, .replace(ip: "ip_1")])
    func `whose IPs are being changed is worth waiting for`(task: ActionTask) async throws {
        let vendor = ScriptedVendor.idempotent { $0.proxies = { _ in nil } }
        try await Office.open(vendor: vendor) { office in
            let order = try await office.batch()
            let before = try await office.call(.get, "/isp/batches/bat_1/ips", as: .buyer)
            #expect(before.code == "no_proxies")
            let change =
                task == .refresh
                ? try await office.change("/isp/batches/bat_1/refresh")
                : try await office.change("/isp/ips/ip_1/replace", #"{"order_id":"\#(order.id)"}"#)
            #expect(change.status == 201)
            let reply = try await office.call(.get, "/isp/batches/bat_1/ips", as: .buyer)
            #expect(reply.status == 409 && reply.code == "proxies_not_ready" && reply.retry == "poll")
            #expect(reply.headers[.retryAfter] == "10")
            let id = try #require(change.json["id"]?.string)
            #expect(reply.json["detail"]?.string?.contains(id) == true)
        }
    }

    @Test(arguments: ["", "?format=plain", "?format=csv", "?format=uri", "?format=plain&protocol=socks5"])
    func `tells its IPs as its order does`(query: String) async throws {
        let proxies = [BoughtProxy.examples[0], BoughtProxy.examples[1]]
        let vendor = ScriptedVendor.idempotent { $0.proxies = { _ in .pieces(of: proxies) } }
        try await Office.open(vendor: vendor) { office in
            let order = try await office.batch()
            let ofOrder = try await office.call(.get, "/orders/\(order.id)/proxies\(query)", as: .buyer)
            let reply = try await office.call(.get, "/isp/batches/bat_1/ips\(query)", as: .buyer)
            #expect(reply.status == 200 && reply.text == ofOrder.text)
            #expect(reply.headers[.cacheControl] == "no-store")
            #expect(reply.headers[.proxiesOrdered] == "3" && reply.trailers[.proxiesCount] == "2")
            #expect(reply.headers[.contentType] == ofOrder.headers[.contentType])
        }
    }

    @Test func `tells its IPs once they are there`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let order = Order.example(client: "crawler", request: .example(quantity: 3))
            try await office.stored(order, taking: [.dispatched, .bought]) { $0.batchID = "bat_1" }
            let early = try await office.call(.get, "/isp/batches/bat_1/ips", as: .buyer)
            #expect(early.status == 409 && early.code == "proxies_not_ready")
            #expect(try await office.call(.get, "/isp/batches/bat_1/ips?partial=true", as: .buyer).status == 200)
            let odd = try await office.call(.get, "/isp/batches/bat_1/ips?format=xml", as: .buyer)
            #expect(odd.faults == ["format unknown_format"])
        }
    }

    @Test func `says who may use it without a password`() async throws {
        let entries = [
            WhitelistEntry(id: "wl_1", address: "203.0.113.0/24", label: "office", createdAt: .example),
            WhitelistEntry(id: "wl_2", address: "2001:db8::1"),
        ]
        try await Office.open(vendor: .idempotent { $0.whitelists = [.success(entries), .success(nil)] }) { office in
            let order = try await office.batch()
            let reply = try await office.call(.get, "/isp/batches/bat_1/whitelist", as: .buyer)
            #expect(
                reply.json["data"] == [
                    [
                        "id": "wl_1", "address": "203.0.113.0/24", "label": "office",
                        "created_at": .string(Date.example.rfc3339),
                    ], ["id": "wl_2", "address": "2001:db8::1", "label": .null, "created_at": .null],
                ])
            let gone = try await office.call(.get, "/isp/batches/bat_1/whitelist", as: .buyer)
            #expect(gone.status == 404 && gone.order == order.id.text)
        }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let error: VendorError
        let status: Int
        let code: String
        let retry: String
        var pause: String?
        var testDescription: String { "\(error)" }
    }

    @Test(arguments: [
        Fault(
            error: .unavailable(reason: "connection_refused"), status: 503, code: "vendor_unavailable", retry: "wait",
            pause: "30"),
        Fault(
            error: .rateLimited(retryAfter: .milliseconds(7500)), status: 503, code: "vendor_unavailable",
            retry: "wait", pause: "8"),
        Fault(error: .unreadable("batch"), status: 503, code: "vendor_unavailable", retry: "wait", pause: "30"),
        Fault(error: .authFailed, status: 502, code: "vendor_auth_failed", retry: "ask_operator"),
        Fault(error: .refused(code: "x", message: "no"), status: 422, code: "vendor_rejected", retry: "fix_request"),
    ])
    func `is a problem where its vendor cannot be read`(fault: Fault) async throws {
        let vendor = ScriptedVendor.idempotent { script in
            script.goods = [.failure(fault.error)]
            script.whitelists = [.failure(fault.error)]
        }
        try await Office.open(vendor: vendor) { office in
            try await office.batch()
            for path in ["/isp/batches", "/isp/batches/bat_1", "/isp/batches/bat_1/whitelist"] {
                let reply = try await office.call(.get, path, as: .buyer)
                #expect(reply.status == fault.status && reply.code == fault.code, "\(reply.text)")
                #expect(reply.money == "unchanged" && reply.retry == fault.retry)
                #expect(reply.headers[.retryAfter] == fault.pause)
            }
            // Which batches an operator may reach beside those of orders cannot be known either.
            let stray = try await office.call(.get, "/isp/batches/bat_2", as: .operator)
            #expect(stray.code == fault.code)
            #expect(try await office.call(.get, "/isp/batches/bat_2", as: .buyer).status == 404)
        }
    }

    @Test func `is a problem where the store cannot be read`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            try await office.batch()
            await office.store.fail(with: .unavailable("disk"))
            for path in ["", "/bat_1", "/bat_1/ips", "/bat_1/whitelist"] {
                let reply = try await office.call(.get, "/isp/batches\(path)", as: .buyer)
                #expect(reply.status == 503 && reply.code == "store_unavailable")
            }
        }
    }
}
