public import Foundation
public import Purchasing

extension MemoryOrderStore: WebhookStore {
    public func webhooks() throws(StoreError) -> [Webhook] {
        try open()
        return hooks.webhooks
    }

    public func webhook(_ id: Identifier) throws(StoreError) -> Webhook? {
        try open()
        return hooks.webhooks.first { $0.id == id }
    }

    public func insert(_ webhook: Webhook) throws(StoreError) {
        try open()
        hooks.insert(webhook)
    }

    public func update(_ webhook: Webhook) throws(StoreError) {
        try open()
        guard hooks.update(webhook) else { throw .conflict }
    }

    public func remove(_ id: Identifier, at: Date) throws(StoreError) -> Bool {
        try open()
        return hooks.remove(id)
    }

    public func dueDeliveries(of number: Int, limit: Int) async throws(StoreError) -> [WebhookDelivery] {
        try open()
        let due = Array(hooks.due(number).prefix(limit))
        await beforeDueAnswer()
        return due
    }

    /// From now on what is due is read, and answered when the closure has ended.
    public func answerDue(after pause: @escaping @Sendable () async -> Void) { beforeDueAnswer = pause }

    public func record(_ attempt: WebhookAttempt) throws(StoreError) {
        try open()
        hooks.record(attempt)
    }

    public func webhooksOwed(after place: Int64) throws(StoreError) -> (numbers: Set<Int>, place: Int64) {
        let last = try lastPlace()
        let inUse = hooks.webhooks.filter { $0.stop == nil }.map(\.number)
        return (Set(inUse.filter { hooks.sorted($0).last?.place ?? 0 > place }), last)
    }

    public func deliveries(_ query: WebhookDeliveryQuery) throws(StoreError) -> [WebhookDelivery] {
        try open()
        let found = hooks.sorted(query.number).reversed().filter { row in
            row.place < query.before ?? .max && (query.status ?? row.status) == row.status
                && (query.order ?? row.event.orderID) == row.event.orderID
        }
        return Array(found.prefix(query.limit))
    }

    public func resend(_ event: Identifier, to number: Int, at: Date) throws(StoreError) -> WebhookDelivery? {
        guard let place = try place(of: event)?.place else { return nil }
        return hooks.again(place, number, at: at)
    }

    public func resendFailed(to number: Int, since: Date, at: Date, limit: Int) throws(StoreError) -> Int {
        try open()
        let failed = hooks.sorted(number).filter { $0.status == .failed && $0.event.at >= since }.prefix(limit)
        for row in failed { _ = hooks.again(row.place, number, at: at) }
        return failed.count
    }

    public func giveUp(_ number: Int, askedBefore: Date, at: Date, limit: Int) throws(StoreError) -> Int {
        try open()
        return hooks.giveUp(number, askedBefore: askedBefore, at: at, limit: limit)
    }

    /// From now on old deliveries are forgotten when the closure has ended.
    public func forget(after pause: @escaping @Sendable () async -> Void) { beforeForgetting = pause }

    public func forgetDeliveries(settledBefore: Date, limit: Int) async throws(StoreError) -> Int {
        await beforeForgetting()
        try open()
        return hooks.forget(settledBefore: settledBefore, limit: limit)
    }

    public func webhookStanding() throws(StoreError) -> WebhookStanding {
        try open()
        let inUse = hooks.webhooks.filter { $0.stop == nil }
        let pending = inUse.flatMap { hooks.sorted($0.number) }.filter { $0.status == .pending }
        return WebhookStanding(
            counts: Dictionary(grouping: hooks.webhooks, by: \.status).mapValues(\.count),
            oldestPending: pending.map(\.event.at).min())
    }
}
