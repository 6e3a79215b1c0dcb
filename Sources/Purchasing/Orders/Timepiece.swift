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

    /// RFC 3339 in UTC with milliseconds: `2026-05-28T10:00:00.000Z`.
    ///
    /// The format cuts the fraction off, and a binary fraction may stand just below its millisecond: so a part of one that
    /// is too short to see is added.
    public var rfc3339: String { addingTimeInterval(0.000_4).formatted(Self.rfc3339Format) }

    /// Reads RFC 3339 with or without a fraction and with any offset, or a bare date (midnight UTC); else nil.
    public init?(rfc3339 text: String) {
        guard text.utf8.count <= 40 else { return nil }
        let text = text.utf8.count == 10 ? text + "T00:00:00Z" : text
        guard Self.isOnTheCalendar(text.prefix(19)), let date = Self.lenient(text) else { return nil }
        self = date
    }

    /// Foundation reads the 30th of February as the 2nd of March; such a time must read back as it was written.
    private static func isOnTheCalendar(_ dateAndTime: Substring) -> Bool {
        lenient(dateAndTime + "Z")?.rfc3339.prefix(19) == dateAndTime
    }

    private static func lenient(_ text: some StringProtocol) -> Date? {
        let text = String(text)
        return (try? Date(text, strategy: rfc3339Format)) ?? (try? Date(text, strategy: .iso8601))
    }

    private static let rfc3339Format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// This time plus a duration.
    public func advanced(by duration: Duration) -> Date { addingTimeInterval(duration.seconds) }
}

extension Duration {
    /// The duration in seconds.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
