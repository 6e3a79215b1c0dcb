import Foundation
import Purchasing
import Synchronization

/// Counts wrong keys for each address, so that guessing is slow and cheap to turn away.
///
/// A good key is let in however many wrong ones came from its address: its secret cannot be guessed, and a program with
/// an old key must not lock out its neighbours behind the same address.
final class FailureLimiter: Sendable {
    /// How many wrong keys an address may send in a window.
    static let allowance = 20
    /// How long a window is, from its first wrong key on, in seconds.
    static let window = 60.0
    /// How many addresses are remembered at most.
    static let capacity = 4096

    private struct Count {
        let since: Date
        var failures = 0
    }

    private let timepiece: Timepiece
    private let counts = Mutex<[String: Count]>([:])

    init(timepiece: Timepiece) { self.timepiece = timepiece }

    /// Notes a wrong key from an address.
    /// - Returns: how many seconds the address should pause; nil while it is within its allowance.
    func note(_ address: String) -> Int? {
        let now = timepiece.now()
        return counts.withLock { counts in
            if counts[address] == nil, counts.count >= Self.capacity { Self.makeRoom(in: &counts, now: now) }
            var count = counts[address] ?? Count(since: now)
            if Self.isOver(count, now: now) { count = Count(since: now) }
            count.failures += 1
            counts[address] = count
            guard count.failures > Self.allowance else { return nil }
            return max(1, Int((Self.window - now.timeIntervalSince(count.since)).rounded(.up)))
        }
    }

    /// Forgets what is over, and everything when nothing is: memory is bounded, and so is the work.
    private static func makeRoom(in counts: inout [String: Count], now: Date) {
        counts = counts.filter { !isOver($0.value, now: now) }
        if counts.count >= capacity { counts = [:] }
    }

    private static func isOver(_ count: Count, now: Date) -> Bool {
        let age = now.timeIntervalSince(count.since)
        return age < 0 || age >= window
    }
}
