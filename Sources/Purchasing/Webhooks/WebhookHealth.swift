public import Foundation

/// How a receiver does: whether it takes what it is sent, or rests after failures. A value; the clock is handed in.
public struct WebhookHealth: Sendable, Hashable {
    /// Failures since it took something.
    public var failures = 0
    /// Since when it rests; nil while it does not.
    public var restsSince: Date?
    /// When it is tried again.
    public var wakesAt: Date?
    /// Why it rests, in the stable word of `WebhookReply.reason`.
    public var reason: String?
    /// How many attempts were made since it rests.
    public var probes = 0
    /// When it took something last.
    public var deliveredAt: Date?

    public init() {}

    /// Notes what came of an attempt.
    /// - Parameters:
    ///   - isProbe: whether it was made while the receiver rested; what was under way before says nothing about how long to
    ///     leave it alone.
    ///   - chance: from 0 up to 1.
    mutating func note(
        _ reply: WebhookReply, isProbe: Bool, at now: Date, patience: WebhookPatience, chance: Double
    ) {
        switch reply.verdict {
        case .delivered:
            let mustWait = wakesAt.map { now < $0 } ?? false
            // What was under way before does not end a rest either.
            if isProbe || !mustWait { self = WebhookHealth() }
            deliveredAt = now
        case .gone:
            failures += 1
        case .busy(let pause):
            failures += 1
            let until = now.advanced(by: min(max(pause, .seconds(1)), WebhookPatience.longestWait))
            // What was under way before does not end a rest early.
            rest(until: isProbe ? until : max(until, wakesAt ?? until), reply, at: now)
        case .refused:
            failures += 1
            guard failures >= patience.failuresBeforeRest || restsSince != nil else { return }
            guard restsSince == nil || isProbe else { return }
            if restsSince != nil { probes += 1 }
            rest(until: now.advanced(by: patience.rest(afterProbes: probes, chance: chance)), reply, at: now)
        }
    }

    private mutating func rest(until wakesAt: Date, _ reply: WebhookReply, at now: Date) {
        restsSince = restsSince ?? now
        self.wakesAt = wakesAt.cutToMilliseconds
        reason = reply.reason
    }
}
