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

extension JSONOutput {
    /// The form of every list, for long ones.
    mutating func list(nextCursor: String?, _ data: (inout JSONOutput) -> Void) {
        object { output in
            output.name("data")
            output.array(data)
            output.name("next_cursor")
            output.string(nextCursor)
        }
    }
}
