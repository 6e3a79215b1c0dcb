import Synchronization

/// What has changed in the cache since its snapshots were saved.
final class SnapshotChanges: Sendable {
    private struct State {
        var saved: Set<ReadingKey> = []
        var removed: Set<ReadingKey> = []
    }

    private let state = Mutex(State())

    /// A new reading is held.
    func saved(_ key: ReadingKey) {
        state.withLock { state in
            state.removed.remove(key)
            state.saved.insert(key)
        }
    }

    /// A reading is held no more.
    func removed(_ key: ReadingKey) {
        state.withLock { state in
            state.saved.remove(key)
            state.removed.insert(key)
        }
    }

    /// Takes everything.
    func take() -> (saved: Set<ReadingKey>, removed: Set<ReadingKey>) {
        state.withLock { state in
            defer { state = State() }
            return (state.saved, state.removed)
        }
    }
}
