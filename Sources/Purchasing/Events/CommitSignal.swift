import Synchronization

/// Rings when events were committed, so that nobody has to ask the store whether there are new ones.
public final class CommitSignal: Sendable {
    private struct State {
        var watchers: [Int: (client: String?, bell: AsyncStream<Void>.Continuation)] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Events of a client's order are durable.
    public func ring(for client: String) {
        let bells = state.withLock { state in
            state.watchers.values.filter { $0.client == nil || $0.client == client }.map(\.bell)
        }
        for bell in bells { bell.yield() }
    }

    /// Rings from now on: of one client's orders, or of all. Rings that nobody waited for are one.
    public func watch(client: String?) -> AsyncStream<Void> {
        let (stream, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.lastNumber += 1
            state.watchers[state.lastNumber] = (client, bell)
            return state.lastNumber
        }
        bell.onTermination = { [weak self] _ in self?.state.withLock { $0.watchers[number] = nil } }
        return stream
    }

    /// How many watch.
    public var watchers: Int { state.withLock { $0.watchers.count } }
}
