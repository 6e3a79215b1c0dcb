import Foundation

/// What is known of how far a vendor's clock is ahead of ours. Pure: times are handed in.
///
/// A `Date` that agrees with our clock is believed as it is. Any other may have come from a cache or a proxy, and goods that
/// were moved by it could seem to begin with an order that they came long before: so it is believed only once it was seen to
/// tick. A `Date` that stands still is further off with every second, so that measurements which agree although time has
/// passed between them are those of a clock that runs.
struct ClockDifference: Sendable, Hashable {
    /// Clocks that differ by no more are taken for one: an answer is under way for a while, and tells whole seconds.
    static let agreement: TimeInterval = 60
    /// How far apart measurements of one difference may be, in seconds: less than a clock that stands still would show.
    static let tolerance: TimeInterval = 5
    /// How long it takes to see a clock run.
    static let proof = Duration.seconds(10)

    private struct Measurement: Sendable, Hashable {
        let offset: TimeInterval
        let at: Duration
    }

    /// The first of the measurements that agree, and the last; both nil when the last answer told no time.
    private var first: Measurement?
    private var last: Measurement?

    /// Notes what the last answer told of the vendor's time; nil, where it told none that can be read, forgets the others.
    mutating func note(_ told: Date?, now: Date, elapsed: Duration) {
        guard let told else { return self = ClockDifference() }
        let measured = Measurement(offset: told.timeIntervalSince(now), at: elapsed)
        // What the first one says holds for all: a clock that creeps away is measured anew.
        if first.map({ abs($0.offset - measured.offset) > Self.tolerance }) ?? true { first = measured }
        last = measured
    }

    /// Seconds by which the vendor's clock is ahead of ours, 0 where they agree; nil when nobody can say.
    var known: TimeInterval? {
        guard let first, let last else { return nil }
        if abs(last.offset) <= Self.agreement { return 0 }
        return last.at - first.at >= Self.proof ? last.offset : nil
    }
}
