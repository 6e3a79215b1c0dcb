import Synchronization

/// Tells those who wait for an order, or an action, of every commit that changes it, without asking the store.
final class Board<Value: Sendable>: Sendable {
    private struct State {
        var watchers: [Identifier: [Int: AsyncStream<Value>.Continuation]] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())

    /// Publishes what was just committed.
    func publish(_ value: Value, of id: Identifier) {
        let watchers = state.withLock { state in state.watchers[id].map { Array($0.values) } ?? [] }
        for watcher in watchers { watcher.yield(value) }
    }

    /// The commits of one id from now on; only the newest is kept for a slow reader.
    func watch(_ id: Identifier) -> AsyncStream<Value> {
        let (stream, continuation) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.lastNumber += 1
            state.watchers[id, default: [:]][state.lastNumber] = continuation
            return state.lastNumber
        }
        continuation.onTermination = { [weak self] _ in self?.forget(number, of: id) }
        return stream
    }

    private func forget(_ number: Int, of id: Identifier) {
        state.withLock { state in
            state.watchers[id]?[number] = nil
            if state.watchers[id]?.isEmpty == true { state.watchers[id] = nil }
        }
    }
}

extension AsyncStream where Element: Sendable {
    /// The first that meets a condition; nil when the time is over, the task is cancelled, or the server drains.
    public func first(
        within limit: Duration, _ timepiece: Timepiece, where condition: @escaping @Sendable (Element) -> Bool
    )
        async -> Element?
    {
        guard limit > .zero else { return nil }
        return await withTaskGroup(of: Element?.self) { group in
            group.addTask {
                for await element in self where condition(element) { return element }
                return nil
            }
            group.addTask {
                await timepiece.pause(limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
