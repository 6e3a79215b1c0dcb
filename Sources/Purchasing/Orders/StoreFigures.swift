/// How a store does, as far as it knows without reading anything.
public struct StoreFigures: Sendable, Hashable {
    /// Whether the last write succeeded.
    public var isHealthy = true
    /// How many transactions were committed since it was opened.
    public var commits = 0
    /// How many writes wait for a transaction.
    public var waitingWrites = 0
    /// How long its write-ahead log and its database are, in bytes.
    public var logBytes = 0
    public var databaseBytes = 0

    public init() {}
}

/// A store that is watched.
public protocol WatchedStore: Sendable {
    /// How it does now; costs next to nothing.
    var figures: StoreFigures { get }
}
