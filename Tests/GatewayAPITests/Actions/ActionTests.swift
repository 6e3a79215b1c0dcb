import ExactJSON
import Foundation
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `An action` {
    private static let renewed = ActionOutcome.done(
        ActionReceipt(
            total: .usd(micros: 6_000_000), expiresAt: .example.advanced(by: .seconds(86_400)),
            details: ["expires_at": "2026-05-29"]))

    private static func vendor() -> ScriptedVendor {
        .idempotent { script in
            script.actionPreparations = [
                .ready(price: .usd(micros: 5_500_000), baseline: GoodsCondition(isThere: true))
            ]
            script.actionOutcomes = [renewed]
        }
    }

    @Test(arguments: ["", "/v1"]) func `is answered with what it led to and where it is`(base: String) async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let order = try await office.batch()
            let reply = try await office.change(
                "\(base)/orders/\(order.id)/renew", #"{"months":1,"max_total":"12.5","allow_unknown_price":true}"#,
                headers: [.requestID: "my-id"])
            #expect(reply.status == 201, "\(reply.text)")
            let id = try #require(reply.json["id"]?.string)
            #expect(reply.headers[.location] == "\(base)/actions/\(id)")
            #expect(reply.headers[.idempotentReplayed] == nil && reply.headers[.retryAfter] == nil)
            #expect(reply.json["kind"] == "renew" && reply.json["status"] == "completed")
            #expect(reply.order == order.id.text && reply.json["batch_id"] == "bat_1")
            #expect(reply.json["vendor"] == "helodata" && reply.money == "spent")
            #expect(
                reply.json["request"]
                    == ["kind": "renew", "months": 1, "max_total": "12.50", "allow_unknown_price": true])
            #expect(reply.json["quoted"] == ["amount": "5.50", "currency": "USD"])
            #expect(reply.json["total"] == ["amount": "6.00", "currency": "USD"])
            #expect(reply.json["total_source"] == "vendor")
            #expect(reply.json["result"] == ["expires_at": "2026-05-29T10:00:00.000Z"])
            #expect(reply.json["client"] == "crawler" && reply.json["idempotency_key"] == "a-1")
            #expect(reply.json["request_id"] == "my-id")
            #expect(reply.json["vendor_details"] == ["expires_at": "2026-05-29"])
            let read = try await office.call(.get, "\(base)/actions/\(id)", as: .buyer)
            #expect(read.json == reply.json)
            let again = try await office.call(
                .get, "/actions/\(id)", as: .buyer, headers: [.ifNoneMatch: read.headers[.eTag] ?? ""])
            #expect(again.status == 304)
            let after = try await office.call(.get, "/orders/\(order.id)", as: .buyer)
            #expect(after.json["expires_at"] == "2026-05-29T10:00:00.000Z")
        }
    }

    @Test func `shows in its order's timeline and list`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let order = try await office.batch()
            let path = "/orders/\(order.id)"
            let first = try await office.change("\(path)/renew", #"{"days":30}"#)
            let second = try await office.change("\(path)/renew", #"{"days":30}"#, key: "a-2")
            let list = try await office.call(.get, "\(path)/actions", as: .buyer)
            #expect(list.ids == [first, second].compactMap { $0.json["id"]?.string })
            #expect(list.json["data"]?.array?.first == first.json)
            let events = try await office.call(.get, "\(path)/events", as: .buyer)
            let mine = (events.json["data"]?.array ?? []).filter { $0["action_id"] == first.json["id"] }
            #expect(mine.compactMap { $0["type"]?.string } == ["action.pending", "action.running", "action.completed"])
            #expect(events.json["data"]?.array?.first?["action_id"] == .null)
        }
    }

    @Test func `is found again by its key, however it is written`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let order = try await office.batch()
            let path = "/orders/\(order.id)/renew"
            let first = try await office.change(path, #"{"months":1,"max_total":7}"#)
            for body in [#"{ "max_total":"7.00", "months":1, "promo_code":null }"#, #"{"months":1,"max_total":7.0}"#] {
                let again = try await office.change(path, body)
                #expect(again.status == first.status && again.json == first.json)
                #expect(again.headers[.idempotentReplayed] == "true")
            }
            // The batch's own path leads to the same action.
            let batch = try await office.change("/isp/batches/bat_1/renew", #"{"months":1,"max_total":7}"#)
            #expect(batch.json == first.json)
            #expect(office.vendor.actionCalls.count == 1)
        }
    }

    @Test func `shares its key with no other action and no order`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let order = try await office.batch()
            let other = try await office.batch("bat_2")
            let first = try await office.change("/orders/\(order.id)/renew", #"{"months":1}"#)
            let reused = [
                try await office.change("/orders/\(order.id)/renew", #"{"months":2}"#),
                try await office.change("/orders/\(other.id)/renew", #"{"months":1}"#),
                try await office.change("/isp/batches/bat_1/refresh"),
                try await office.buy(key: "a-1"),
            ]
            for reply in reused {
                #expect(reply.status == 422 && reply.code == "idempotency_key_reused", "\(reply.text)")
                #expect(reply.order == order.id.text && reply.action == first.json["id"]?.string)
                #expect(reply.money == "spent" && reply.retry == "fix_request")
            }
            let bought = try await office.buy(key: "k-1")
            let ofOrder = try await office.change("/orders/\(order.id)/renew", #"{"months":1}"#, key: "k-1")
            #expect(ofOrder.status == 422 && ofOrder.code == "idempotency_key_reused")
            #expect(ofOrder.order == bought.json["id"]?.string && ofOrder.action == nil)
            #expect(office.vendor.actionCalls.count == 1)
        }
    }

    @Test func `is waited for as long as the caller prefers`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let order = try await office.batch()
            office.vendor.hold()
            let reply = try await office.change(
                "/orders/\(order.id)/renew", #"{"months":1}"#, headers: [.prefer: "respond-async"])
            #expect(reply.status == 202 && reply.headers[.retryAfter] == "2")
            #expect(reply.headers[.preferenceApplied] == "respond-async")
            office.vendor.open()
            let settled = try await office.settled(try #require(reply.json["id"]?.string), "completed")
            #expect(settled.json["status"] == "completed")
            let again = try await office.change(
                "/orders/\(order.id)/renew", #"{"months":1}"#, headers: [.prefer: "wait=60"])
            #expect(again.status == 201 && again.headers[.preferenceApplied] == "wait=60")
            let broken = try await office.change(
                "/orders/\(order.id)/renew", "{}", key: "a-2", headers: [.prefer: "wait=1"])
            #expect(broken.status == 422 && broken.headers[.preferenceApplied] == nil)
        }
    }

    struct Standing: Sendable, CustomTestStringConvertible {
        let steps: [ActionStep]
        let answer: Int
        let money: String
        var pause: String?
        var needsReview = false
        var testDescription: String { steps.map(\.rawValue).joined(separator: " ") + (needsReview ? " review" : "") }
    }

    @Test(arguments: [
        Standing(steps: [], answer: 202, money: "not_spent", pause: "2"),
        Standing(steps: [.dispatched], answer: 202, money: "maybe_spent", pause: "2"),
        Standing(steps: [.dispatched, .lost], answer: 202, money: "maybe_spent", pause: "30"),
        Standing(steps: [.dispatched, .lost], answer: 202, money: "maybe_spent", pause: "3600", needsReview: true),
        Standing(steps: [.dispatched, .done], answer: 201, money: "spent"),
        Standing(steps: [.dispatched, .notDone], answer: 409, money: "not_spent"),
    ])
    func `is answered as it stands`(standing: Standing) async throws {
        try await Office.open { office in
            let order = try await office.batch()
            let action = try await office.storedAction(on: order, taking: standing.steps) { action in
                if standing.needsReview { action.unknown?.needsReview = true }
            }
            let reply = try await office.change(
                "/orders/\(order.id)/renew", #"{"months":1}"#, headers: [.prefer: "wait=0"])
            #expect(reply.status == standing.answer, "\(reply.text)")
            #expect(reply.money == standing.money)
            #expect(reply.headers[.retryAfter] == standing.pause)
            #expect(reply.headers[.idempotentReplayed] == "true")
            #expect(reply.headers[.preferenceApplied] == "wait=0")
            #expect(office.vendor.actionCalls.isEmpty)
            let read = try await office.call(.get, "/actions/\(action.id)", as: .auditor)
            #expect(read.status == 200 && read.money == standing.money)
            guard standing.answer == 409 else { return }
            #expect(reply.code == "insufficient_balance" && reply.retry == "new_key")
            #expect(reply.action == action.id.text && reply.order == order.id.text)
            #expect(read.json["error"]?["code"] == "insufficient_balance")
        }
    }

    @Test func `has the traceparent of its call`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let order = try await office.batch()
            let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            try await office.change(
                "/orders/\(order.id)/renew", #"{"months":1}"#, headers: [.traceParent: trace])
            #expect(office.vendor.actionCalls.map(\.context.traceparent) == [trace])
        }
    }

    @Test func `switches renewal by the vendor itself on and off`() async throws {
        try await Office.open { office in
            let order = try await office.batch()
            let path = "/orders/\(order.id)"
            #expect(try await office.call(.get, path, as: .buyer).json["auto_renew"] == .null)
            let on = try await office.change("\(path)/auto-renew", #"{"enabled":true,"days":30}"#)
            #expect(on.status == 201 && on.json["kind"] == "auto_renew" && on.money == "not_spent")
            #expect(on.json["request"] == ["kind": "auto_renew", "enabled": true, "days": 30])
            let shown = try await office.call(.get, path, as: .buyer).json["auto_renew"]
            #expect(shown == ["enabled": true, "days": 30])
            try await office.change("\(path)/auto-renew", #"{"enabled":true,"months":1}"#, key: "a-2")
            let monthly = try await office.call(.get, path, as: .buyer).json["auto_renew"]
            #expect(monthly == ["enabled": true, "months": 1])
            let off = try await office.change("\(path)/auto-renew", #"{"enabled":false}"#, key: "a-3")
            #expect(off.status == 201 && off.json["request"] == ["kind": "auto_renew", "enabled": false])
            #expect(try await office.call(.get, path, as: .buyer).json["auto_renew"] == .null)
        }
    }
}
