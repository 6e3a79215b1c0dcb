public import ExactJSON
public import Foundation

/// One event on its way to one receiver.
public struct WebhookDelivery: Sendable, Hashable {
    /// The event's place among those of all orders.
    public let place: Int64
    public let event: OrderEvent
    public var status: Status
    /// How often it was sent.
    public var attempts: Int
    /// How often since it was asked for last, by the event or by an operator; what the next pause goes by.
    public var tries: Int
    /// When it was asked for last.
    public var since: Date
    /// When it is sent next; nil while an earlier event of the order is under way, and when it is settled.
    public var dueAt: Date?
    public var attemptedAt: Date?
    /// The status of the last answer; nil when there was none.
    public var lastStatus: Int?
    /// Why the last attempt was no delivery, in a stable word.
    public var lastReason: String?
    public var settledAt: Date?

    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// Not taken yet.
        case pending
        /// The receiver took it.
        case delivered
        /// It was tried for three days; an operator may have it sent again.
        case failed
    }

    public init(place: Int64, event: OrderEvent, since: Date, dueAt: Date?) {
        self.place = place
        self.event = event
        status = .pending
        attempts = 0
        tries = 0
        self.since = since
        self.dueAt = dueAt
    }
}

extension OrderEvent {
    /// The event as everybody reads it, in `GET /events` and in a webhook's body: the same bytes every time.
    public var document: JSON {
        [
            "id": .string(id.text),
            "number": .int(number),
            "type": .string(type.text),
            "order_id": .string(orderID.text),
            "action_id": .optional(actionID?.text),
            "state": .string(state.rawValue),
            "previous": .optional(previous?.rawValue),
            "cause": .string(cause),
            "actor": ["kind": .string(actor.kind.rawValue), "name": .string(actor.name)],
            "request_id": .optional(requestID),
            "at": .string(at.rfc3339),
            "data": data,
        ]
    }

    /// The body of its deliveries.
    public var webhookBody: [UInt8] {
        (["type": .string(type.text), "timestamp": .string(at.rfc3339), "data": document] as JSON).bytes
    }
}
