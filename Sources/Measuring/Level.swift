import Synchronization

/// A number that rises and falls, such as how much of something is under way.
public final class Level: Sendable {
    private let count = Atomic(0)

    public init() {}

    /// How much there is now.
    public var value: Int { count.load(ordering: .relaxed) }

    /// Changes it.
    public func change(by difference: Int) { count.add(difference, ordering: .relaxed) }
}
