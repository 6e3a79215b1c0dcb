public import Foundation
import GRDB
public import Purchasing

/// Receivers of events stand beside the orders; what they are owed is written by a trigger, with the events.
extension SQLiteOrderStore: WebhookStore {
    public func webhooks() async throws(StoreError) -> [Webhook] {
        try await readApart { db in
            try Array(Row.fetchCursor(db.cachedStatement(sql: WebhookRecord.all)).map(WebhookRecord.read))
        }
    }

    public func webhook(_ id: Identifier) async throws(StoreError) -> Webhook? {
        try read { db in
            try Row.fetchOne(db.cachedStatement(sql: WebhookRecord.byID), arguments: [id.text])
                .map(WebhookRecord.read)
        }
    }

    public func insert(_ webhook: Webhook) async throws(StoreError) {
        try await write { db in try WebhookRecord.insert(webhook, db) }
    }

    public func update(_ webhook: Webhook) async throws(StoreError) {
        let number = try await write { db in try WebhookRecord.update(webhook, db) }
        if let number { try await wakeOthers(of: number, at: webhook.updatedAt) }
    }

    public func remove(_ id: Identifier, at: Date) async throws(StoreError) -> Bool {
        try await write { db in try WebhookRecord.remove(id, at: at, db) }
    }

    public func dueDeliveries(of number: Int, limit: Int) async throws(StoreError) -> [WebhookDelivery] {
        try await readApart { db in
            try WebhookDeliveryRecord.list(WebhookDeliveryRecord.due, [number, limit], db)
        }
    }

    public func record(_ attempt: WebhookAttempt) async throws(StoreError) {
        // Never refused because others wait: it would be sent again. There are no more of them than are on their way.
        let hasMore = try await write(isDeferrable: false) { db in try WebhookDeliveryRecord.record(attempt, db) }
        if hasMore { try await wakeOthers(of: attempt.number, at: attempt.at) }
    }

    /// Makes due what one write has left waiting, piece by piece, so that no order waits long for its own write.
    private func wakeOthers(of number: Int, at: Date) async throws(StoreError) {
        while try await writePatiently({ db in try WebhookDeliveryRecord.wake(number, at: at.milliseconds, db) }) {
            if Task.isCancelled { return }
        }
    }

    public func webhooksOwed(after place: Int64) async throws(StoreError) -> (numbers: Set<Int>, place: Int64) {
        try await readApart { db in
            let last = try Int64.fetchOne(db.cachedStatement(sql: EventFeedReading.last)) ?? 0
            let statement = try db.cachedStatement(sql: WebhookDeliveryRecord.owed)
            return (try Set(Int.fetchAll(statement, arguments: [place])), last)
        }
    }

    public func deliveries(_ query: WebhookDeliveryQuery) async throws(StoreError) -> [WebhookDelivery] {
        let (sql, arguments) = WebhookDeliveryRecord.statement(query)
        return try await readApart { db in try WebhookDeliveryRecord.list(sql, arguments, db) }
    }

    public func resend(
        _ event: Identifier, to number: Int, at: Date
    ) async throws(StoreError) -> WebhookDelivery? {
        guard let place = try await place(of: event)?.place else { return nil }
        return try await write { db in
            try WebhookDeliveryRecord.resend([place], to: number, at: at.milliseconds, db)
            return try WebhookDeliveryRecord.list(WebhookDeliveryRecord.one, [number, place], db).first
        }
    }

    public func resendFailed(
        to number: Int, since: Date, at: Date, limit: Int
    ) async throws(StoreError) -> Int {
        let places = try await readApart { db in
            try Int64.fetchAll(
                db.cachedStatement(sql: WebhookDeliveryRecord.failed), arguments: [number, since.milliseconds, limit])
        }
        try await writePatiently { db in
            try WebhookDeliveryRecord.resend(places, to: number, at: at.milliseconds, db)
        }
        return places.count
    }

    public func giveUp(
        _ number: Int, askedBefore: Date, at: Date, limit: Int
    ) async throws(StoreError) -> Int {
        try await writePatiently { db in
            try WebhookDeliveryRecord.giveUp(
                number, askedBefore: askedBefore.milliseconds, at: at.milliseconds, limit: limit, db)
        }
    }

    public func forgetDeliveries(settledBefore: Date, limit: Int) async throws(StoreError) -> Int {
        try await writePatiently { db in
            try WebhookDeliveryRecord.forget(settledBefore: settledBefore.milliseconds, limit: limit, db)
        }
    }

    public func webhookStanding() async throws(StoreError) -> WebhookStanding {
        try await readApart { db in
            let webhooks = try Row.fetchCursor(db.cachedStatement(sql: WebhookRecord.all)).map(WebhookRecord.read)
            var standing = WebhookStanding()
            while let webhook = try webhooks.next() { standing.counts[webhook.status, default: 0] += 1 }
            let oldest = try Int64?.fetchAll(db.cachedStatement(sql: WebhookDeliveryRecord.oldest))
            standing.oldestPending = oldest.compactMap(\.self).min().map(Date.init(milliseconds:))
            return standing
        }
    }
}
