import Synchronization

/// Hands out prepared times, one after the other.
final class TestTimes: Sendable {
    private let times: Mutex<[UInt64]>

    init(_ times: [UInt64]) { self.times = Mutex(times.reversed()) }

    func next() -> UInt64 { times.withLock { $0.popLast() ?? 0 } }
}
