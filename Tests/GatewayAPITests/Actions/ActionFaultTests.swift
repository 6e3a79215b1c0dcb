import ExactJSON
import Foundation
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `An action that cannot be` {
    struct Refused: Sendable, CustomTestStringConvertible {
        let reason: Refusal.Reason
        let status: Int
        let code: String
        var retry = "new_key"
        var testDescription: String { code }
    }

    @Test(arguments: [
        Refused(reason: .insufficientBalance, status: 409, code: "insufficient_balance"),
        Refused(reason: .kycRequired, status: 409, code: "kyc_required", retry: "ask_operator"),
        Refused(reason: .insufficientInventory, status: 422, code: "insufficient_inventory"),
        Refused(reason: .quantityOutOfRange, status: 422, code: "quantity_out_of_range", retry: "fix_request"),
        Refused(reason: .promoCodeInvalid, status: 422, code: "promo_code_invalid", retry: "fix_request"),
        Refused(reason: .authFailed, status: 502, code: "vendor_auth_failed", retry: "ask_operator"),
        Refused(reason: .rejected, status: 422, code: "vendor_rejected", retry: "fix_request"),
    ])
    func `is a problem that names it, now and ever after`(refused: Refused) async throws {
        let refusal = Refusal(refused.reason, vendorCode: "no", message: "not so")
        try await Office.open(vendor: .idempotent { $0.actionOutcomes = [.refused(refusal)] }) { office in
            let order = try await office.batch()
            for replayed in [nil, "true"] {
                let reply = try await office.change(
                    "/orders/\(order.id)/renew", #"{"months":1}"#, headers: [.prefer: "wait=20"])
                #expect(reply.status == refused.status && reply.code == refused.code, "\(reply.text)")
                #expect(reply.money == "not_spent" && reply.retry == refused.retry)
                #expect(reply.order == order.id.text)
                #expect(reply.json["vendor"] == ["name": "helodata", "code": "no", "message": "not so"])
                #expect(reply.headers[.idempotentReplayed] == replayed)
                #expect(reply.headers[.preferenceApplied] == "wait=20")
                let action = try await office.call(.get, "/actions/\(try #require(reply.action))", as: .buyer)
                #expect(action.json["status"] == "failed" && action.json["error"]?["code"]?.string == refused.code)
            }
            #expect(office.vendor.actionCalls.count == 1)
        }
    }

    @Test func `is not sent above its ceiling, or without a price under one`() async throws {
        let preparations: [ActionPreparation] = [
            .ready(price: .usd(micros: 9_000_000), baseline: GoodsCondition(isThere: true)),
            .ready(price: nil, baseline: GoodsCondition(isThere: true)),
            .unavailable(reason: "connection_refused", retryAfter: .seconds(600)),
        ]
        try await Office.open(vendor: .idempotent { $0.actionPreparations = preparations }) { office in
            let order = try await office.batch()
            for (key, code, status, retry) in [
                ("a-1", "price_above_limit", 409, "fix_request"), ("a-2", "price_unknown", 409, "fix_request"),
                ("a-3", "vendor_unavailable", 503, "new_key"),
            ] {
                let reply = try await office.change(
                    "/orders/\(order.id)/renew", #"{"months":1,"max_total":"8.99"}"#, key: key)
                #expect(reply.status == status && reply.code == code, "\(reply.text)")
                #expect(reply.action != nil && reply.retry == retry)
            }
            #expect(office.vendor.actionCalls.isEmpty)
        }
    }

    @Test func `is unknown when its answer is lost`() async throws {
        try await Office.open(vendor: .idempotent { $0.actionOutcomes = [.unknown(Doubt("deadline"))] }) { office in
            let order = try await office.batch()
            let reply = try await office.change(
                "/orders/\(order.id)/renew", #"{"months":1}"#, headers: [.prefer: "wait=0"])
            #expect(reply.status == 202)
            let read = try await office.settled(try #require(reply.json["id"]?.string), "unknown")
            #expect(read.json["unknown"]?["reason"] == "deadline" && read.money == "maybe_spent")
        }
    }

    @Test func `is refused when the goods do not allow it`() async throws {
        try await Office.open { office in
            let released = try await office.batch(flags: ["released"])
            let traffic = try await office.stored(try office.ordered())
            for id in [released.id, traffic.id] {
                let reply = try await office.change("/orders/\(id)/renew", #"{"months":1}"#)
                #expect(reply.status == 409 && reply.code == "action_not_allowed", "\(reply.text)")
                #expect(reply.money == "unchanged" && reply.retry == "fix_request")
                #expect(reply.order == id.text && reply.action == nil)
            }
            // The key is still free.
            let order = try await office.batch("bat_2")
            #expect(try await office.change("/orders/\(order.id)/renew", #"{"months":1}"#).status == 201)
            #expect(try await office.change("/isp/batches/bat_2/refresh", key: "a-2").status == 201)
            let second = try await office.change("/isp/batches/bat_2/refresh", key: "a-3")
            #expect(second.code == "action_not_allowed")
        }
    }

    @Test func `is refused where its vendor does not do it`() async throws {
        try await Office.open(vendor: .idempotent { $0.actions = [.renew] }) { office in
            let order = try await office.batch()
            let reply = try await office.change("/orders/\(order.id)/auto-renew", #"{"enabled":false}"#)
            #expect(reply.status == 422 && reply.faults == ["helodata not_supported"])
        }
    }

    /// Every call that changes something, with a body that it takes.
    static let changes: [(method: HTTPRequest.Method, path: String, body: String?)] = [
        (.post, "/orders/{id}/renew", #"{"months":1}"#), (.post, "/orders/{id}/auto-renew", #"{"enabled":false}"#),
        (.post, "/isp/batches/bat_1/renew", #"{"months":1}"#), (.post, "/isp/batches/bat_1/refresh", nil),
        (.post, "/isp/batches/bat_1/rotate-password", "{}"), (.delete, "/isp/batches/bat_1?confirm=bat_1", nil),
        (.post, "/isp/batches/bat_1/whitelist", #"{"address":"203.0.113.7"}"#),
        (.delete, "/isp/batches/bat_1/whitelist/wl_1", nil),
        (.post, "/isp/ips/ip_1/replace", #"{"batch_id":"bat_1"}"#),
    ]

    @Test func `is every change that the document has`() {
        let coded = RouteTable.routes.filter { $0.replies.contains(.json(.accepted)) && $0.path != "/orders" }
        #expect(coded.count == Self.changes.count)
    }

    @Test(arguments: changes.indices) func `needs a key, a role, and an order of one's own`(index: Int) async throws {
        try await Office.open { office in
            let (method, pattern, body) = Self.changes[index]
            let order = try await office.batch()
            let path = pattern.replacing("{id}", with: order.id.text)
            let keyless = try await office.change(method, path, body, key: nil)
            #expect(keyless.status == 400 && keyless.code == "idempotency_key_missing")
            let twice = try await office.change(method, path, body, key: "a b")
            #expect(twice.status == 400 && twice.code == "malformed_request")
            let auditor = try await office.change(method, path, body, token: office.tokens[.auditor])
            #expect(auditor.status == 403)
            let foreign = try await office.change(method, path, body, token: office.stranger)
            #expect(foreign.status == 404)
            let absent = try await office.change(
                method,
                pattern.replacing("{id}", with: IdentifierSource.examples.next(.order).text)
                    .replacing("bat_1", with: "bat_9"), body?.replacing("bat_1", with: "bat_9"))
            #expect(absent.status == 404 && absent.json["detail"] == foreign.json["detail"])
            #expect(office.vendor.actionCalls.isEmpty)
            let good = try await office.change(method, path, body)
            #expect(good.status == 201, "\(good.text)")
            let `operator` = try await office.change(method, path, body, token: office.tokens[.operator])
            #expect(`operator`.headers[.idempotentReplayed] == "true")
        }
    }

    @Test(arguments: changes.indices)
    func `is not begun when it cannot be stored, or the server cannot take it`(index: Int) async throws {
        try await Office.open { office in
            let (method, pattern, body) = Self.changes[index]
            let order = try await office.batch()
            await office.store.fail(with: .unavailable("disk full"))
            let reply = try await office.change(
                method, pattern.replacing("{id}", with: order.id.text), body)
            #expect(reply.status == 503 && reply.code == "store_unavailable" && reply.money == "unchanged")
            #expect(office.vendor.actionCalls.isEmpty)
        }
    }

    @Test(arguments: [
        ("{}", ["/months required"]), (#"{"months":1,"days":30}"#, ["/days conflicting_fields"]),
        (#"{"months":0}"#, ["/months out_of_range"]), (#"{"months":61}"#, ["/months out_of_range"]),
        (#"{"months":"1"}"#, ["/months not_an_integer"]), (#"{"months":1.0}"#, ["/months not_an_integer"]),
        (#"{"months":1e0}"#, ["/months not_an_integer"]), (#"{"days":1801}"#, ["/days out_of_range"]),
        (#"{"days":99999999999999999999}"#, ["/days out_of_range"]), (#"{"days":-1}"#, ["/days out_of_range"]),
        (#"{"months":1,"month":1}"#, ["/month unknown_field"]),
        (
            #"{"months":1,"max_total":"-1","allow_unknown_price":"yes"}"#,
            ["/max_total invalid_amount", "/allow_unknown_price not_a_boolean"]
        ),
        (#"{"months":1,"max_total":1e2}"#, ["/max_total invalid_amount"]),
        (#"{"months":1,"max_total":"1.1234567"}"#, ["/max_total invalid_amount"]),
        (#"{"months":1,"promo_code":"a b"}"#, ["/promo_code invalid_text"]),
        (#"{"months":1,"ips":[]}"#, ["/ips invalid_list"]), (#"{"months":1,"ips":"1"}"#, ["/ips invalid_list"]),
        (#"{"months":1,"ips":["1",2,"../x","1"]}"#, ["/ips/1 invalid_id", "/ips/2 invalid_id", "/ips/3 duplicate"]),
        (#"{"ips":[7],"max_total":true}"#, ["/months required", "/ips/0 invalid_id", "/max_total invalid_amount"]),
    ])
    func `has every fault of a renewal named`(body: String, faults: [String]) async throws {
        try await Office.open { office in
            let order = try await office.batch()
            for path in ["/orders/\(order.id)/renew", "/isp/batches/bat_1/renew"] {
                let reply = try await office.change(path, body)
                #expect(reply.status == 422 && reply.code == "invalid_request")
                #expect(reply.faults == faults)
            }
        }
    }

    @Test(arguments: [
        ("{}", ["/enabled required"]), (#"{"enabled":1}"#, ["/enabled not_a_boolean"]),
        (#"{"enabled":true}"#, ["/days required"]), (#"{"enabled":false,"days":30}"#, ["/days not_applicable"]),
        (#"{"enabled":true,"days":30,"months":1}"#, ["/days conflicting_fields"]),
        (#"{"enabled":true,"days":0}"#, ["/days out_of_range"]),
        (#"{"enabled":false,"max_total":"1"}"#, ["/max_total unknown_field"]),
    ])
    func `has every fault of renewing by itself named`(body: String, faults: [String]) async throws {
        try await Office.open { office in
            let order = try await office.batch()
            let reply = try await office.change("/orders/\(order.id)/auto-renew", body)
            #expect(reply.status == 422 && reply.faults == faults)
        }
    }

    @Test(arguments: ["", "[]", "x", #"{"months":1,"months":1}"#, "{\"months\":1,}"])
    func `has a body that can be read`(body: String) async throws {
        try await Office.open { office in
            let order = try await office.batch()
            let reply = try await office.change("/orders/\(order.id)/renew", body)
            #expect(reply.status == 400 && reply.code == "malformed_request")
            let plain = try await office.change(
                "/orders/\(order.id)/renew", #"{"months":1}"#, headers: [.contentType: "text/plain"])
            #expect(plain.status == 415)
        }
    }
}
