import ExactJSON
import Foundation
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Changing a batch` {
    struct Change: Sendable, CustomTestStringConvertible {
        let method: HTTPRequest.Method
        let path: String
        var body: String?
        let kind: String
        let task: ActionTask
        var testDescription: String { "\(method) \(path) \(body ?? "")" }
    }

    @Test(arguments: [
        Change(method: .post, path: "refresh", kind: "refresh", task: .refresh),
        Change(method: .post, path: "refresh", body: "{}", kind: "refresh", task: .refresh),
        Change(method: .post, path: "rotate-password", kind: "rotate_password", task: .rotatePassword),
        Change(method: .post, path: "renew", body: #"{"months":12}"#, kind: "renew", task: .renew(.months(12))),
        Change(
            method: .post, path: "renew", body: #"{"days":30,"ips":["b","a"],"promo_code":"X-1"}"#, kind: "renew",
            task: .renew(.days(30), ips: ["a", "b"], promoCode: "X-1")),
        Change(
            method: .post, path: "whitelist", body: #"{"address":"203.0.113.7"}"#, kind: "whitelist_add",
            task: .allow("203.0.113.7")),
        Change(
            method: .post, path: "whitelist", body: #"{"address":"2001:DB8:0::/64","label":"office"}"#,
            kind: "whitelist_add", task: .allow("2001:db8::/64", label: "office")),
        Change(
            method: .delete, path: "whitelist/wl_1", kind: "whitelist_remove", task: .disallow(entry: "wl_1")),
    ])
    func `asks its vendor for it`(change: Change) async throws {
        try await Office.open { office in
            let order = try await office.batch()
            let path = "/v1/isp/batches/bat_1/\(change.path)"
            let reply = try await office.change(change.method, path, change.body)
            #expect(reply.status == 201, "\(reply.text)")
            #expect(reply.json["kind"] == .string(change.kind) && reply.order == order.id.text)
            #expect(reply.headers[.location] == "/v1/actions/\(reply.json["id"]?.string ?? "")")
            #expect(office.vendor.actionCalls.map(\.task) == [change.task])
            #expect(office.vendor.actionCalls.first?.sale.batchID == "bat_1")
            let again = try await office.change(change.method, path, change.body)
            #expect(again.headers[.idempotentReplayed] == "true" && again.json == reply.json)
            #expect(office.vendor.actionCalls.count == 1)
        }
    }

    @Test(arguments: [
        ("refresh", #"{"months":1}"#, ["/months unknown_field"]),
        ("rotate-password", #"{"password":"x"}"#, ["/password unknown_field"]),
        ("whitelist", "{}", ["/address required"]),
        ("whitelist", #"{"address":"203.0.113"}"#, ["/address invalid_ip"]),
        ("whitelist", #"{"address":"203.0.113.7/24"}"#, ["/address invalid_ip"]),
        ("whitelist", #"{"address":"203.0.113.0/33"}"#, ["/address invalid_ip"]),
        ("whitelist", #"{"address":"203.0.113.0/024"}"#, ["/address invalid_ip"]),
        ("whitelist", #"{"address":"203.0.113.0/24/8"}"#, ["/address invalid_ip"]),
        ("whitelist", #"{"address":"2001:db8::1/64"}"#, ["/address invalid_ip"]),
        ("whitelist", #"{"address":"example.com","label":" "}"#, ["/address invalid_ip", "/label invalid_text"]),
        ("whitelist", #"{"address":7,"ip":"203.0.113.7"}"#, ["/ip unknown_field", "/address invalid_ip"]),
    ])
    func `has every fault of its body named`(path: String, body: String, faults: [String]) async throws {
        try await Office.open { office in
            try await office.batch()
            let reply = try await office.change("/isp/batches/bat_1/\(path)", body)
            #expect(reply.status == 422 && reply.faults == faults)
            #expect(office.vendor.actionCalls.isEmpty)
        }
    }

    @Test func `gives it back only when that is confirmed`() async throws {
        try await Office.open { office in
            let order = try await office.batch()
            for (query, fault) in [
                ("", "confirm required"), ("?confirm=bat_2", "confirm not_confirmed"),
                ("?confirm=true", "confirm not_confirmed"),
            ] {
                let reply = try await office.change(.delete, "/isp/batches/bat_1\(query)")
                #expect(reply.status == 422 && reply.faults == [fault])
                let detail = reply.json["errors"]?.array?.first?["detail"]?.string
                #expect(detail?.contains("nothing is refunded") == true)
            }
            #expect(office.vendor.actionCalls.isEmpty)
            let reply = try await office.change(.delete, "/isp/batches/bat_1?confirm=bat_1")
            #expect(reply.status == 201 && reply.json["kind"] == "release" && reply.money == "not_spent")
            #expect(office.vendor.actionCalls.map(\.task) == [.release])
            let again = try await office.change(.delete, "/isp/batches/bat_1?confirm=bat_1")
            #expect(again.status == 201 && again.headers[.idempotentReplayed] == "true")
            let other = try await office.change(.delete, "/isp/batches/bat_1?confirm=bat_1", key: "a-2")
            #expect(other.code == "action_not_allowed" && other.order == order.id.text)
            let read = try await office.call(.get, "/orders/\(order.id)", as: .buyer)
            #expect(read.json["flags"] == ["released"])
        }
    }
}

@Suite struct `Replacing an IP` {
    private static func holding(_ held: Bool?...) -> ScriptedVendor {
        .idempotent { script in
            script.conditions = held.map { held in
                var condition = GoodsCondition(isThere: true)
                condition.holdsIP = held
                return .success(condition)
            }
        }
    }

    @Test func `goes to the batch or order that is named`() async throws {
        try await Office.open { office in
            let first = try await office.batch("bat_1")
            let second = try await office.batch("bat_2")
            let byBatch = try await office.change(
                "/isp/ips/ip_7/replace", #"{"batch_id":"bat_1","reason":"target-blocked"}"#)
            #expect(byBatch.status == 201 && byBatch.order == first.id.text)
            #expect(byBatch.json["request"] == ["kind": "replace", "ip": "ip_7", "reason": "target-blocked"])
            // It is free by Purser's count; that the vendor's is the same, nobody said.
            #expect(byBatch.json["quoted"] == ["amount": "0.00", "currency": "USD"])
            #expect(byBatch.json["total"] == .null && byBatch.money == "maybe_spent")
            let byOrder = try await office.change(
                "/isp/ips/198.51.100.7/replace", #"{"order_id":"\#(second.id)"}"#, key: "a-2")
            #expect(byOrder.status == 201 && byOrder.order == second.id.text)
            #expect(
                office.vendor.actionCalls.map(\.task)
                    == [.replace(ip: "ip_7", reason: "target-blocked"), .replace(ip: "198.51.100.7")])
        }
    }

    @Test func `looks for the batch when none is named, the newest first`() async throws {
        try await Office.open(vendor: Self.holding(false, nil, true)) { office in
            let oldest = try await office.batch("bat_1", age: 4)
            try await office.batch("bat_2", age: 3)
            try await office.batch("bat_3", age: 2)
            try await office.batch("bat_4", client: "other", age: 1)
            try await office.batch("bat_5", age: 1, flags: ["released"])
            let reply = try await office.change("/isp/ips/ip_7/replace", #"{"reason":"slow"}"#)
            #expect(reply.status == 201 && reply.order == oldest.id.text, "\(reply.text)")
            // The IP is gone by now, and the key leads to the action all the same.
            office.vendor.rewrite { $0.conditions = [.failure(.unavailable(reason: "x"))] }
            let again = try await office.change("/isp/ips/ip_7/replace", #"{"reason":"slow"}"#)
            #expect(again.json == reply.json && again.headers[.idempotentReplayed] == "true")
            let reused = try await office.change("/isp/ips/ip_8/replace", #"{"reason":"slow"}"#)
            #expect(reused.code == "idempotency_key_reused")
        }
    }

    @Test func `finds nothing where no batch shows it, and says when one could not be read`() async throws {
        try await Office.open(vendor: Self.holding(false)) { office in
            let none = try await office.change("/isp/ips/ip_7/replace")
            #expect(none.status == 404 && none.code == "not_found")
            try await office.batch("bat_1")
            try await office.batch("bat_2")
            let still = try await office.change("/isp/ips/ip_7/replace")
            #expect(still.status == 404 && still.json["detail"] == none.json["detail"])
            office.vendor.rewrite { script in
                script.conditions = [.failure(.unavailable(reason: "x")), .success(GoodsCondition(isThere: true))]
            }
            let unread = try await office.change("/isp/ips/ip_7/replace")
            #expect(unread.status == 503 && unread.code == "vendor_unavailable" && unread.retry == "wait")
            #expect(office.vendor.actionCalls.isEmpty)
        }
    }

    @Test func `wants a ceiling where it may be charged`() async throws {
        try await Office.open { office in
            try await office.batch(age: 45)
            let reply = try await office.change("/isp/ips/ip_7/replace", #"{"batch_id":"bat_1"}"#)
            #expect(reply.status == 422 && reply.faults == ["/max_total required"], "\(reply.text)")
            let free = try await office.change(
                "/isp/ips/ip_7/replace", #"{"batch_id":"bat_1","allow_unknown_price":true}"#)
            #expect(free.status == 201 && free.money == "maybe_spent" && free.json["total"] == .null)
        }
    }

    @Test(arguments: [
        (#"{"batch_id":"bat_1","order_id":"ord_01K7C0X4Z0M3T5A8QH2B6NDEFG"}"#, ["/order_id conflicting_fields"]),
        (#"{"order_id":"bat_1"}"#, ["/order_id invalid_id"]), (#"{"batch_id":"a/b"}"#, ["/batch_id invalid_id"]),
        (#"{"batch_id":7,"reason":""}"#, ["/reason invalid_text", "/batch_id invalid_id"]),
        (#"{"reason":"x","ip":"1","max_total":"x"}"#, ["/ip unknown_field", "/max_total invalid_amount"]),
    ])
    func `has every fault of its body named`(body: String, faults: [String]) async throws {
        try await Office.open { office in
            try await office.batch()
            let reply = try await office.change("/isp/ips/ip_7/replace", body)
            #expect(reply.status == 422 && reply.faults == faults)
        }
    }

    @Test(arguments: ["..", ".x", "a%2Fb", "%69p", "-x", "a~b", String(repeating: "a", count: 129)])
    func `takes no id that could lead elsewhere at the vendor`(id: String) async throws {
        try await Office.open { office in
            try await office.batch()
            let ip = try await office.change("/isp/ips/\(id)/replace", #"{"batch_id":"bat_1"}"#)
            let entry = try await office.change(.delete, "/isp/batches/bat_1/whitelist/\(id)")
            #expect(ip.status == 404 && entry.status == 404)
            #expect(office.vendor.actionCalls.isEmpty)
        }
    }
}
