import Foundation

/// Where the vendors take the time from. Deliveries, dates and rate limits all hang on it; fault delays do not.
public struct SandboxClock: Sendable {
    private let read: @Sendable () -> Int64

    /// A clock that is read by calling a closure.
    /// - Parameter milliseconds: the present, UTC, in milliseconds since 1970.
    public init(milliseconds: @escaping @Sendable () -> Int64) {
        self.read = milliseconds
    }

    /// The machine's clock.
    public static let system = SandboxClock { Int64(Date().timeIntervalSince1970 * 1000) }

    var now: SandboxTime {
        SandboxTime(milliseconds: read())
    }
}
