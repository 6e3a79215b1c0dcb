import Foundation

/// The readings and prices that an answer was made of. As long as they are what they were, the answer may be given again as it is;
/// `VendorCache.use` says whether they are, without a lock.
public struct ReadingBasis: Sendable {
    /// One reading, as it stood.
    struct Part: Sendable {
        let entry: CacheEntry
        let version: Int
    }

    /// What a vendor charged last for a product.
    struct Price: Sendable {
        let prices: LastPrices
        let shape: ProductShape
        let at: Date?
    }

    private(set) var parts: [Part] = []
    private(set) var prices: [Price] = []
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

    /// Adds the price that a vendor charged last for a product.
    mutating func add(_ seen: LastPrices.Seen?, from prices: LastPrices, of shape: ProductShape) {
        self.prices.append(Price(prices: prices, shape: shape, at: seen?.at))
    }

    /// Whether the prices are still the last ones.
    var hasLastPrices: Bool { prices.allSatisfy { $0.prices[$0.shape]?.at == $0.at } }

    /// Whether what was made of these readings would be the same made of the others.
    public func isSame(as other: ReadingBasis) -> Bool {
        changesAt == other.changesAt && parts.count == other.parts.count
            && zip(parts, other.parts).allSatisfy { $0.entry === $1.entry && $0.version == $1.version }
            && prices.map(\.at) == other.prices.map(\.at)
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
