import Foundation
import Synchronization

/// Where one vendor is read: a few reads at once, beside its purchases, and none while there is a reason not to.
final class ReadingDesk: Sendable {
    let vendor: Vendor
    private let policy: CachePolicy
    private let lane: VendorLane
    private let underWay = Atomic(0)

    init(_ vendor: Vendor, policy: CachePolicy) {
        self.vendor = vendor
        self.policy = policy
        lane = VendorLane(width: policy.readsAtOnce)
    }

    /// Why no read is begun now; nil when one may be.
    func obstacle(at now: Moment) -> EntryState.Obstacle? {
        if let rest = vendor.circuit.remainingRest(at: now.wall) {
            return EntryState.Obstacle(reason: "resting", pause: min(rest, policy.errorPause))
        }
        if reads >= policy.maxReads {
            return EntryState.Obstacle(reason: "busy", pause: min(.seconds(1), policy.errorPause))
        }
        return nil
    }

    /// How many reads are in flight or wait for room.
    var reads: Int { underWay.load(ordering: .relaxed) }

    /// A read is under way from here on, until `end()`.
    func begin() { underWay.add(1, ordering: .relaxed) }

    /// A read has come to its end.
    func end() { underWay.subtract(1, ordering: .relaxed) }

    /// Waits for room; false when the task was cancelled.
    func enter() async -> Bool { await lane.enter() }

    /// Makes room for the next one.
    func leave() { lane.leave() }

    /// Reads a topic.
    func read(_ topic: ReadingTopic) async -> Result<VendorReading, VendorError> {
        do throws(VendorError) {
            switch topic {
            case .stock(let query): return .success(.stock(try await vendor.adapter.stock(query)))
            case .lists(let shape): return .success(.lists(try await vendor.adapter.lists(of: shape)))
            case .account: return .success(.account(try await vendor.adapter.account()))
            }
        } catch {
            return .failure(error)
        }
    }
}

extension VendorError {
    /// How long the vendor wants to be left alone; nil when it does not say.
    var retryAfter: Duration? {
        switch self {
        case .rateLimited(let wait): wait
        case .unavailable, .authFailed, .unreadable, .refused: nil
        }
    }
}
