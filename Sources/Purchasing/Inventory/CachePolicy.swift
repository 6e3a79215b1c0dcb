/// How long what was read from vendors is good for, and how much of it is kept; the defaults suit one small server.
public struct CachePolicy: Sendable, Hashable {
    /// How long stock and the account are fresh. Default: 60 s.
    public var fresh: Duration = .seconds(60)
    /// How long reference lists are fresh. Default: 6 h.
    public var listsFresh: Duration = .seconds(6 * 3600)
    /// How old a reading may be and still be told, as stale; an older one counts as absent. Default: 24 h.
    public var maxStale: Duration = .seconds(24 * 3600)
    /// For how long nobody asks again after a first failure; it doubles with each further one, with jitter. Default: 5 s.
    public var errorPause: Duration = .seconds(5)
    /// The longest such pause, unless the vendor asks for a longer one. Default: 60 s.
    public var errorPauseMax: Duration = .seconds(60)
    /// How many readings are kept; the one whose last use is longest ago goes first. Default: 10,000.
    public var maxEntries = 10_000
    /// How much memory they may take, as far as it can be estimated. Default: 48 MB.
    public var maxBytes = 48 << 20
    /// How many reads of one vendor may be in flight at once. Default: 4.
    public var readsAtOnce = 4
    /// How many reads of one vendor may be under way, those that wait for room included, before new ones are turned
    /// away. Default: 1,000.
    public var maxReads = 1000

    /// The defaults.
    public init() {}

    /// How long a reading of a topic is fresh: never longer than it is told at all.
    public func freshTime(of topic: ReadingTopic) -> Duration {
        switch topic {
        case .stock, .account: min(fresh, maxStale)
        case .lists: min(listsFresh, maxStale)
        }
    }

    /// For how long nobody asks again after some failures in a row.
    /// - Parameter jitter: a number from 0 to 1 that keeps the topics of a dead vendor from asking all at once.
    func pause(afterFailures count: Int, jitter: Double) -> Duration {
        guard count > 1 else { return min(errorPause, errorPauseMax) }
        let doubled = errorPause * (1 << min(count - 1, 20))
        let longest = min(doubled, errorPauseMax)
        return longest / 2 + longest / 2 * jitter
    }
}
