public import Foundation
public import Purchasing
import Synchronization

/// A courier whose receivers answer as they are told, at once or when they are let, and that notes what was sent.
public final class ScriptedCourier: WebhookCourier {
    /// One attempt.
    public struct Sent: Sendable, Hashable {
        public let request: WebhookRequest
        public let at: Date
        public let reply: WebhookReply
    }

    private let clock: ManualClock
    private let answer: Mutex<@Sendable (WebhookRequest) -> WebhookReply>
    private let log = Mutex<[Sent]>([])
    private let held = Mutex<(isHolding: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    /// - Parameter answer: what a receiver answers.
    public init(
        clock: ManualClock,
        answer: @escaping @Sendable (WebhookRequest) -> WebhookReply = { _ in .answered(status: 204, retryAfter: nil) }
    ) {
        self.clock = clock
        self.answer = Mutex(answer)
    }

    /// Everything that was answered, in its order.
    public var sent: [Sent] { log.withLock { $0 } }

    /// How many wait for their answer.
    public var waiting: Int { held.withLock { $0.waiting.count } }

    /// From now on receivers answer so.
    public func answer(_ answer: @escaping @Sendable (WebhookRequest) -> WebhookReply) {
        self.answer.withLock { $0 = answer }
    }

    /// From now on answers are held back.
    public func hold() { held.withLock { $0.isHolding = true } }

    /// Lets all answers go.
    public func release() {
        let waiting = held.withLock { held in
            defer { held = (false, []) }
            return held.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    public func send(_ request: WebhookRequest) async -> WebhookReply {
        await withCheckedContinuation { continuation in
            let isHeld = held.withLock { held in
                if held.isHolding { held.waiting.append(continuation) }
                return held.isHolding
            }
            if !isHeld { continuation.resume() }
        }
        let reply = answer.withLock { $0 }(request)
        log.withLock { $0.append(Sent(request: request, at: clock.now, reply: reply)) }
        return reply
    }
}

extension WebhookRequest {
    /// The order that it tells of; empty for none.
    public var orderID: String {
        let text = String(decoding: body, as: UTF8.self)
        return text.range(of: #""order_id":""#).map { String(text[$0.upperBound...].prefix { $0 != "\"" }) } ?? ""
    }
}
