import Foundation

/// Has a vendor's account read when nobody has for a while, so that a low balance, and one below zero, are noticed where
/// nobody asks.
///
/// It reads as everybody does, through the cache: whoever asks meanwhile waits for the same call.
enum BalanceWatch {
    /// Readings that are due at the same moment, as at a start, go out within so long of each other.
    static let spread = Duration.seconds(30)

    /// Watches a vendor until the task is cancelled or the server drains.
    static func run(_ vendor: Vendor, on floor: BuyingFloor) async {
        let interval = vendor.policy.balanceInterval
        guard vendor.isEnabled, interval > .zero else { return }
        let spread = min(Self.spread, interval)
        var failures = 0
        var pause = spread * floor.jitter()
        while await floor.timepiece.pause(pause) {
            let now = floor.timepiece.now()
            if let rest = vendor.circuit.remainingRest(at: now) {
                // What tries a resting vendor reads its account.
                pause = rest + spread * floor.jitter()
            } else if let age = floor.balanceAge(of: vendor, at: now), age < interval {
                pause = interval - age + spread * floor.jitter()
            } else if await floor.readAccount(of: vendor, notBefore: now).failure == nil {
                failures = 0
                pause = interval + spread * floor.jitter()
            } else {
                failures += 1
                pause = Self.pause(afterFailures: failures, of: vendor.policy, jitter: floor.jitter())
            }
        }
    }

    /// For how long a vendor is not asked again that could not be read: its rest, twice as long each time up to the
    /// interval, and half to all of that.
    /// - Parameter jitter: a number from 0 to 1.
    static func pause(afterFailures count: Int, of policy: VendorPolicy, jitter: Double) -> Duration {
        let doubled = policy.breakerRest * (1 << min(count - 1, 20))
        let longest = min(doubled, max(policy.balanceInterval, policy.breakerRest))
        return longest / 2 + longest / 2 * jitter
    }
}

extension BuyingFloor {
    /// How long ago a vendor's account was read, by this process or by an earlier one; nil where it was not, and where a
    /// clock was set back since.
    fileprivate func balanceAge(of vendor: Vendor, at now: Date) -> Duration? {
        let known = desk.cache.glance(at: .account, of: vendor.name)
        let readings = [vendor.health.current.balanceReadAt, known?.readAt].compactMap(\.self).filter { $0 <= now }
        return readings.max().map { .milliseconds(now.milliseconds - $0.milliseconds) }
    }
}
