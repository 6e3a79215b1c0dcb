public import Foundation

/// How long a delivery is tried, and how long a receiver that keeps failing is left alone. Pure.
public struct WebhookPatience: Sendable, Hashable {
    /// For how long after its event a delivery is tried. Default: three days.
    public var total = Duration.seconds(3 * 86_400)
    /// How many failures in a row let a receiver rest. Default: 5.
    public var failuresBeforeRest = 5

    public init() {}

    /// The pauses between attempts, as the Standard Webhooks specification recommends them.
    static let pauses: [Duration] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400].map { .seconds($0) }

    /// The pauses between the single attempts at a receiver that rests: short enough that one that is back has everything
    /// soon.
    static let rests: [Duration] = [10, 30, 60, 120, 300].map { .seconds($0) }

    /// The longest that a receiver's `Retry-After` is honoured.
    static let longestWait = Duration.seconds(86_400)

    /// By how much a pause is shorter or longer than it stands above: a tenth.
    private static let spread = 0.1

    /// When to try again; nil when it was tried long enough. The last attempt is made when the time is up.
    /// - Parameters:
    ///   - tries: how many attempts were made, at least 1.
    ///   - since: when the event happened, or the delivery was asked for again.
    ///   - chance: from 0 up to 1.
    public func next(afterTries tries: Int, since: Date, now: Date, chance: Double) -> Date? {
        let end = since.advanced(by: total)
        guard now < end else { return nil }
        let pause = Self.pauses[min(max(tries, 1), Self.pauses.count) - 1]
        return min(now.advanced(by: Self.jittered(pause, chance)), end).cutToMilliseconds
    }

    /// How long a receiver is left alone.
    /// - Parameter probes: how many attempts were made since it rests.
    func rest(afterProbes probes: Int, chance: Double) -> Duration {
        Self.jittered(Self.rests[min(max(probes, 0), Self.rests.count - 1)], chance)
    }

    private static func jittered(_ pause: Duration, _ chance: Double) -> Duration {
        pause * (1 + spread * (2 * chance - 1))
    }
}
