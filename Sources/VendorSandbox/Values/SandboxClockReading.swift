/// What a vendor's clock shows.
struct SandboxClockReading: Sendable {
    /// The vendor's present time.
    let now: SandboxTime
    /// Seconds by which it is ahead of the sandbox's own.
    let offsetSeconds: Int

    /// `{"now":"2026-05-28T10:00:00.000+00:00","clock_offset_seconds":0}`.
    var json: SandboxJSON {
        ["now": .string(now.millisecondsText), "clock_offset_seconds": .integer(offsetSeconds)]
    }
}
