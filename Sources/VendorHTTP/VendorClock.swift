public import Foundation
public import Purchasing
import Synchronization

/// How far a vendor's clock is from ours, as the last answer told it.
///
/// A vendor says when goods began by its own clock; held against when an order was sent, that is evidence only as far as the
/// two clocks are known to agree.
public final class VendorClock: Sendable {
    /// Clocks that differ by less are taken for one: an answer is under way for a while, and tells whole seconds.
    static let tolerance: TimeInterval = 60

    private let skew = Mutex<TimeInterval?>(nil)

    public init() {}

    /// Notes an answer that has just come; one without a readable `Date` leaves the vendor's clock unknown.
    public func note(_ answer: VendorAnswer, now: Date) {
        let told = answer.headers["date"].flatMap(Date.init(httpDate:))
        skew.withLock { $0 = told?.timeIntervalSince(now) }
    }

    /// Goods with their beginning as our clock would have told it; where the vendor's clock is not known, it is no evidence.
    public func byOurs(_ goods: Goods) -> Goods {
        var goods = goods
        guard let skew = skew.withLock({ $0 }) else {
            goods.isTimed = false
            return goods
        }
        if abs(skew) > Self.tolerance { goods.startsAt = goods.startsAt?.addingTimeInterval(-skew) }
        return goods
    }
}
