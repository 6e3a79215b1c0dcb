public import Purchasing
import Synchronization

/// A store whose commits, or a reading, wait until they are let go on, as on a disk that takes its time.
public final class HoldingStore: StoreInFront {
    private struct State {
        var isHolding = false
        var isHoldingAcceptances = false
        var isHoldingReading = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    public let store: any OrderStore
    private let state = Mutex(State())

    public init(_ store: any OrderStore) { self.store = store }

    /// How many commits and readings wait.
    public var waiting: Int { state.withLock { $0.waiting.count } }

    /// Holds every commit from here on.
    public func hold() { state.withLock { $0.isHolding = true } }

    /// Holds every acceptance of an order or an action from here on.
    public func holdAcceptances() { state.withLock { $0.isHoldingAcceptances = true } }

    /// Holds the next reading of the events of all orders, and none after it.
    public func holdNextReading() { state.withLock { $0.isHoldingReading = true } }

    /// Lets what is held go on.
    public func release() {
        let waiting = state.withLock { state in
            state.isHolding = false
            state.isHoldingAcceptances = false
            state.isHoldingReading = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for commit in waiting { commit.resume() }
    }

    public func commit(_ change: OrderChange) async throws(StoreError) {
        await wait(while: \.isHolding)
        try await store.commit(change)
    }

    private func wait(while isHeld: @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if isHeld(state) { state.waiting.append(continuation) }
                return !isHeld(state)
            }
            if goesOn { continuation.resume() }
        }
    }

    public func accept(_ change: OrderChange) async throws(StoreError) -> Acceptance {
        await wait(while: \.isHoldingAcceptances)
        return try await store.accept(change)
    }

    public func events(_ query: EventQuery) async throws(StoreError) -> [PlacedEvent] {
        let isNext = state.withLock { state in
            defer { state.isHoldingReading = false }
            return state.isHoldingReading
        }
        if isNext { await withCheckedContinuation { reading in state.withLock { $0.waiting.append(reading) } } }
        return try await store.events(query)
    }

    public func accept(action change: OrderChange) async throws(StoreError) -> ActionAcceptance {
        await wait(while: \.isHoldingAcceptances)
        return try await store.accept(action: change)
    }
}
