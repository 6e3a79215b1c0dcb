import Foundation

/// Now, by both clocks: the one that people read, and the one that nobody can set.
struct Moment: Sendable {
    let wall: Date
    /// The time since some instant (`Timepiece.elapsed`); ages are told by it.
    let elapsed: Duration

    /// The elapsed time at an instant of the wall clock; one that is still to come counts as now.
    func elapsed(at instant: Date) -> Duration {
        elapsed - .milliseconds(max(0, wall.milliseconds - instant.milliseconds))
    }
}

extension Timepiece {
    var moment: Moment { Moment(wall: now(), elapsed: elapsed()) }
}

extension Duration {
    /// Whole nanoseconds; as much as fits.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflows ? (seconds < 0 ? .min : .max) : product + attoseconds / 1_000_000_000
    }
}
