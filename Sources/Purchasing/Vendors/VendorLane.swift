import DequeModule
import Synchronization

/// Lets a bounded number of purchases into one vendor at a time, in the order in which they came.
///
/// It is both the vendor's bulkhead and, with a width of one, what makes every change of an account attributable: an
/// order whose outcome is unknown keeps its place until it is settled or parked.
final class VendorLane: Sendable {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var inside = 0
        var waiters: Deque<Waiter> = []
        var lastNumber = 0
        /// Waiters that were cancelled before they had queued up.
        var cancelled: Set<Int> = []
        var isClosed = false
    }

    private let width: Int
    private let state = Mutex(State())

    init(width: Int) { self.width = width }

    /// How many are inside.
    var inside: Int { state.withLock { $0.inside } }

    /// Goes in when there is room and nobody waits.
    func tryEnter() -> Bool {
        state.withLock { state in
            guard state.inside < width, state.waiters.isEmpty else { return false }
            state.inside += 1
            return true
        }
    }

    /// Goes in whatever the width: for an order that was inside when the process died.
    func occupy() { state.withLock { $0.inside += 1 } }

    /// Waits for room; false when the waiting task was cancelled, or the lane was closed.
    func enter() async -> Bool {
        if tryEnter() { return true }
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let verdict: Bool? = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return false }
                    if state.inside < width, state.waiters.isEmpty {
                        state.inside += 1
                        return true
                    }
                    if state.isClosed { return false }
                    state.waiters.append(Waiter(number: number, continuation: continuation))
                    return nil
                }
                if let verdict { continuation.resume(returning: verdict) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                if let index = state.waiters.firstIndex(where: { $0.number == number }) {
                    return state.waiters.remove(at: index)
                }
                state.cancelled.insert(number)
                return nil
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Sends away all who wait, and lets nobody wait from now on: the server drains.
    func close() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            state.isClosed = true
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: false) }
    }

    /// Goes out and lets the next one in.
    func leave() {
        let next: Waiter? = state.withLock { state in
            state.inside -= 1
            guard state.inside < width, let next = state.waiters.popFirst() else { return nil }
            state.inside += 1
            return next
        }
        next?.continuation.resume(returning: true)
    }
}
