import Foundation
import Logging

/// Sends what one receiver is owed: different orders' events side by side, one order's one after the other.
///
/// It holds no more in memory than it sends at once. A receiver that is back after failures is given one event, then two,
/// then as many as it is wide.
actor WebhookRunner {
    /// What all runners share.
    struct Desk: Sendable {
        let store: any OrderStore & WebhookStore
        let courier: any WebhookCourier
        let policy: WebhookPolicy
        let timepiece: Timepiece
        let logger: Logger
        let chance: @Sendable () -> Double
        let atStep: @Sendable (PurchaseStep) -> Void
        let figures: WebhookFigures
    }

    /// How long the store is left alone when it could not be used.
    static let storePause = Duration.seconds(5)
    /// A clock on the wall may leap, so nothing is waited for longer than this at once.
    static let longestPause = Duration.seconds(300)

    private let desk: Desk
    private var webhook: Webhook
    private let whenGone: @Sendable () async -> Void
    private var underWay: [Int64: Task<Void, Never>] = [:]
    /// What was stored while the store was asked what is due, and may still be in its answer.
    private var doneMeanwhile: Set<Int64> = []
    private var room: Int
    private var timer: Task<Void, Never>?
    private var isStopped = false
    /// Whether the receiver wants no more; until an operator changes it.
    private var isGone = false
    private let rings: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    /// - Parameter whenGone: called when the receiver has said that it wants no more events.
    init(_ webhook: Webhook, desk: Desk, whenGone: @escaping @Sendable () async -> Void) {
        self.webhook = webhook
        self.desk = desk
        self.whenGone = whenGone
        room = desk.policy.width
        (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    nonisolated func start() {
        bell.yield()
        Task { await self.work() }
    }

    /// There is something to send.
    nonisolated func ring() { bell.yield() }

    /// The receiver as operators have it now. Where they have not touched it, what is known here of its health is newer.
    func change(to stored: Webhook) {
        let known = webhook
        webhook = stored
        isGone = false
        if stored.version == known.version { webhook.health = known.health }
        bell.yield()
    }

    /// Sends nothing more. What is under way is waited for, and then given up: it is sent again another time.
    func stop(within grace: Duration) async {
        isStopped = true
        bell.finish()
        timer?.cancel()
        let tasks = Array(underWay.values)
        let limit = Task { [desk] in
            await desk.timepiece.pauseThroughDrain(grace)
            for task in tasks { task.cancel() }
        }
        for task in tasks { await task.value }
        limit.cancel()
    }

    private func work() async {
        for await _ in rings where !isStopped { await look() }
    }

    /// Sends what is due, as far as there is room, and has itself woken when the next is.
    private func look() async {
        timer?.cancel()
        timer = nil
        guard !isGone else { return }
        let isResting = webhook.health.restsSince != nil
        if isResting, let wakesAt = webhook.health.wakesAt, wakesAt > desk.timepiece.now() { return wake(at: wakesAt) }
        let free = isResting ? (underWay.isEmpty ? 1 : 0) : room - underWay.count
        guard free > 0 else { return }
        let due: [WebhookDelivery]
        doneMeanwhile = []
        do {
            due = try await desk.store.dueDeliveries(of: webhook.number, limit: free + underWay.count + 1)
        } catch {
            desk.logger.warning("what a webhook is owed could not be read", metadata: ["reason": "\(error)"])
            return wake(after: Self.storePause)
        }
        guard !isStopped, !isGone, isResting == (webhook.health.restsSince != nil) else {
            bell.yield()
            return
        }
        let now = desk.timepiece.now()
        let waiting = due.filter { underWay[$0.place] == nil && !doneMeanwhile.contains($0.place) }
        // A receiver that rests is tried with whatever is first, due or not.
        let ready = waiting.filter { isResting || $0.dueAt ?? now <= now }.prefix(free)
        for delivery in ready { send(delivery, isProbe: isResting) }
        if let next = waiting.dropFirst(ready.count).first?.dueAt, next > now { wake(at: next) }
    }

    private func wake(at instant: Date) {
        let length = Duration.milliseconds(instant.milliseconds - desk.timepiece.now().milliseconds)
        wake(after: min(max(length, .milliseconds(1)), Self.longestPause))
    }

    private func wake(after pause: Duration) {
        timer?.cancel()
        timer = Task { [desk, bell] in
            if await desk.timepiece.pause(pause) { bell.yield() }
        }
    }

    private func send(_ delivery: WebhookDelivery, isProbe: Bool) {
        underWay[delivery.place] = Task { await self.carry(delivery, to: self.webhook, isProbe: isProbe) }
    }

    private func carry(_ delivery: WebhookDelivery, to webhook: Webhook, isProbe: Bool) async {
        let start = desk.timepiece.elapsed()
        let request = webhook.request(delivery.event.id, delivery.event.webhookBody, at: desk.timepiece.now())
        let reply = await desk.courier.send(request)
        // A server that stops knows nothing of the receiver.
        if !Task.isCancelled || reply.reason == nil {
            desk.figures.note(reply, took: desk.timepiece.elapsed() - start)
            desk.atStep(.told)
            await note(reply, on: delivery, of: webhook, isProbe: isProbe)
        }
        underWay[delivery.place] = nil
        doneMeanwhile.insert(delivery.place)
        bell.yield()
    }

    private func note(_ reply: WebhookReply, on delivery: WebhookDelivery, of sent: Webhook, isProbe: Bool) async {
        let now = desk.timepiece.now()
        if reply.verdict == .gone { isGone = true }
        var health = webhook.health
        let wasResting = health.restsSince != nil
        health.note(reply, isProbe: isProbe, at: now, patience: desk.policy.patience, chance: desk.chance())
        let next = reply.reason == nil ? nil : next(for: delivery, reply, now)
        let attempt = WebhookAttempt(
            number: sent.number, version: sent.version, place: delivery.place, since: delivery.since, at: now,
            answer: reply.status, reason: reply.reason,
            status: reply.reason == nil ? .delivered : next == nil ? .failed : .pending, dueAt: next, health: health,
            wakes: wasResting && health.restsSince == nil,
            isGone: reply.verdict == .gone)
        if sent.version == webhook.version { change(health, wasResting: wasResting, now) }
        let isStored = await store(attempt)
        if reply.verdict == .gone {
            guard isStored else {
                // It is asked again.
                isGone = false
                return
            }
            desk.logger.warning("webhook is gone; it is disabled", metadata: ["webhook": "\(sent.id)"])
            await whenGone()
        } else if isProbe, health.restsSince != nil {
            await giveUpOld(now)
        }
    }

    /// When to try again; nil when it was tried long enough.
    private func next(for delivery: WebhookDelivery, _ reply: WebhookReply, _ now: Date) -> Date? {
        if case .gone = reply.verdict { return now }
        return desk.policy.patience.next(
            afterTries: delivery.tries + 1, since: delivery.since, now: now, chance: desk.chance())
    }

    private func change(_ health: WebhookHealth, wasResting: Bool, _ now: Date) {
        webhook.health = health
        let isResting = health.restsSince != nil
        if health.failures == 0 {
            room = wasResting ? 1 : min(room * 2, desk.policy.width)
        } else {
            room = max(1, room / 2)
        }
        guard isResting != wasResting else { return }
        let facts: Logger.Metadata = ["webhook": "\(webhook.id)", "reason": "\(health.reason ?? "-")"]
        if isResting {
            desk.logger.warning("webhook rests", metadata: facts)
        } else {
            desk.logger.notice("webhook is back", metadata: facts)
        }
    }

    /// Until it is stored the event counts as under way; then it is sent again, which its receiver sees by its id.
    /// - Returns: whether it is stored.
    private func store(_ attempt: WebhookAttempt) async -> Bool {
        do {
            try await desk.store.record(attempt)
            return true
        } catch {
            desk.logger.warning("what a webhook answered could not be stored", metadata: ["reason": "\(error)"])
            await desk.timepiece.pause(Self.storePause)
            return false
        }
    }

    /// What has waited too long for a receiver that rests has failed, and can be seen to have.
    private func giveUpOld(_ now: Date) async {
        do { try await desk.giveUp(webhook.number, at: now) } catch {
            desk.logger.warning("old deliveries could not be given up", metadata: ["reason": "\(error)"])
        }
    }
}

extension WebhookRunner.Desk {
    /// Gives up everything that a receiver has been owed for too long.
    func giveUp(_ number: Int, at now: Date) async throws(StoreError) {
        let oldest = now.advanced(by: .zero - policy.patience.total)
        let limit = WebhookSender.tidiedAtOnce
        while try await store.giveUp(number, askedBefore: oldest, at: now, limit: limit) >= limit {
            if Task.isCancelled { return }
        }
    }
}

extension Webhook {
    /// An attempt at sending an event.
    func request(_ event: Identifier, _ body: [UInt8], at now: Date) -> WebhookRequest {
        WebhookRequest(
            url: url, id: event.text, timestamp: WebhookSignature.timestamp(now),
            signature: WebhookSignature.value(id: event.text, time: now, body: body, secrets: secrets(at: now)),
            body: body)
    }
}
