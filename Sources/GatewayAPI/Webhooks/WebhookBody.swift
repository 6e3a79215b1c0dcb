import ExactJSON
import Purchasing

/// A receiver of events as operators and auditors read it.
struct WebhookBody {
    let webhook: Webhook
    /// Those that clients have: a webhook for a client without one is most likely a slip of the pen.
    let keys: KeyRing
    /// Whether its secret was just made.
    let showsSecret: Bool
    /// Whether it was just forgotten.
    let isDeleted: Bool

    init(_ webhook: Webhook, _ keys: KeyRing, showsSecret: Bool = false, isDeleted: Bool = false) {
        self.webhook = webhook
        self.keys = keys
        self.showsSecret = showsSecret
        self.isDeleted = isDeleted
    }

    /// The document.
    var json: JSON {
        let health = webhook.health
        return .object([
            ("id", .string(webhook.id.text)),
            ("url", .string(webhook.url.text)),
            ("events", .array(webhook.filter.events.map(JSON.string))),
            ("clients", .array(webhook.filter.clients.map(JSON.string))),
            ("description", .optional(webhook.description)),
            ("status", .string(isDeleted ? "deleted" : webhook.status.rawValue)),
            (
                "disabled",
                webhook.stop.map { ["reason": .string($0.reason.rawValue), "at": .string($0.at.rfc3339)] } ?? .null
            ),
            ("resting", resting),
            ("failures_in_a_row", .int(health.failures)),
            ("last_delivered_at", .optional(health.deliveredAt?.rfc3339)),
            ("old_secret_until", .optional(webhook.oldSecretUntil?.rfc3339)),
            ("created_at", .string(webhook.createdAt.rfc3339)),
            ("updated_at", .string(webhook.updatedAt.rfc3339)),
            ("warnings", keys.warnings(aboutClients: webhook.filter.clients)),
            ("secret", showsSecret ? .string(webhook.secret.text.revealed) : nil),
        ])
    }

    private var resting: JSON {
        let health = webhook.health
        guard webhook.stop == nil, let since = health.restsSince else { return .null }
        return [
            "since": .string(since.rfc3339), "reason": .optional(health.reason),
            "next_attempt_at": .optional(health.wakesAt?.rfc3339),
        ]
    }
}

/// A delivery as operators and auditors read it.
struct DeliveryBody {
    let delivery: WebhookDelivery

    init(_ delivery: WebhookDelivery) { self.delivery = delivery }

    /// The document.
    var json: JSON {
        let event = delivery.event
        return [
            "event_id": .string(event.id.text),
            "type": .string(event.type.text),
            "order_id": .string(event.orderID.text),
            "event_at": .string(event.at.rfc3339),
            "status": .string(delivery.status.rawValue),
            "attempts": .int(delivery.attempts),
            "next_attempt_at": .optional(delivery.dueAt?.rfc3339),
            "waits_for_earlier": .bool(delivery.status == .pending && delivery.dueAt == nil),
            "last_attempt_at": .optional(delivery.attemptedAt?.rfc3339),
            "last_status": .optional(delivery.lastStatus),
            "last_error": .optional(delivery.lastReason),
            "settled_at": .optional(delivery.settledAt?.rfc3339),
        ]
    }
}
