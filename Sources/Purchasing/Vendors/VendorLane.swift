import DequeModule
import Synchronization

/// Lets a bounded number of purchases into one vendor at a time, in the order in which they came.
///
/// It is both the vendor's bulkhead and, with a width of one, what makes every change of an account attributable: an
/// order whose outcome is unknown keeps its place until it is settled or parked.
final class VendorLane: Sendable {
    /// How waiting for room ended.
    enum Entrance: Sendable {
        /// There is room; who waited is inside.
        case entered
        /// It waited for as long as it may.
        case timeIsUp
        /// What waited is not pending any more.
        case withdrawn
        /// The waiting task was cancelled, or the lane was closed.
        case stopped
    }

    private struct Waiter {
        let number: Int
        /// The order that waits, and since when by the clock that nobody sets; nil for any other work.
        let order: (id: OrderID, since: Duration)?
        let end: @Sendable (Entrance) -> Void
    }

    private struct State {
        var inside = 0
        var waiters: Deque<Waiter> = []
        /// The orders among the waiters.
        var orders: Set<OrderID> = []
        var lastNumber = 0
        /// Waiters that were cancelled before they had queued up.
        var cancelled: Set<Int> = []
        var isClosed = false
        var arrivals: AsyncStream<Void>.Continuation?

        mutating func remove(at index: Int) -> Waiter {
            let waiter = waiters.remove(at: index)
            if let order = waiter.order { orders.remove(order.id) }
            return waiter
        }
    }

    private let width: Int
    private let state = Mutex(State())

    init(width: Int) { self.width = width }

    /// How many are inside.
    var inside: Int { state.withLock { $0.inside } }

    /// How many wait, orders and other work.
    var waiting: Int { state.withLock { $0.waiters.count } }

    /// How many orders wait.
    var waitingOrders: Int { state.withLock { $0.orders.count } }

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
                wait(number, nil) { continuation.resume(returning: $0 == .entered) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                if let index = state.waiters.firstIndex(where: { $0.number == number }) {
                    return state.remove(at: index)
                }
                state.cancelled.insert(number)
                return nil
            }
            waiter?.end(.stopped)
        }
    }

    /// Lets an order wait for room, until the lane ends that, or `dismiss`, or `close`. Nothing but what is called then is
    /// kept for it, not even a task, since many may wait.
    /// - Parameter end: called once, at once where there is room.
    func queue(_ order: OrderID, since: Duration, end: @escaping @Sendable (Entrance) -> Void) {
        wait(0, (order, since), end)
    }

    private func wait(
        _ number: Int, _ order: (id: OrderID, since: Duration)?, _ end: @escaping @Sendable (Entrance) -> Void
    ) {
        let verdict: Entrance? = state.withLock { state in
            if state.cancelled.remove(number) != nil { return .stopped }
            if state.inside < width, state.waiters.isEmpty {
                state.inside += 1
                return .entered
            }
            if state.isClosed { return .stopped }
            state.waiters.append(Waiter(number: number, order: order, end: end))
            if let order {
                state.orders.insert(order.id)
                if state.orders.count == 1 { state.arrivals?.yield() }
            }
            return nil
        }
        if let verdict { end(verdict) }
    }

    /// Sends away an order that waits, since it is not pending any more.
    func dismiss(_ order: OrderID) {
        let waiter: Waiter? = state.withLock { state in
            guard state.orders.contains(order),
                let index = state.waiters.firstIndex(where: { $0.order?.id == order })
            else { return nil }
            return state.remove(at: index)
        }
        waiter?.end(.withdrawn)
    }

    // MARK: The time that an order may wait

    /// Tells when the first order begins to wait; for one listener.
    func arrivals() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            state.arrivals = continuation
            if !state.orders.isEmpty { continuation.yield() }
        }
        return stream
    }

    /// Since when the order waits that waits for the longest time.
    var longestWait: Duration? { state.withLock { state in state.waiters.lazy.compactMap(\.order?.since).first } }

    /// Sends away the orders that wait since an instant or longer: their time is up.
    func dismissWaiting(since instant: Duration) {
        let dismissed = state.withLock { state in
            var dismissed: [Waiter] = []
            while let index = state.waiters.firstIndex(where: { $0.order.map { $0.since <= instant } ?? false }) {
                dismissed.append(state.remove(at: index))
            }
            return dismissed
        }
        for waiter in dismissed { waiter.end(.timeIsUp) }
    }

    /// Sends away all who wait, and lets nobody wait from now on: the server drains.
    func close() {
        let waiters = state.withLock { state in
            defer { (state.waiters, state.orders) = ([], []) }
            state.isClosed = true
            return state.waiters
        }
        for waiter in waiters { waiter.end(.stopped) }
    }

    /// Goes out and lets the next one in.
    func leave() {
        let next: Waiter? = state.withLock { state in
            state.inside -= 1
            guard state.inside < width, !state.waiters.isEmpty else { return nil }
            state.inside += 1
            return state.remove(at: 0)
        }
        next?.end(.entered)
    }
}

extension VendorLane {
    /// Waits for room, not longer than a limit.
    func enter(within limit: Duration, _ timepiece: Timepiece) async -> Entrance {
        if tryEnter() { return .entered }
        let (first, alsoEntered) = await withTaskGroup(of: Entrance.self) { group in
            group.addTask { await self.enter() ? .entered : .stopped }
            group.addTask { await timepiece.pause(limit) ? .timeIsUp : .stopped }
            let first = await group.next() ?? .stopped
            group.cancelAll()
            var alsoEntered = false
            for await later in group where later == .entered { alsoEntered = true }
            return (first, alsoEntered)
        }
        if alsoEntered { leave() }
        return first
    }
}
