public import Foundation

/// The time, as it is handed to everything that needs it, so that tests can stand still and leap.
public struct Timepiece: Sendable {
    /// The wall clock, cut to whole milliseconds.
    public let now: @Sendable () -> Date
    /// Waits; throws `CancellationError` when the waiting task is cancelled.
    public let sleep: @Sendable (Duration) async throws -> Void
    /// The time since some instant; nobody can set it back or ahead.
    public let elapsed: @Sendable () -> Duration

    public init(
        now: @escaping @Sendable () -> Date, sleep: @escaping @Sendable (Duration) async throws -> Void,
        elapsed: @escaping @Sendable () -> Duration = { Timepiece.sinceStart() }
    ) {
        self.now = now
        self.sleep = sleep
        self.elapsed = elapsed
    }

    private static let start = ContinuousClock.now

    /// The time since the process first asked for it.
    public static func sinceStart() -> Duration { ContinuousClock.now - start }

    /// The machine's own clock.
    public static let system = Timepiece(
        now: { Date().cutToMilliseconds },
        sleep: { try await ContinuousClock().sleep(for: $0) }
    )
}

extension Date {
    /// The time without anything below a millisecond, so that it survives being written and read.
    public var cutToMilliseconds: Date { Date(milliseconds: milliseconds) }

    /// Whole milliseconds since 1970, rounded down.
    public var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000 + 0.0005).rounded(.down)) }

    public init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// This time plus a duration.
    public func advanced(by duration: Duration) -> Date { addingTimeInterval(duration.seconds) }
}

extension Duration {
    /// The duration in seconds.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
