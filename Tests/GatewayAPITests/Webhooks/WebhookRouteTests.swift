import ExactJSON
import Foundation
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite(.timeLimit(.minutes(1))) struct WebhookRouteTests {
    static let url = "https://hooks.example.com/purser"

    private static func create(
        _ office: Office, _ body: String = #"{"url":"\#(url)"}"#
    ) async throws -> (id: String, secret: String) {
        let reply = try await office.call(.post, "/webhooks", as: .operator, body: body)
        #expect(reply.status == 201, "\(reply.text)")
        return (try #require(reply.json["id"]?.string), try #require(reply.json["secret"]?.string))
    }

    /// An order of the client `crawler`, of two events.
    private static func happen(_ office: Office, client: String = "crawler") async throws -> Order {
        let change = OrderChange.accepting(.example(client: client, createdAt: office.clock.now))
        _ = try await office.store.accept(change)
        try await office.store.commit(.example(change.order, taking: .withdrawn, at: office.clock.now))
        return change.order
    }

    private static func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    @Test func `a client that no key belongs to is warned of, and taken`() async throws {
        try await Office.open { office in
            let reply = try await office.call(
                .post, "/webhooks", as: .operator, body: #"{"url":"\#(Self.url)","clients":["crawler","crawlr"]}"#)
            #expect(reply.status == 201)
            #expect(reply.json["warnings"]?.array?.map { $0.string?.contains("named crawlr") } == [true])
            let id = try #require(reply.json["id"]?.string)
            let mended = try await office.call(
                .patch, "/webhooks/\(id)", as: .operator, body: #"{"clients":["crawler"]}"#)
            #expect(mended.json["warnings"] == [])
        }
    }

    @Test func `a secret is shown when it was made, and never again`() async throws {
        try await Office.open(sendsEvents: true) { office in
            let (id, secret) = try await Self.create(
                office, #"{"url":"\#(Self.url)","events":["order.*"],"clients":["crawler"],"description":"mine"}"#)
            #expect(secret.hasPrefix("whsec_"))
            let key = secret.dropFirst(6).prefix(20)
            for role in [Role.auditor, .operator] {
                for path in ["/webhooks", "/webhooks/\(id)", "/webhooks/\(id)/deliveries", "/metrics"] {
                    let reply = try await office.call(.get, path, as: role)
                    #expect(reply.status == 200 && !reply.text.contains(key), "\(path)")
                }
            }
            let shown = try await office.call(.get, "/webhooks/\(id)", as: .auditor).json
            #expect(shown["events"] == ["order.*"] && shown["clients"] == ["crawler"] && shown["description"] == "mine")
            #expect(shown["status"] == "active" && shown["secret"] == nil)
            let changed = try await office.call(.patch, "/webhooks/\(id)", as: .operator, body: #"{"description":""}"#)
            #expect(changed.json["description"] == .null && !changed.text.contains(key))
            let deleted = try await office.call(.delete, "/webhooks/\(id)", as: .operator)
            #expect(deleted.status == 200 && deleted.json["status"] == "deleted")
            #expect(try await office.call(.get, "/webhooks/\(id)", as: .operator).status == 404)
        }
    }

    @Test(arguments: [
        ("{}", ["/url required"]), (#"{"url":7}"#, ["/url invalid_url"]),
        (#"{"url":"https://user@hooks.example.com/"}"#, ["/url invalid_url"]),
        (#"{"url":"https://169.254.169.254/"}"#, ["/url host_not_allowed"]),
        (#"{"url":"https://2130706433/"}"#, ["/url invalid_url"]),
        (#"{"url":"https://hooks.example.com:22/"}"#, ["/url host_not_allowed"]),
        (#"{"url":"http://10.0.0.7:8080/"}"#, ["/url http_not_allowed"]),
        (
            #"{"url":"https://hooks.example.com/","events":["order.*","order.gone","order.*"],"clients":["a b"],"enabled":true}"#,
            ["/enabled unknown_field", "/events/1 invalid_choice", "/events/2 duplicate", "/clients/0 invalid_text"]
        ),
        (#"{"url":"https://hooks.example.com/","events":"order.*"}"#, ["/events invalid_list"]),
    ])
    func `every fault is named by its pointer`(body: String, faults: [String]) async throws {
        try await Office.open(sendsEvents: true) { office in
            let reply = try await office.call(.post, "/webhooks", as: .operator, body: body)
            #expect(reply.status == 422 && reply.faults == faults, "\(reply.text)")
        }
    }

    @Test func `a host that is not allowed says which key to change`() async throws {
        try await Office.open(sendsEvents: true) { office in
            let reply = try await office.call(
                .post, "/webhooks", as: .operator, body: #"{"url":"https://evil.example:8443/"}"#)
            let detail = reply.json["errors"]?.array?.first?["detail"]?.string
            #expect(detail?.contains("evil.example:8443") == true && detail?.contains("webhooks.allowed_hosts") == true)
        }
    }

    @Test func `events reach a webhook, and the list says so`() async throws {
        try await Office.open(sendsEvents: true) { office in
            let (id, secret) = try await Self.create(office, #"{"url":"\#(Self.url)","clients":["crawler"]}"#)
            let order = try await Self.happen(office)
            _ = try await Self.happen(office, client: "other")
            let path = "/webhooks/\(id)/deliveries"
            try await Self.until {
                let rows = try await office.call(.get, path, as: .auditor).json["data"]?.array ?? []
                return rows.count == 2 && rows.allSatisfy { $0["status"] == "delivered" && $0["last_status"] == 204 }
            }
            let sent = office.courier.sent.map(\.request)
            let events = try await office.call(.get, "/orders/\(order.id)/events", as: .buyer).json["data"]?.array ?? []
            #expect(sent.map(\.id) == events.compactMap { $0["id"]?.string })
            for (request, event) in zip(sent, events) {
                let body = try JSON(parsing: String(decoding: request.body, as: UTF8.self))
                #expect(body["data"] == event && body["type"] == event["type"] && body["timestamp"] == event["at"])
                let key = try #require(WebhookSecret(secret))
                let signature = WebhookSignature.value(
                    id: request.id, time: office.clock.now, body: request.body, secrets: [key])
                #expect(request.signature == signature)
            }
            let metrics = try ReadExposition(try await office.call(.get, "/metrics").text)
            #expect(metrics["purser_webhook_attempts_total{outcome=\"delivered\"}"] == "2")
            #expect(metrics["purser_webhooks{status=\"active\"}"] == "1")
            #expect(metrics["purser_webhook_oldest_pending_age_seconds"] == "0")
        }
    }

    @Test func `deliveries are listed page by page, with the same filters`() async throws {
        try await Office.open(sendsEvents: true) { office in
            let (id, _) = try await Self.create(office)
            office.courier.answer { _ in .failed(.notConnected) }
            var orders: [Order] = []
            for _ in 0..<4 { orders.append(try await Self.happen(office)) }
            let path = "/webhooks/\(id)/deliveries"
            var (seen, next): ([String], String?) = ([], "")
            while let cursor = next {
                let reply = try await office.call(
                    .get, path + "?limit=3" + (cursor.isEmpty ? "" : "&cursor=\(cursor)"), as: .operator)
                seen += (reply.json["data"]?.array ?? []).compactMap { $0["event_id"]?.string }
                next = reply.json["next_cursor"]?.string
            }
            #expect(seen.count == 8 && Set(seen).count == 8 && seen == seen.sorted(by: >))
            let one = try await office.call(.get, path + "?order_id=\(orders[0].id)&status=pending", as: .operator)
            #expect(one.json["data"]?.array?.map { $0["waits_for_earlier"] } == [true, false])
            let first = try await office.call(.get, path + "?limit=3", as: .operator).json["next_cursor"]?.string ?? ""
            let wrong = try await office.call(.get, path + "?cursor=\(first)&status=pending", as: .operator)
            #expect(wrong.faults == ["cursor invalid_cursor"])
            let bad = try await office.call(.get, path + "?status=lost&order_id=x", as: .operator)
            #expect(bad.faults == ["status invalid_choice", "order_id invalid_id"])
        }
    }

    @Test func `two secrets sign after a rotation, and the old one no more when its time is up`() async throws {
        try await Office.open(sendsEvents: true) { office in
            let (id, old) = try await Self.create(office)
            let reply = try await office.call(
                .post, "/webhooks/\(id)/rotate-secret", as: .operator, body: #"{"keep_old_for_hours":2}"#)
            let new = try #require(reply.json["secret"]?.string)
            #expect(new != old)
            let signatures = { () async throws -> [String] in
                let count = office.courier.sent.count
                _ = try await office.call(.post, "/webhooks/\(id)/test", as: .operator)
                let request = try #require(office.courier.sent.dropFirst(count).last?.request)
                let expected = [new, old].compactMap(WebhookSecret.init).map {
                    WebhookSignature.value(id: request.id, time: office.clock.now, body: request.body, secrets: [$0])
                }
                let told = request.signature.split(separator: " ").map(String.init)
                #expect(told == Array(expected.prefix(told.count)))
                return told
            }
            #expect(try await signatures().count == 2)
            office.clock.advance(by: .seconds(7200))
            #expect(try await signatures().count == 1)
            let now = try await office.call(
                .post, "/webhooks/\(id)/rotate-secret", as: .operator, body: #"{"keep_old_for_hours":0}"#)
            #expect(now.json["old_secret_until"] == .null)
        }
    }

    @Test func `a test says what came of it, and leaves nothing`() async throws {
        try await Office.open(sendsEvents: true) { office in
            let (id, _) = try await Self.create(office)
            let good = try await office.call(.post, "/webhooks/\(id)/test", as: .operator).json
            #expect(good["delivered"] == true && good["status"] == 204 && good["error"] == .null)
            office.courier.answer { _ in .failed(.tlsFailed) }
            let bad = try await office.call(.post, "/webhooks/\(id)/test", as: .operator, body: "{}").json
            #expect(bad["delivered"] == false && bad["status"] == .null && bad["error"] == "tls_failed")
            #expect(office.courier.sent.count == 2)
            let body = try JSON(parsing: String(decoding: office.courier.sent[0].request.body, as: UTF8.self))
            #expect(body["type"] == "webhook.test" && body["data"]?["webhook_id"] == .string(id))
            let rows = try await office.call(.get, "/webhooks/\(id)/deliveries", as: .operator).json["data"]?.array
            #expect(rows?.isEmpty == true)
            #expect(try await office.call(.get, "/webhooks/\(id)", as: .operator).json["failures_in_a_row"] == 0)
        }
    }

    @Test func `a webhook is disabled, misses what happens, and is enabled again`() async throws {
        try await Office.open(sendsEvents: true) { office in
            let (id, _) = try await Self.create(office)
            let off = try await office.call(.patch, "/webhooks/\(id)", as: .operator, body: #"{"enabled":false}"#)
            #expect(off.json["status"] == "disabled" && off.json["disabled"]?["reason"] == "operator")
            _ = try await Self.happen(office)
            let on = try await office.call(.patch, "/webhooks/\(id)", as: .operator, body: #"{"enabled":true}"#)
            #expect(on.json["status"] == "active" && on.json["disabled"] == .null)
            let order = try await Self.happen(office)
            try await Self.until { office.courier.sent.count == 2 }
            #expect(Set(office.courier.sent.map(\.request.orderID)) == [order.id.text])
        }
    }

    @Test func `one that is enabled again knows when it took something last`() async throws {
        try await Office.open(sendsEvents: true) { office in
            let (id, _) = try await Self.create(office)
            _ = try await Self.happen(office)
            let last = {
                try await office.call(.get, "/webhooks/\(id)", as: .auditor).json["last_delivered_at"]?.string
            }
            try await Self.until { try await last() != nil }
            let before = try await last()
            _ = try await office.call(.patch, "/webhooks/\(id)", as: .operator, body: #"{"enabled":false}"#)
            let on = try await office.call(.patch, "/webhooks/\(id)", as: .operator, body: #"{"enabled":true}"#)
            #expect(on.json["last_delivered_at"]?.string == before)
        }
    }

    @Test func `one that keeps failing rests and says so, and one event or all that failed are sent again`()
        async throws
    {
        try await Office.open(sendsEvents: true) { office in
            let (id, _) = try await Self.create(office)
            office.courier.answer { _ in .answered(status: 500, retryAfter: nil) }
            for _ in 0..<6 { _ = try await Self.happen(office) }
            let path = "/webhooks/\(id)"
            try await Self.until { try await office.call(.get, path, as: .auditor).json["status"] == "resting" }
            let resting = try await office.call(.get, path, as: .auditor).json["resting"]
            #expect(resting?["reason"] == "status_500" && resting?["next_attempt_at"]?.string != nil)
            let moved = try await office.call(
                .patch, path, as: .operator, body: #"{"url":"https://hooks.example.com/v2"}"#)
            #expect(moved.json["status"] == "active")
            office.courier.answer { _ in .answered(status: 200, retryAfter: nil) }
            try await Self.until {
                office.clock.advance(by: .seconds(60))
                let rows = try await office.call(.get, path + "/deliveries", as: .auditor).json["data"]?.array ?? []
                return rows.allSatisfy { $0["status"] == "delivered" }
            }
            let first = try #require(office.courier.sent.first?.request.id)
            let count = office.courier.sent.filter { $0.request.id == first }.count
            let again = try await office.call(.post, path + "/deliveries/\(first)/resend", as: .operator)
            #expect(again.status == 200 && again.json["event_id"] == .string(first))
            try await Self.until { office.courier.sent.filter { $0.request.id == first }.count == count + 1 }
            let none = try await office.call(
                .post, path + "/resend", as: .operator, body: #"{"failed_since":"2026-01-01"}"#)
            #expect(none.status == 200 && none.json == ["resent": 0, "has_more": false])
            for target in [
                path + "/deliveries/evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1/resend", path + "/deliveries/nothing/resend",
                "/webhooks/whk_01JDA3V4T8Z3M7N5Q6R8S9T0W1/deliveries/\(first)/resend",
            ] { #expect(try await office.call(.post, target, as: .operator).status == 404, "\(target)") }
            let bad = try await office.call(.post, path + "/resend", as: .operator, body: #"{"failed_since":"soon"}"#)
            #expect(bad.faults == ["/failed_since invalid_time"])
        }
    }

    @Test func `what cannot be stored is a problem that says so`() async throws {
        try await Office.open(sendsEvents: true) { office in
            let (id, _) = try await Self.create(office)
            await office.store.fail(with: .unavailable("no space left in /secret"))
            for (method, path) in [
                (HTTPRequest.Method.get, "/webhooks"), (.get, "/webhooks/\(id)"), (.delete, "/webhooks/\(id)"),
            ] {
                let reply = try await office.call(method, path, as: .operator)
                #expect(reply.status == 503 && reply.code == "store_unavailable" && !reply.text.contains("secret"))
            }
        }
    }
}
