public import Foundation
public import Purchasing
import Synchronization

/// A store whose commits, or a reading, wait until they are let go on, as on a disk that takes its time.
public final class HoldingStore: OrderStore {
    private struct State {
        var isHolding = false
        var isHoldingAcceptances = false
        var isHoldingReading = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let store: any OrderStore
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
    public func events(_ query: EventQuery) async throws(StoreError) -> [PlacedEvent] {
        let isNext = state.withLock { state in
            defer { state.isHoldingReading = false }
            return state.isHoldingReading
        }
        if isNext { await withCheckedContinuation { reading in state.withLock { $0.waiting.append(reading) } } }
        return try await store.events(query)
    }
    public func place(of event: Identifier) async throws(StoreError) -> (place: Int64, client: String)? {
        try await store.place(of: event)
    }
    public func lastPlace() async throws(StoreError) -> Int64 { try await store.lastPlace() }
    public var signal: CommitSignal { store.signal }
    public func events(of id: OrderID) async throws(StoreError) -> [OrderEvent] { try await store.events(of: id) }
    public func unsettled() async throws(StoreError) -> [Order] { try await store.unsettled() }
    public func claimed(_ goods: [String], vendor: String) async throws(StoreError) -> Set<String> {
        try await store.claimed(goods, vendor: vendor)
    }
    public func owners(of ids: [String], vendor: String, areNumbers: Bool) async throws(StoreError)
        -> [String: Set<OrderID>]
    {
        try await store.owners(of: ids, vendor: vendor, areNumbers: areNumbers)
    }
    public func awaitingGoods(vendor: String) async throws(StoreError) -> [Order] {
        try await store.awaitingGoods(vendor: vendor)
    }
    public func orders(batches: [String], vendor: String) async throws(StoreError) -> [Order] {
        try await store.orders(batches: batches, vendor: vendor)
    }
    public func openDoubts() async throws(StoreError) -> [OpenDoubts] { try await store.openDoubts() }
    public func accept(action change: OrderChange) async throws(StoreError) -> ActionAcceptance {
        await wait(while: \.isHoldingAcceptances)
        return try await store.accept(action: change)
    }
    public func action(_ id: ActionID) async throws(StoreError) -> Action? { try await store.action(id) }
    public func action(client: String, idempotencyKey: String) async throws(StoreError) -> Action? {
        try await store.action(client: client, idempotencyKey: idempotencyKey)
    }
    public func actions(of order: OrderID) async throws(StoreError) -> [Action] { try await store.actions(of: order) }
    public func accept(refund change: OrderChange) async throws(StoreError) -> RefundAcceptance {
        try await store.accept(refund: change)
    }
    public func refund(client: String, idempotencyKey: String) async throws(StoreError) -> Refund? {
        try await store.refund(client: client, idempotencyKey: idempotencyKey)
    }
    public func refunds(of order: OrderID) async throws(StoreError) -> [Refund] {
        try await store.refunds(of: order)
    }
    public func refunds(_ query: RefundQuery) async throws(StoreError) -> RefundPage {
        try await store.refunds(query)
    }
    public func actions(_ query: ActionQuery) async throws(StoreError) -> ActionPage {
        try await store.actions(query)
    }
    public func unsettledActions() async throws(StoreError) -> [Action] { try await store.unsettledActions() }
    public func lapsing(within window: Range<Date>, after: Order?) async throws(StoreError) -> [Order] {
        try await store.lapsing(within: window, after: after)
    }
    public func vendorsSeenToSellTwice() async throws(StoreError) -> Set<String> {
        try await store.vendorsSeenToSellTwice()
    }
    public func changeBuying(reason: String?, by: String, requestID: String, at: Date) async throws(StoreError)
        -> BuyingChange?
    { try await store.changeBuying(reason: reason, by: by, requestID: requestID, at: at) }
    public func buyingChanges(limit: Int) async throws(StoreError) -> [BuyingChange] {
        try await store.buyingChanges(limit: limit)
    }
    public func changeBudget(_ order: BudgetOrder) async throws(StoreError) -> BudgetStanding? {
        try await store.changeBudget(order)
    }
    public func budgets(at instant: Date) async throws(StoreError) -> [BudgetStanding] {
        try await store.budgets(at: instant)
    }
    public func budget(of client: String, at instant: Date) async throws(StoreError) -> BudgetStanding? {
        try await store.budget(of: client, at: instant)
    }
    public func budgetChanges(of client: String, limit: Int) async throws(StoreError) -> [BudgetChange] {
        try await store.budgetChanges(of: client, limit: limit)
    }
    public func probe() async throws(StoreError) { try await store.probe() }
}
