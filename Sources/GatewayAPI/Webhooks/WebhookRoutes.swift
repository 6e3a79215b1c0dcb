import ExactJSON
import Foundation
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    static let deliveryParameters: Set<String> = ["status", "order_id", "limit", "cursor"]

    /// `POST /webhooks`: makes a receiver of events; its secret is in this answer and nowhere else.
    func createWebhook(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let wish = try WebhookWish(json: try await call.object(), isNew: true, desk: webhooks)
        guard let url = wish.url else { throw .badBody([WebhookWish.urlIsMissing]) }
        let filter = WebhookFilter(events: wish.events ?? [], clients: wish.clients ?? [])
        let webhook = try await webhooks.create(url: url, filter: filter, description: wish.description)
        var headers = Self.unstored
        headers[.location] = "\(call.base)/webhooks/\(webhook.id)"
        return Response(.created, WebhookBody(webhook, keys, showsSecret: true).json, headers: headers)
    }

    /// `GET /webhooks`: every receiver, oldest first.
    func listWebhooks(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        Response(.ok, .list(try await webhooks.list().map { WebhookBody($0, keys).json }), headers: Self.unstored)
    }

    /// `GET /webhooks/{id}`: how a receiver is set up, and how it does.
    func showWebhook(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let webhook = try await webhooks.webhook(try call.webhookID())
        return Response(.ok, WebhookBody(webhook, keys).json, headers: Self.unstored)
    }

    /// `PATCH /webhooks/{id}`: changes what the body names, and nothing else.
    func changeWebhook(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.webhookID()
        let wish = try WebhookWish(json: try await call.object(), isNew: false, desk: webhooks)
        let desk = webhooks
        let webhook = try await desk.change(id) { webhook in
            if let url = wish.url, url != webhook.url {
                webhook.url = url
                webhook.health = WebhookHealth()
            }
            webhook.filter.events = wish.events ?? webhook.filter.events
            webhook.filter.clients = wish.clients ?? webhook.filter.clients
            if let text = wish.description { webhook.description = text.isEmpty ? nil : text }
            if let isInUse = wish.isInUse { desk.use(isInUse, &webhook) }
        }
        return Response(.ok, WebhookBody(webhook, keys).json, headers: Self.unstored)
    }

    /// `DELETE /webhooks/{id}`: forgets a receiver, and what it was owed.
    func removeWebhook(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let webhook = try await webhooks.webhook(try call.webhookID())
        try await webhooks.remove(webhook.id)
        return Response(.ok, WebhookBody(webhook, keys, isDeleted: true).json, headers: Self.unstored)
    }

    /// `POST /webhooks/{id}/rotate-secret`: makes another secret, which is in this answer and nowhere else.
    func rotateWebhookSecret(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.webhookID()
        var body = BodyReader(try await call.objectOrNothing(), fields: ["keep_old_for_hours"])
        let hours = body.whole("keep_old_for_hours", 0...168)
        try body.finish()
        let overlap = hours.map { Duration.seconds($0 * 3600) } ?? WebhookDesk.overlap
        let webhook = try await webhooks.rotate(id, keepingOldFor: overlap)
        return Response(.ok, WebhookBody(webhook, keys, showsSecret: true).json, headers: Self.unstored)
    }

    /// `POST /webhooks/{id}/test`: sends a made-up event now, and says what came of it.
    func testWebhook(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.webhookID()
        try BodyReader(try await call.objectOrNothing(), fields: []).finish()
        let trial = try await webhooks.test(id)
        let took = trial.took.components
        let body: JSON = [
            "event_id": .string(trial.event.text), "delivered": .bool(trial.reply.reason == nil),
            "status": .optional(trial.reply.status), "error": .optional(trial.reply.reason),
            "took_ms": .int(Int(took.seconds * 1000 + took.attoseconds / 1_000_000_000_000_000)),
        ]
        return Response(.ok, body, headers: Self.unstored)
    }

    /// `GET /webhooks/{id}/deliveries`: what a receiver was sent and is owed, newest event first.
    func listWebhookDeliveries(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.webhookID()
        var faults: [Fault] = []
        var query = WebhookDeliveryQuery(number: 0)
        if let text = call.query["status"] {
            query.status = .init(rawValue: text)
            if query.status == nil {
                let states = WebhookDelivery.Status.allCases.map(\.rawValue).joined(separator: ", ")
                faults.append(Fault(.parameter("status"), "invalid_choice", "one of \(states)"))
            }
        }
        if let text = call.query["order_id"] {
            query.order = OrderID(text, kind: .order)
            if query.order == nil { faults.append(Fault(.parameter("order_id"), "invalid_id", "an order's id, ord_…")) }
        }
        let limit = OrderFilters.limit(in: call.query, &faults)
        guard faults.isEmpty else { throw .badQuery(faults) }
        query.number = try await webhooks.webhook(id).number
        query.limit = limit + 1
        let filters: JSON = [
            "webhook": .string(id.text), "status": .optional(query.status?.rawValue),
            "order_id": .optional(query.order?.text),
        ]
        query.before = try await place(call.query["cursor"], filters)
        let found = try await webhooks.deliveries(query)
        let page = found.prefix(limit)
        let last = found.count > limit ? page.last : nil
        let next = last.map { HistoryCursor(after: $0.event.id).text(filters: filters) }
        var headers = Self.unstored
        if let next { headers[.link] = Self.link(to: next, of: "/webhooks/\(id)/deliveries", from: call) }
        return Response(.ok, .list(page.map { DeliveryBody($0).json }, nextCursor: next), headers: headers)
    }

    /// `POST /webhooks/{id}/deliveries/{event}/resend`: has one event sent again.
    func resendWebhookDelivery(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.webhookID()
        try BodyReader(try await call.objectOrNothing(), fields: []).finish()
        guard let event = call.names["event"].flatMap({ Identifier($0, kind: .event) }) else {
            throw WebhookDesk.noDelivery
        }
        let delivery = try await webhooks.resend(event, of: id)
        return Response(.ok, DeliveryBody(delivery).json, headers: Self.unstored)
    }

    /// `POST /webhooks/{id}/resend`: has everything sent again that failed since an instant.
    func resendFailedDeliveries(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.webhookID()
        var body = BodyReader(try await call.object(), fields: ["failed_since"])
        let since = body["failed_since"]?.string.flatMap { Date(rfc3339: $0) }
        if since == nil {
            body.fault(
                "/failed_since", body.has("failed_since") ? "invalid_time" : "required",
                "RFC 3339 such as 2026-05-28T10:00:00Z, or a date such as 2026-05-28")
        }
        try body.finish()
        let resent = try await webhooks.resendFailed(of: id, since: since ?? .distantFuture)
        return Response(
            .ok, ["resent": .int(resent.count), "has_more": .bool(resent.hasMore)], headers: Self.unstored)
    }

    /// Where a page begins: before the event of the cursor.
    private func place(_ cursor: String?, _ filters: JSON) async throws(Problem) -> Int64? {
        guard let cursor else { return nil }
        guard let id = HistoryCursor(cursor, kind: .event, filters: filters)?.id else {
            throw .badQuery([Self.notACursor])
        }
        let found: (place: Int64, client: String)?
        do { found = try await store.place(of: id) } catch { throw Problem(reading: error) }
        guard let found else { throw .badQuery([Self.notACursor]) }
        return found.place
    }

    private static let unstored: HTTPFields = [.cacheControl: "no-store"]
}

extension Call {
    /// The webhook id in the path.
    /// - Throws: `Problem` `not_found` when it cannot be one.
    fileprivate func webhookID() throws(Problem) -> Identifier {
        guard let id = names["id"].flatMap({ Identifier($0, kind: .webhook) }) else { throw WebhookDesk.notFound }
        return id
    }
}
