import ExactJSON
import Purchasing

/// One line of an order's timeline as callers read it.
struct EventBody {
    let event: OrderEvent

    init(_ event: OrderEvent) { self.event = event }

    /// The document.
    var json: JSON {
        [
            "id": .string(event.id.text),
            "number": .int(event.number),
            "type": .string(event.type.text),
            "order_id": .string(event.orderID.text),
            "action_id": .optional(event.actionID?.text),
            "state": .string(event.state.rawValue),
            "previous": .optional(event.previous?.rawValue),
            "cause": .string(event.cause),
            "actor": ["kind": .string(event.actor.kind.rawValue), "name": .string(event.actor.name)],
            "request_id": .optional(event.requestID),
            "at": .string(event.at.rfc3339),
            "data": event.data,
        ]
    }
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
