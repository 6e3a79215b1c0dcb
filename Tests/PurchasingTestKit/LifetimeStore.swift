public import Purchasing
import Synchronization

/// A store as one process sees it: once its life has ended nothing reaches the store behind it any more, as after a
/// `kill -9` at that instant.
public final class LifetimeStore: StoreInFront {
    public let store: any OrderStore
    private let isOver = Mutex(false)

    public init(_ store: any OrderStore) { self.store = store }

    /// Ends the life.
    public func end() { isOver.withLock { $0 = true } }

    public func beforePassingOn() throws(StoreError) {
        if isOver.withLock({ $0 }) { throw .unavailable("the process is dead") }
    }
}
