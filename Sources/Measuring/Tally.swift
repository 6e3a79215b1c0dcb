import Synchronization

/// A number that only grows, counted by many at once: an atomic addition and no lock.
public final class Tally: Sendable {
    private let count = Atomic(0)

    public init() {}

    /// How much was counted.
    public var value: Int { count.load(ordering: .relaxed) }

    /// Counts some more.
    public func add(_ more: Int = 1) { count.add(more, ordering: .relaxed) }
}
