/// The readings that an answer was made of. As long as they are what they were, the answer may be given again as it is;
/// `VendorCache.use` says whether they are, without a lock.
public struct ReadingBasis: Sendable {
    /// One reading, as it stood.
    struct Part: Sendable {
        let entry: CacheEntry
        let version: Int
    }

    private(set) var parts: [Part] = []
    /// When the oldest of them was begun; nil when nothing was read.
    private(set) var oldest: Duration?
    /// Until when all of them are fresh; nil when nothing was read.
    private(set) var freshUntil: Duration?
    /// When the answer has to be made anew; nil for not before one of the readings changes.
    private(set) var changesAt: Duration?
    /// Whether everything that was asked for is there.
    private(set) var isWhole = true

    init() {}

    /// Adds what an answer was made of.
    mutating func add(_ lookup: Lookup) {
        if let part = lookup.part { parts.append(part) }
        if lookup.known.value == nil { isWhole = false }
        oldest = Self.earlier(oldest, lookup.begunAt)
        freshUntil = Self.earlier(freshUntil, lookup.freshUntil)
        changesAt = Self.earlier(changesAt, lookup.changesAt)
    }

    private static func earlier(_ one: Duration?, _ other: Duration?) -> Duration? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    /// How old all this is.
    func age(at elapsed: Duration, standing: Duration) -> ReadingAge {
        let left = freshUntil.map { $0 - elapsed }
        return ReadingAge(
            age: oldest.map { max(.zero, elapsed - $0) },
            freshFor: isWhole ? left ?? standing : min(.zero, left ?? .zero))
    }
}

/// How old the readings behind an answer are.
public struct ReadingAge: Sendable, Hashable {
    /// Since the oldest of them was begun; nil when nothing was read.
    public let age: Duration?
    /// How long all of them stay fresh; negative when one is stale, and not above zero when one is missing.
    public let freshFor: Duration
}
