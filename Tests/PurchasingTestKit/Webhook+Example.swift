public import Foundation
public import Purchasing

extension Webhook {
    /// A receiver, not yet stored, with an id of its own.
    public static func example(
        url: String = "https://hooks.example.com/purser", events: [String] = [], clients: [String] = [],
        createdAt: Date = .example
    ) throws -> Webhook {
        guard let secret = WebhookSecret(key: [UInt8](repeating: 7, count: 32)) else { throw CancellationError() }
        return Webhook(
            id: IdentifierSource.examples.next(.webhook), url: try WebhookURL(url),
            filter: WebhookFilter(events: events, clients: clients), secret: secret, createdAt: createdAt)
    }
}

extension WebhookAttempt {
    /// An attempt at the first version of a receiver.
    public static func example(
        _ webhook: Webhook, _ place: Int64, _ status: WebhookDelivery.Status, answer: Int? = nil, dueAt: Date? = nil,
        at: Date = .example, since: Date = .example, health: WebhookHealth = WebhookHealth(), wakes: Bool = false,
        isGone: Bool = false
    ) -> WebhookAttempt {
        WebhookAttempt(
            number: webhook.number, version: webhook.version, place: place, since: since, at: at,
            answer: answer ?? (status == .delivered ? 204 : 500),
            reason: status == .delivered ? nil : "status_\(answer ?? 500)", status: status, dueAt: dueAt,
            health: health, wakes: wakes, isGone: isGone)
    }
}
