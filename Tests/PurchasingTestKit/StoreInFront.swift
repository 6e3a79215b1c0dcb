public import Foundation
public import Purchasing

/// A store that stands before another one and passes on whatever it does not do itself.
public protocol StoreInFront: OrderStore {
    /// The store behind.
    var store: any OrderStore { get }
    /// What comes before everything that is passed on; what it throws, that throws. Nothing by default.
    func beforePassingOn() throws(StoreError)
}

extension StoreInFront {
    public func beforePassingOn() throws(StoreError) {}

    private func behind() throws(StoreError) -> any OrderStore {
        try beforePassingOn()
        return store
    }

    public func accept(_ change: OrderChange) async throws(StoreError) -> Acceptance {
        try await behind().accept(change)
    }
    public func commit(_ change: OrderChange) async throws(StoreError) { try await behind().commit(change) }
    public func order(_ id: OrderID) async throws(StoreError) -> Order? { try await behind().order(id) }
    public func order(client: String, idempotencyKey: String) async throws(StoreError) -> Order? {
        try await behind().order(client: client, idempotencyKey: idempotencyKey)
    }
    public func orders(_ query: OrderQuery) async throws(StoreError) -> OrderPage { try await behind().orders(query) }
    public func view(of query: OrderQuery) async throws(StoreError) -> any OrderView {
        try await behind().view(of: query)
    }
    public func statistics(_ query: StatisticsQuery) async throws(StoreError) -> [StatisticsRow] {
        try await behind().statistics(query)
    }
    public func events(_ query: EventQuery) async throws(StoreError) -> [PlacedEvent] {
        try await behind().events(query)
    }
    public func place(of event: Identifier) async throws(StoreError) -> (place: Int64, client: String)? {
        try await behind().place(of: event)
    }
    public func lastPlace() async throws(StoreError) -> Int64 { try await behind().lastPlace() }
    public var signal: CommitSignal { store.signal }
    public func events(of id: OrderID) async throws(StoreError) -> [OrderEvent] { try await behind().events(of: id) }
    public func unsettled() async throws(StoreError) -> [Order] { try await behind().unsettled() }
    public func claimed(_ goods: [String], vendor: String) async throws(StoreError) -> Set<String> {
        try await behind().claimed(goods, vendor: vendor)
    }
    public func owners(of ids: [String], vendor: String, areNumbers: Bool) async throws(StoreError)
        -> [String: Set<OrderID>]
    {
        try await behind().owners(of: ids, vendor: vendor, areNumbers: areNumbers)
    }
    public func awaitingGoods(vendor: String) async throws(StoreError) -> [Order] {
        try await behind().awaitingGoods(vendor: vendor)
    }
    public func orders(batches: [String], vendor: String) async throws(StoreError) -> [Order] {
        try await behind().orders(batches: batches, vendor: vendor)
    }
    public func openDoubts() async throws(StoreError) -> [OpenDoubts] { try await behind().openDoubts() }
    public func accept(action change: OrderChange) async throws(StoreError) -> ActionAcceptance {
        try await behind().accept(action: change)
    }
    public func action(_ id: ActionID) async throws(StoreError) -> Action? { try await behind().action(id) }
    public func action(client: String, idempotencyKey: String) async throws(StoreError) -> Action? {
        try await behind().action(client: client, idempotencyKey: idempotencyKey)
    }
    public func actions(of order: OrderID) async throws(StoreError) -> [Action] {
        try await behind().actions(of: order)
    }
    public func accept(refund change: OrderChange) async throws(StoreError) -> RefundAcceptance {
        try await behind().accept(refund: change)
    }
    public func refund(client: String, idempotencyKey: String) async throws(StoreError) -> Refund? {
        try await behind().refund(client: client, idempotencyKey: idempotencyKey)
    }
    public func refunds(of order: OrderID) async throws(StoreError) -> [Refund] {
        try await behind().refunds(of: order)
    }
    public func refunds(_ query: RefundQuery) async throws(StoreError) -> RefundPage {
        try await behind().refunds(query)
    }
    public func actions(_ query: ActionQuery) async throws(StoreError) -> ActionPage {
        try await behind().actions(query)
    }
    public func unsettledActions() async throws(StoreError) -> [Action] { try await behind().unsettledActions() }
    public func lapsing(within window: Range<Date>, after: Order?) async throws(StoreError) -> [Order] {
        try await behind().lapsing(within: window, after: after)
    }
    public func vendorsSeenToSellTwice() async throws(StoreError) -> Set<String> {
        try await behind().vendorsSeenToSellTwice()
    }
    public func changeBuying(reason: String?, by: String, requestID: String, at: Date) async throws(StoreError)
        -> BuyingChange?
    { try await behind().changeBuying(reason: reason, by: by, requestID: requestID, at: at) }
    public func buyingChanges(limit: Int) async throws(StoreError) -> [BuyingChange] {
        try await behind().buyingChanges(limit: limit)
    }
    public func changeBudget(_ order: BudgetOrder) async throws(StoreError) -> BudgetStanding? {
        try await behind().changeBudget(order)
    }
    public func budgets(at instant: Date) async throws(StoreError) -> [BudgetStanding] {
        try await behind().budgets(at: instant)
    }
    public func budget(of client: String, at instant: Date) async throws(StoreError) -> BudgetStanding? {
        try await behind().budget(of: client, at: instant)
    }
    public func budgetChanges(of client: String, limit: Int) async throws(StoreError) -> [BudgetChange] {
        try await behind().budgetChanges(of: client, limit: limit)
    }
    public func probe() async throws(StoreError) { try await behind().probe() }
}
