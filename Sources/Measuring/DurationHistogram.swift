import Synchronization

/// How long things took: how many stayed within each bound, how many there were, and their sum.
///
/// Noting one is three atomic additions. A reading is made while others note, so the parts may be a few apart; the count is
/// always that of the last bucket, so that a reading is whole in itself.
public final class DurationHistogram: Sendable {
    /// Bounds in milliseconds, for calls that take from a millisecond to minutes.
    public static let callBounds = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000]

    private let bounds: [Int64]
    private let counts: [Tally]
    private let nanoseconds = Atomic<Int64>(0)

    /// - Parameter bounds: upper bounds in milliseconds, each included, rising.
    public init(bounds: [Int] = callBounds) {
        self.bounds = bounds.map { Int64($0) * 1_000_000 }
        counts = (0...bounds.count).map { _ in Tally() }
    }

    /// Notes how long something took.
    public func note(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let length =
            max(0, seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue)
            &+ max(0, attoseconds / 1_000_000_000)
        counts[bounds.firstIndex { length <= $0 } ?? bounds.count].add()
        nanoseconds.add(length, ordering: .relaxed)
    }

    /// Whether nothing was noted yet.
    public var isEmpty: Bool { counts.allSatisfy { $0.value == 0 } }

    /// The samples of a histogram family.
    /// - Parameter labels: what tells it from others of its family.
    public func samples(_ labels: [(String, String)] = []) -> [Sample] {
        var total = 0
        var samples: [Sample] = []
        for (bound, count) in zip(bounds.map(Optional.some) + [nil], counts) {
            total += count.value
            let edge = bound.map { Value.seconds(nanoseconds: $0).text } ?? "+Inf"
            samples.append(Sample(labels + [("le", edge)], .count(total), suffix: "_bucket"))
        }
        samples.append(Sample(labels, .seconds(nanoseconds: nanoseconds.load(ordering: .relaxed)), suffix: "_sum"))
        samples.append(Sample(labels, .count(total), suffix: "_count"))
        return samples
    }
}
