public import Foundation
public import Purchasing
import Synchronization

/// How far a vendor's clock is from ours, as the `Date` of its answers tells it.
///
/// A vendor says when goods began by its own clock; held against when an order was sent, that is evidence only where it is
/// known how the two clocks differ. `ClockDifference` says when it is.
public final class VendorClock: Sendable {
    /// The headers of an answer that tell it; ask for them with every call.
    public static let headers: Set<String> = ["date", "age"]

    private let difference = Mutex(ClockDifference())

    public init() {}

    /// Notes an answer that has just come.
    /// - Parameters:
    ///   - now: our wall clock.
    ///   - elapsed: the clock that nobody can set.
    public func note(_ answer: VendorAnswer, now: Date, elapsed: Duration) {
        let isStored = answer.headers["age"].map { $0 != "0" } ?? false
        let told = isStored ? nil : answer.headers["date"].flatMap(Date.init(httpDate:))
        difference.withLock { $0.note(told, now: now, elapsed: elapsed) }
    }

    /// A whole list of goods that say whether, and how, their beginnings are evidence.
    ///
    /// Their times must be told by the clock that was measured: where some of the goods begin later than it is there, the
    /// list goes by another one, and none of them is evidence.
    public func judged(_ list: [Goods], now: Date) -> [Goods] {
        var offset = difference.withLock { $0.known }
        if let known = offset {
            let latest = now.addingTimeInterval(known + ClockDifference.agreement)
            if list.contains(where: { $0.startsAt.map { $0 > latest } ?? false }) { offset = nil }
        }
        return list.map { goods in
            var goods = goods
            goods.clockOffset = offset
            return goods
        }
    }
}
