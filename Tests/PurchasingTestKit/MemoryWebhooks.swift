import Foundation
import Purchasing

/// Receivers of events and what they are owed, without a disk.
struct MemoryWebhooks {
    var webhooks: [Webhook] = []
    private var lastNumber = 0
    private var removed: Set<Int> = []
    private(set) var rows: [Int: [Int64: WebhookDelivery]] = [:]

    mutating func owe(_ placed: PlacedEvent) {
        for webhook in webhooks where webhook.stop == nil {
            guard webhook.filter.wants(placed.event.type, of: placed.client) else { continue }
            let at = placed.event.at
            rows[webhook.number, default: [:]][placed.place] = WebhookDelivery(
                place: placed.place, event: placed.event, since: at, dueAt: nil)
            lineUp(webhook.number, placed.event.orderID, at: at)
        }
    }

    mutating func insert(_ webhook: Webhook) {
        var webhook = webhook
        lastNumber += 1
        webhook.number = lastNumber
        webhooks.append(webhook)
    }

    mutating func update(_ webhook: Webhook) -> Bool {
        guard let index = webhooks.firstIndex(where: { $0.id == webhook.id }) else { return false }
        let old = webhooks[index]
        guard old.version == webhook.version - 1 else { return false }
        webhooks[index] = webhook
        if webhook.stop == nil, old.stop != nil || old.url != webhook.url { wake(old.number, at: webhook.updatedAt) }
        return true
    }

    mutating func remove(_ id: Identifier) -> Bool {
        guard let index = webhooks.firstIndex(where: { $0.id == id }) else { return false }
        removed.insert(webhooks[index].number)
        webhooks.remove(at: index)
        return true
    }

    func due(_ number: Int) -> [WebhookDelivery] {
        sorted(number).filter { $0.dueAt != nil }.sorted {
            ($0.dueAt ?? .distantFuture, $0.place) < ($1.dueAt ?? .distantFuture, $1.place)
        }
    }

    mutating func record(_ attempt: WebhookAttempt) {
        guard var row = rows[attempt.number]?[attempt.place] else { return }
        // A resend meanwhile stands, unless it was delivered.
        let isOpen =
            attempt.status == .delivered || (row.status == .pending && row.since == attempt.since)
        row.attempts += 1
        row.attemptedAt = attempt.at
        row.lastStatus = attempt.answer
        row.lastReason = attempt.reason
        if isOpen {
            row.tries += 1
            row.status = attempt.status
            row.dueAt = attempt.status == .pending ? attempt.dueAt ?? attempt.at : nil
            row.settledAt = attempt.status == .pending ? nil : attempt.at
        }
        rows[attempt.number]?[attempt.place] = row
        lineUp(attempt.number, row.event.orderID, at: attempt.at)
        guard let index = webhooks.firstIndex(where: { $0.number == attempt.number }),
            webhooks[index].version == attempt.version
        else { return }
        webhooks[index].health = attempt.health
        if attempt.wakes { wake(attempt.number, at: attempt.at) }
        if attempt.isGone, webhooks[index].stop == nil {
            webhooks[index].stop = Webhook.Stop(.gone, at: attempt.at)
            webhooks[index].updatedAt = max(webhooks[index].updatedAt, attempt.at)
            webhooks[index].version += 1
        }
    }

    mutating func again(_ place: Int64, _ number: Int, at: Date) -> WebhookDelivery? {
        guard var row = rows[number]?[place] else { return nil }
        row.status = .pending
        row.tries = 0
        row.since = at
        row.dueAt = nil
        row.settledAt = nil
        rows[number]?[place] = row
        lineUp(number, row.event.orderID, at: at)
        return rows[number]?[place]
    }

    mutating func giveUp(_ number: Int, askedBefore: Date, at: Date, limit: Int) -> Int {
        let old = sorted(number).filter { $0.status == .pending && $0.since < askedBefore }
            .sorted { $0.since < $1.since }.prefix(limit)
        for var row in old {
            row.status = .failed
            row.dueAt = nil
            row.settledAt = at
            row.lastReason = row.lastReason ?? "gave_up"
            rows[number]?[row.place] = row
            lineUp(number, row.event.orderID, at: at)
        }
        return old.count
    }

    mutating func forget(settledBefore: Date, limit: Int) -> Int {
        var count = 0
        for (number, deliveries) in rows {
            for row in deliveries.values
            where removed.contains(number) || row.settledAt ?? .distantFuture < settledBefore {
                guard count < limit else { return count }
                rows[number]?[row.place] = nil
                count += 1
            }
        }
        return count
    }

    func sorted(_ number: Int) -> [WebhookDelivery] { (rows[number] ?? [:]).values.sorted { $0.place < $1.place } }

    private mutating func wake(_ number: Int, at: Date) {
        for row in due(number) where row.dueAt ?? at > at { rows[number]?[row.place]?.dueAt = at }
    }

    private mutating func lineUp(_ number: Int, _ order: OrderID, at: Date) {
        var isFirst = true
        for row in sorted(number) where row.event.orderID == order && row.status == .pending {
            rows[number]?[row.place]?.dueAt = isFirst ? row.dueAt ?? at : nil
            isFirst = false
        }
    }
}
