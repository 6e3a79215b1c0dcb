import Synchronization

/// Whether buying goes on, as this process knows it: what new orders are held against before anything is stored, and where
/// orders wait. The store has the last word, in each dispatch.
final class BuyingGate: Sendable {
    private struct State {
        var last: BuyingChange?
        var waiters: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastWaiter = 0
    }

    private let state = Mutex(State())

    /// The pause; nil while buying goes on.
    var pause: BuyingChange? { state.withLock { $0.last.flatMap { $0.isPaused ? $0 : nil } } }

    /// Learns a change; one that is older than what is known changes nothing.
    func learn(_ change: BuyingChange?) {
        guard let change else { return }
        let freed = state.withLock { state -> [AsyncStream<Void>.Continuation] in
            guard change.number > state.last?.number ?? 0 else { return [] }
            state.last = change
            guard !change.isPaused else { return [] }
            defer { state.waiters = [:] }
            // Who came first goes first.
            return state.waiters.sorted { $0.key < $1.key }.map(\.value)
        }
        for waiter in freed {
            waiter.yield()
            waiter.finish()
        }
    }

    /// Yields once, when buying goes on.
    func opening() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number: Int? = state.withLock { state in
            guard state.last?.isPaused == true else { return nil }
            state.lastWaiter += 1
            state.waiters[state.lastWaiter] = continuation
            return state.lastWaiter
        }
        guard let number else {
            continuation.yield()
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.forget(number) }
        return stream
    }

    private func forget(_ number: Int) { state.withLock { $0.waiters[number] = nil } }

    /// How waiting ended.
    enum Wait: Sendable { case opened, changed, timeIsUp, stopped }

    /// Waits until buying goes on, not longer than a limit.
    /// - Parameter isChanged: comes back with true when what waits has changed and need not wait any more.
    func wait(
        within limit: Duration, _ timepiece: Timepiece, unless isChanged: @escaping @Sendable () async -> Bool
    ) async -> Wait {
        let opening = opening()
        return await withTaskGroup(of: Wait.self) { group in
            group.addTask {
                for await _ in opening { return .opened }
                return .stopped
            }
            group.addTask { await isChanged() ? .changed : .stopped }
            group.addTask { await timepiece.pause(limit) ? .timeIsUp : .stopped }
            let first = await group.next() ?? .stopped
            group.cancelAll()
            return first
        }
    }
}
