import Synchronization

/// What a vendor answered after a call's deadline, kept for the run that carries the order. Once the run has ended, whoever
/// brings an answer notes it.
final class LateAnswers: Sendable {
    private struct State {
        var kept: [PurchaseOutcome] = []
        var isClosed = false
        var waker: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    /// Keeps an answer for the run; false when the run has ended.
    func keep(_ answer: PurchaseOutcome) -> Bool {
        let (isKept, waker) = state.withLock { state in
            if !state.isClosed { state.kept.append(answer) }
            return (!state.isClosed, state.waker)
        }
        waker?.yield()
        return isKept
    }

    /// The oldest that the run has not noted.
    var first: PurchaseOutcome? { state.withLock { $0.kept.first } }

    /// Forgets the oldest, which was noted.
    func removeFirst() { state.withLock { _ = $0.kept.removeFirst() } }

    /// Waits until there is one, or the task is cancelled.
    func arrival() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let isThere = state.withLock { state in
            state.waker = continuation
            return !state.kept.isEmpty
        }
        if isThere { return }
        for await _ in stream { return }
    }

    /// Ends the keeping.
    /// - Returns: what the run has not noted.
    func close() -> [PurchaseOutcome] {
        state.withLock { state in
            state.isClosed = true
            defer { state.kept = [] }
            return state.kept
        }
    }
}
