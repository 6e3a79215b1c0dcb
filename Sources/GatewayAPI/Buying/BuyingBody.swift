import ExactJSON
import Purchasing

/// Whether buying goes on, as operators read it.
struct BuyingBody {
    let json: JSON

    /// - Parameter changes: the newest first.
    init(_ changes: [BuyingChange]) {
        let pause = changes.first.flatMap { $0.isPaused ? $0 : nil }
        json = [
            "paused": .bool(pause != nil), "reason": .optional(pause?.reason), "by": .optional(pause?.by),
            "since": .optional(pause?.since?.rfc3339), "changes": .array(changes.map(Self.row)),
        ]
    }

    private static func row(_ change: BuyingChange) -> JSON {
        [
            "number": .int(change.number), "paused": .bool(change.isPaused), "reason": .optional(change.reason),
            "by": .string(change.by), "request_id": .string(change.requestID), "at": .string(change.at.rfc3339),
        ]
    }
}

extension BuyingChange {
    /// A pause, for those who ask what they could buy.
    var notice: JSON {
        ["reason": .optional(reason), "by": .string(by), "since": .optional(since?.rfc3339)]
    }
}
