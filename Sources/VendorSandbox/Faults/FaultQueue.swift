import Synchronization

/// The faults that are waiting for their calls.
final class FaultQueue: Sendable {
    /// More than this many is a mistake of the one who queues them.
    static let limit = 100_000

    private let waiting = Mutex<[SandboxFault]>([])

    var all: [SandboxFault] {
        waiting.withLock { $0 }
    }

    /// Puts faults behind those that wait already.
    func add(_ faults: [SandboxFault]) throws(SandboxInputError) {
        let fits = waiting.withLock { waiting in
            guard waiting.count + faults.count <= Self.limit else { return false }
            waiting += faults
            return true
        }
        guard fits else { throw SandboxInputError("more than \(Self.limit) faults") }
    }

    func clear() {
        waiting.withLock { $0 = [] }
    }

    /// The fault that this call meets: the first that fits and has let enough calls pass. The others that fit count it.
    func take(for call: SandboxCall, body: [UInt8]) -> SandboxFault? {
        waiting.withLock { waiting in
            guard !waiting.isEmpty else { return nil }
            let text = String(decoding: body, as: UTF8.self)
            var hit: Int?
            for index in waiting.indices where waiting[index].fits(call, body: text) {
                if waiting[index].after > 0 {
                    waiting[index].after -= 1
                } else if hit == nil {
                    hit = index
                }
            }
            return hit.map { Self.use($0, of: &waiting) }
        }
    }

    private static func use(_ index: Int, of waiting: inout [SandboxFault]) -> SandboxFault {
        let fault = waiting[index]
        guard let times = fault.times else { return fault }
        if times > 1 {
            waiting[index].times = times - 1
        } else {
            waiting.remove(at: index)
        }
        return fault
    }
}
