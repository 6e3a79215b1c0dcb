public import Foundation
public import Purchasing
import Synchronization

/// A store as one process sees it: once its life has ended nothing reaches the store behind it any more, as after a
/// `kill -9` at that instant.
public final class LifetimeStore: OrderStore {
    private let store: any OrderStore
    private let isOver = Mutex(false)

    public init(_ store: any OrderStore) { self.store = store }

    /// Ends the life.
    public func end() { isOver.withLock { $0 = true } }

    private func alive() throws(StoreError) -> any OrderStore {
        if isOver.withLock({ $0 }) { throw .unavailable("the process is dead") }
        return store
    }

    public func accept(_ change: OrderChange) async throws(StoreError) -> Acceptance {
        try await alive().accept(change)
    }
    public func commit(_ change: OrderChange) async throws(StoreError) { try await alive().commit(change) }
    public func order(_ id: OrderID) async throws(StoreError) -> Order? { try await alive().order(id) }
    public func order(client: String, idempotencyKey: String) async throws(StoreError) -> Order? {
        try await alive().order(client: client, idempotencyKey: idempotencyKey)
    }
    public func orders(_ query: OrderQuery) async throws(StoreError) -> OrderPage { try await alive().orders(query) }
    public func view(of query: OrderQuery) async throws(StoreError) -> any OrderView {
        try await alive().view(of: query)
    }
    public func statistics(_ query: StatisticsQuery) async throws(StoreError) -> [StatisticsRow] {
        try await alive().statistics(query)
    }
    public func events(_ query: EventQuery) async throws(StoreError) -> [PlacedEvent] {
        try await alive().events(query)
    }
    public func place(of event: Identifier) async throws(StoreError) -> (place: Int64, client: String)? {
        try await alive().place(of: event)
    }
    public func lastPlace() async throws(StoreError) -> Int64 { try await alive().lastPlace() }
    public var signal: CommitSignal { store.signal }
    public func events(of id: OrderID) async throws(StoreError) -> [OrderEvent] { try await alive().events(of: id) }
    public func unsettled() async throws(StoreError) -> [Order] { try await alive().unsettled() }
    public func claimed(_ goods: [String], vendor: String) async throws(StoreError) -> Set<String> {
        try await alive().claimed(goods, vendor: vendor)
    }
    public func owners(of ids: [String], vendor: String, areNumbers: Bool) async throws(StoreError)
        -> [String: Set<OrderID>]
    {
        try await alive().owners(of: ids, vendor: vendor, areNumbers: areNumbers)
    }
    public func awaitingGoods(vendor: String) async throws(StoreError) -> [Order] {
        try await alive().awaitingGoods(vendor: vendor)
    }
    public func orders(batches: [String], vendor: String) async throws(StoreError) -> [Order] {
        try await alive().orders(batches: batches, vendor: vendor)
    }
    public func openDoubts() async throws(StoreError) -> [OpenDoubts] { try await alive().openDoubts() }
    public func accept(action change: OrderChange) async throws(StoreError) -> ActionAcceptance {
        try await alive().accept(action: change)
    }
    public func action(_ id: ActionID) async throws(StoreError) -> Action? { try await alive().action(id) }
    public func action(client: String, idempotencyKey: String) async throws(StoreError) -> Action? {
        try await alive().action(client: client, idempotencyKey: idempotencyKey)
    }
    public func actions(of order: OrderID) async throws(StoreError) -> [Action] { try await alive().actions(of: order) }
    public func accept(refund change: OrderChange) async throws(StoreError) -> RefundAcceptance {
        try await alive().accept(refund: change)
    }
    public func refund(client: String, idempotencyKey: String) async throws(StoreError) -> Refund? {
        try await alive().refund(client: client, idempotencyKey: idempotencyKey)
    }
    public func refunds(of order: OrderID) async throws(StoreError) -> [Refund] {
        try await alive().refunds(of: order)
    }
    public func refunds(_ query: RefundQuery) async throws(StoreError) -> RefundPage {
        try await alive().refunds(query)
    }
    public func actions(_ query: ActionQuery) async throws(StoreError) -> ActionPage {
        try await alive().actions(query)
    }
    public func unsettledActions() async throws(StoreError) -> [Action] { try await alive().unsettledActions() }
    public func lapsing(within window: Range<Date>, after: Order?) async throws(StoreError) -> [Order] {
        try await alive().lapsing(within: window, after: after)
    }
    public func vendorsSeenToSellTwice() async throws(StoreError) -> Set<String> {
        try await alive().vendorsSeenToSellTwice()
    }
    public func changeBuying(reason: String?, by: String, requestID: String, at: Date) async throws(StoreError)
        -> BuyingChange?
    { try await alive().changeBuying(reason: reason, by: by, requestID: requestID, at: at) }
    public func buyingChanges(limit: Int) async throws(StoreError) -> [BuyingChange] {
        try await alive().buyingChanges(limit: limit)
    }
    public func changeBudget(_ order: BudgetOrder) async throws(StoreError) -> BudgetStanding? {
        try await alive().changeBudget(order)
    }
    public func budgets(at instant: Date) async throws(StoreError) -> [BudgetStanding] {
        try await alive().budgets(at: instant)
    }
    public func budget(of client: String, at instant: Date) async throws(StoreError) -> BudgetStanding? {
        try await alive().budget(of: client, at: instant)
    }
    public func budgetChanges(of client: String, limit: Int) async throws(StoreError) -> [BudgetChange] {
        try await alive().budgetChanges(of: client, limit: limit)
    }
    public func probe() async throws(StoreError) { try await alive().probe() }
}
