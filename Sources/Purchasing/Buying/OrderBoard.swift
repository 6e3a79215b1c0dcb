import Synchronization

/// Tells those who wait for an order of every commit that changes it, without asking the store.
final class OrderBoard: Sendable {
    private struct State {
        var watchers: [OrderID: [Int: AsyncStream<Order>.Continuation]] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())

    /// Publishes an order as it was just committed.
    func publish(_ order: Order) {
        let watchers = state.withLock { state in state.watchers[order.id].map { Array($0.values) } ?? [] }
        for watcher in watchers { watcher.yield(order) }
    }

    /// The commits of an order from now on; only the newest is kept for a slow reader.
    func watch(_ id: OrderID) -> AsyncStream<Order> {
        let (stream, continuation) = AsyncStream.makeStream(of: Order.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.lastNumber += 1
            state.watchers[id, default: [:]][state.lastNumber] = continuation
            return state.lastNumber
        }
        continuation.onTermination = { [weak self] _ in self?.forget(number, of: id) }
        return stream
    }

    private func forget(_ number: Int, of id: OrderID) {
        state.withLock { state in
            state.watchers[id]?[number] = nil
            if state.watchers[id]?.isEmpty == true { state.watchers[id] = nil }
        }
    }
}

extension AsyncStream<Order> {
    /// The first order that meets a condition; nil when the time is over, the task is cancelled, or the server drains.
    func first(within limit: Duration, _ timepiece: Timepiece, where condition: @escaping @Sendable (Order) -> Bool)
        async -> Order?
    {
        guard limit > .zero else { return nil }
        return await withTaskGroup(of: Order?.self) { group in
            group.addTask {
                for await order in self where condition(order) { return order }
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
