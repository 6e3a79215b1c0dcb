/// How an answer gets to the client, or does not.
enum CallDelivery: Sendable, Hashable {
    /// Whole, and the connection lives on.
    case whole(SandboxAnswer)
    /// These bytes with pauses between them, then the end of the connection.
    case pieces([[UInt8]], pauseMs: Int, reset: Bool)
    /// The end of the connection without a byte.
    case nothing(reset: Bool)
    /// Nothing until the client leaves.
    case silence

    /// What a fault makes of a good answer.
    /// - Parameters:
    ///   - good: the answer of the processed call; nil where it was not processed.
    ///   - refusal: the vendor's own way to refuse this call.
    init(of good: SandboxAnswer, under fault: SandboxFault, refusal: SandboxAnswer) {
        switch fault.kind {
        case .refuse: self = .whole(refusal)
        case .delay, .delayAnswer: self = .whole(good)
        case .status: self = .whole(fault.bareStatus)
        case .html: self = .whole(fault.page)
        case .processThenDrop, .drop: self = .nothing(reset: fault.reset)
        case .cutBody: self = Self.cut(head: good.wireHead, body: good.bodyBytes, fault)
        case .cutHead: self = Self.cut(head: [], body: good.wireHead, fault)
        case .drip: self = Self.drip(good, fault)
        case .hugeBody: self = .whole(good.padded(to: fault.bytes ?? 2_097_152))
        case .garbage: self = .whole(fault.garbage)
        case .hang: self = .silence
        case .replaceBody: self = .whole(good.replaced(by: fault))
        case .duplicateKeys: self = .whole(good.doubled(by: fault))
        case .raw: self = .pieces([fault.rawBytes(around: good)], pauseMs: 0, reset: fault.reset)
        }
    }

    private static func drip(_ good: SandboxAnswer, _ fault: SandboxFault) -> CallDelivery {
        .pieces([good.wireHead] + good.bodyBytes.map { [$0] }, pauseMs: fault.everyMs, reset: fault.reset)
    }

    private static func cut(head: [UInt8], body: [UInt8], _ fault: SandboxFault) -> CallDelivery {
        let count = min(fault.bytes ?? body.count / 2, max(0, body.count - 1))
        return .pieces([head + body.prefix(count)], pauseMs: 0, reset: fault.reset)
    }
}
