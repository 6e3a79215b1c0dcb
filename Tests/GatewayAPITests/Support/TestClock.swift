import Foundation
import Purchasing
import PurchasingTestKit
import Synchronization

/// A clock that stands still until it is told to move.
final class TestClock: Sendable {
    private let time = Mutex(Date.example)

    var now: Date { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }

    /// The clock for code that asks for one. Nothing here sleeps by it.
    var timepiece: Timepiece { Timepiece(now: { self.now }, sleep: { _ in }) }
}
