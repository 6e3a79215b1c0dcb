public import Foundation

/// Where receivers and what they are owed live, beside the orders: whatever writes an event writes, in the same
/// transaction, a delivery of it for each receiver that then wants it.
///
/// Of the deliveries of one order to one receiver that are not settled, the first alone is due at some time; the others
/// wait for it. Every implementation runs `WebhookStoreConformance`.
public protocol WebhookStore: Sendable {
    /// Every receiver, oldest first.
    func webhooks() async throws(StoreError) -> [Webhook]

    func webhook(_ id: Identifier) async throws(StoreError) -> Webhook?

    /// Stores a new receiver. Events from the next one on are kept for it.
    func insert(_ webhook: Webhook) async throws(StoreError)

    /// Stores what an operator changed. What waits for a receiver that is in use again, or has another URL, is due at once.
    /// - Throws: `StoreError.conflict` unless the stored version is the one before the receiver's own.
    func update(_ webhook: Webhook) async throws(StoreError)

    /// Forgets a receiver, and bit by bit its deliveries; false when there is none.
    func remove(_ id: Identifier, at: Date) async throws(StoreError) -> Bool

    /// The deliveries to a receiver that are due at some time, the earliest first.
    func dueDeliveries(of number: Int, limit: Int) async throws(StoreError) -> [WebhookDelivery]

    /// Stores what came of an attempt. Once it is settled, the next event of the order is due.
    func record(_ attempt: WebhookAttempt) async throws(StoreError)

    /// The receivers in use for which there are deliveries of events behind a place, and the place of the newest event.
    func webhooksOwed(after place: Int64) async throws(StoreError) -> (numbers: Set<Int>, place: Int64)

    /// A page of the deliveries to a receiver, newest event first.
    func deliveries(_ query: WebhookDeliveryQuery) async throws(StoreError) -> [WebhookDelivery]

    /// Has an event sent to a receiver again, from now on for as long as a new one; nil when it was never kept for it.
    func resend(_ event: Identifier, to number: Int, at: Date) async throws(StoreError) -> WebhookDelivery?

    /// The same for deliveries that failed, of events from an instant on; the oldest first, at most so many.
    /// - Returns: how many there were.
    func resendFailed(to number: Int, since: Date, at: Date, limit: Int) async throws(StoreError) -> Int

    /// Gives up deliveries to a receiver that were asked for before an instant; at most so many.
    /// - Returns: how many there were.
    func giveUp(_ number: Int, askedBefore: Date, at: Date, limit: Int) async throws(StoreError) -> Int

    /// Forgets deliveries that were settled before an instant, and those to receivers that are forgotten; at most so many.
    /// - Returns: how many there were.
    func forgetDeliveries(settledBefore: Date, limit: Int) async throws(StoreError) -> Int

    /// How all receivers stand.
    func webhookStanding() async throws(StoreError) -> WebhookStanding
}

/// What came of one attempt, as it is stored.
public struct WebhookAttempt: Sendable, Hashable {
    public let number: Int
    /// The receiver's version that it was sent to; its health is not touched where that has changed since.
    public let version: Int
    public let place: Int64
    /// When the delivery was asked for that was tried; where that has changed since, only one that was taken settles it.
    public let since: Date
    public let at: Date
    public let answer: Int?
    public let reason: String?
    public let status: WebhookDelivery.Status
    /// When to try again; nil when it is settled.
    public let dueAt: Date?
    public let health: WebhookHealth
    /// Whether the receiver woke up by it: then what waits is due.
    public let wakes: Bool
    /// Whether it wants no more events, ever.
    public let isGone: Bool

    public init(
        number: Int, version: Int, place: Int64, since: Date, at: Date, answer: Int?, reason: String?,
        status: WebhookDelivery.Status, dueAt: Date?, health: WebhookHealth, wakes: Bool = false, isGone: Bool = false
    ) {
        self.number = number
        self.version = version
        self.place = place
        self.since = since
        self.at = at
        self.answer = answer
        self.reason = reason
        self.status = status
        self.dueAt = dueAt
        self.health = health
        self.wakes = wakes
        self.isGone = isGone
    }
}

/// Which deliveries to list.
public struct WebhookDeliveryQuery: Sendable, Hashable {
    public var number: Int
    public var status: WebhookDelivery.Status?
    public var order: OrderID?
    /// Only those of events before this one.
    public var before: Int64?
    public var limit: Int

    public init(
        number: Int, status: WebhookDelivery.Status? = nil, order: OrderID? = nil, before: Int64? = nil, limit: Int = 50
    ) {
        self.number = number
        self.status = status
        self.order = order
        self.before = before
        self.limit = limit
    }
}

/// How all receivers stand.
public struct WebhookStanding: Sendable, Hashable {
    public var counts: [Webhook.Status: Int]
    /// When the oldest event happened that a receiver in use has not taken; nil when there is none.
    public var oldestPending: Date?

    public init(counts: [Webhook.Status: Int] = [:], oldestPending: Date? = nil) {
        self.counts = counts
        self.oldestPending = oldestPending
    }
}
