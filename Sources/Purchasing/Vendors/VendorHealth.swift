public import Foundation
import Synchronization

/// How a vendor has been answering lately, as far as calls that had to be made anyway tell it.
public struct VendorHealth: Sendable, Hashable {
    /// When it answered last, whatever it said.
    public var answeredAt: Date?
    /// The last call that it did not answer, or answered with something that cannot be read; nil when there was none.
    public var lastFailure: ReadFailure?
    /// How many calls in a row went so; 0 after each that was answered.
    public var failuresInARow = 0
    /// How long answered calls took lately: an average in which each call counts a fifth.
    public var latency: Duration?
    /// The account's balance as any call told it last, and when; nil while none has.
    public var balance: Money?
    public var balanceReadAt: Date?
    /// What it owes; nil where the balance is not below zero, or was never read.
    public var overdraft: Overdraft?
}

/// Keeps a vendor's health.
final class HealthRecord: Sendable {
    private let health = Mutex(VendorHealth())
    /// Yields each time that the balance falls below zero; for one reader.
    let overdrafts: AsyncStream<Void>
    private let trips: AsyncStream<Void>.Continuation

    init() { (overdrafts, trips) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

    var current: VendorHealth { health.withLock { $0 } }

    func noteAnswer(at now: Date, after latency: Duration) {
        health.withLock { health in
            health.answeredAt = now
            health.failuresInARow = 0
            health.latency = health.latency.map { ($0 * 4 + latency) / 5 } ?? latency
        }
    }

    /// Notes a balance that the vendor told.
    func note(_ balance: Money?, at now: Date) {
        guard let balance else { return }
        let hasFallen = health.withLock { health in
            health.balance = balance
            health.balanceReadAt = now
            let since = health.overdraft?.since
            health.overdraft = balance.amount < .zero ? Overdraft(balance: balance, since: since ?? now) : nil
            return since == nil && health.overdraft != nil
        }
        if hasFallen { trips.yield() }
    }

    func noteFailure(_ reason: String, at now: Date) {
        health.withLock { health in
            health.lastFailure = ReadFailure(reason: reason, at: now)
            health.failuresInARow += 1
        }
    }
}
