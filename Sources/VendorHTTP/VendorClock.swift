public import Foundation
public import Purchasing
import Synchronization

/// Whether a vendor's clock agrees with ours, as the last answer told it.
///
/// A vendor says when goods began by its own clock; held against when an order was sent, that is evidence only where the two
/// clocks are known to agree. It is not moved by the difference: a `Date` may come from a cache or a proxy, and moved by it
/// goods of somebody else could begin with our order.
public final class VendorClock: Sendable {
    /// Clocks that differ by less are taken for one: an answer is under way for a while, and tells whole seconds.
    static let tolerance: TimeInterval = 60

    private let agrees = Mutex(false)

    public init() {}

    /// Notes an answer that has just come; one without a readable `Date` leaves the vendor's clock unknown.
    public func note(_ answer: VendorAnswer, now: Date) {
        let told = answer.headers["date"].flatMap(Date.init(httpDate:))
        let isClose = told.map { abs($0.timeIntervalSince(now)) <= Self.tolerance } ?? false
        agrees.withLock { $0 = isClose }
    }

    /// Goods that say whether their beginning is evidence.
    public func judged(_ goods: Goods) -> Goods {
        var goods = goods
        goods.isTimed = agrees.withLock { $0 }
        return goods
    }
}
