import Synchronization

/// The calls of a cache that are under way, so that they can be ended with it.
final class FlightBook: Sendable {
    private struct State {
        var isClosed = false
        var last = 0
        var tasks: [Int: Task<Void, Never>] = [:]
    }

    private let state = Mutex(State())
    private let closed = Atomic(false)

    /// Whether nothing more is begun.
    var isClosed: Bool { closed.load(ordering: .relaxed) }

    /// Begins work in a task of its own; in a closed book, in one that is cancelled.
    func begin(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            state.last += 1
            let number = state.last
            let task = Task { [self] in
                await work()
                end(number)
            }
            if state.isClosed { task.cancel() } else { state.tasks[number] = task }
        }
    }

    /// Begins nothing more, and cancels what is under way.
    func close() {
        closed.store(true, ordering: .relaxed)
        let tasks = state.withLock { state in
            state.isClosed = true
            defer { state.tasks = [:] }
            return state.tasks.values
        }
        for task in tasks { task.cancel() }
    }

    private func end(_ number: Int) { _ = state.withLock { $0.tasks.removeValue(forKey: number) } }
}
