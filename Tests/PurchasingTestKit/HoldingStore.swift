public import Foundation
public import Purchasing
import Synchronization

/// A store whose commits wait until they are let go on, as on a disk that takes its time.
public final class HoldingStore: OrderStore {
    private struct State {
        var isHolding = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let store: any OrderStore
    private let state = Mutex(State())

    public init(_ store: any OrderStore) { self.store = store }

    /// How many commits wait.
    public var waiting: Int { state.withLock { $0.waiting.count } }

    /// Holds every commit from here on.
    public func hold() { state.withLock { $0.isHolding = true } }

    /// Lets the held commits go on.
    public func release() {
        let waiting = state.withLock { state in
            state.isHolding = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for commit in waiting { commit.resume() }
    }

    public func commit(_ change: OrderChange) async throws(StoreError) {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.isHolding { state.waiting.append(continuation) }
                return !state.isHolding
            }
            if goesOn { continuation.resume() }
        }
        try await store.commit(change)
    }

    public func accept(_ change: OrderChange) async throws(StoreError) -> Acceptance { try await store.accept(change) }
    public func order(_ id: OrderID) async throws(StoreError) -> Order? { try await store.order(id) }
    public func order(client: String, idempotencyKey: String) async throws(StoreError) -> Order? {
        try await store.order(client: client, idempotencyKey: idempotencyKey)
    }
    public func orders(_ query: OrderQuery) async throws(StoreError) -> OrderPage { try await store.orders(query) }
    public func view(of query: OrderQuery) async throws(StoreError) -> any OrderView {
        try await store.view(of: query)
    }
    public func statistics(_ query: StatisticsQuery) async throws(StoreError) -> [StatisticsRow] {
        try await store.statistics(query)
    }
    public func events(of id: OrderID) async throws(StoreError) -> [OrderEvent] { try await store.events(of: id) }
    public func unsettled() async throws(StoreError) -> [Order] { try await store.unsettled() }
    public func claimed(_ goods: [String], vendor: String) async throws(StoreError) -> Set<String> {
        try await store.claimed(goods, vendor: vendor)
    }
    public func awaitingGoods(vendor: String) async throws(StoreError) -> [Order] {
        try await store.awaitingGoods(vendor: vendor)
    }
    public func orders(batches: [String], vendor: String) async throws(StoreError) -> [Order] {
        try await store.orders(batches: batches, vendor: vendor)
    }
    public func unknownOrders() async throws(StoreError) -> [UnknownOrders] { try await store.unknownOrders() }
    public func openDoubts() async throws(StoreError) -> [OpenDoubts] { try await store.openDoubts() }
    public func accept(action change: OrderChange) async throws(StoreError) -> ActionAcceptance {
        try await store.accept(action: change)
    }
    public func action(_ id: ActionID) async throws(StoreError) -> Action? { try await store.action(id) }
    public func action(client: String, idempotencyKey: String) async throws(StoreError) -> Action? {
        try await store.action(client: client, idempotencyKey: idempotencyKey)
    }
    public func actions(of order: OrderID) async throws(StoreError) -> [Action] { try await store.actions(of: order) }
    public func unsettledActions() async throws(StoreError) -> [Action] { try await store.unsettledActions() }
    public func lapsing(within window: Range<Date>, after: Order?) async throws(StoreError) -> [Order] {
        try await store.lapsing(within: window, after: after)
    }
    public func probe() async throws(StoreError) { try await store.probe() }
}
