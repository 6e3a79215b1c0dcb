import Foundation

/// Now, by both clocks: the one that people read, and the one that nobody can set.
struct Moment: Sendable {
    let wall: Date
    /// The time since some instant (`Timepiece.elapsed`); ages are told by it.
    let elapsed: Duration

    /// From when on what begins has certainly begun at or after an instant of the wall clock; one that is still to come
    /// counts as now.
    ///
    /// Instants are cut to milliseconds, so what began in the same one may have begun before. Both clocks must agree, so
    /// that one that was set lets nothing pass.
    func floor(_ instant: Date) -> Moment {
        Moment(
            wall: min(wall, instant),
            elapsed: min(elapsed, elapsed - .milliseconds(wall.milliseconds - instant.milliseconds - 1)))
    }

    /// Whether this is at or after another moment, by both clocks.
    func isAtOrAfter(_ floor: Moment) -> Bool { elapsed >= floor.elapsed && wall >= floor.wall }
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
