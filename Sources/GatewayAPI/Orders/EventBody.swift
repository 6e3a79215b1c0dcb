import ExactJSON
import Purchasing

/// One line of an order's timeline as callers read it.
struct EventBody {
    let event: OrderEvent

    init(_ event: OrderEvent) { self.event = event }

    /// The document.
    var json: JSON { event.document }
}

extension JSON {
    /// `{"data":[…],"next_cursor":…}`, the form of every list.
    static func list(_ data: [JSON], nextCursor: String? = nil) -> JSON {
        ["data": .array(data), "next_cursor": .optional(nextCursor)]
    }
}
