public import Foundation

/// Where orders live. Every write is one transaction, durable (fsynced) before the call returns, and is finished even
/// when the calling task is cancelled.
///
/// Every implementation runs `OrderStoreConformance`.
public protocol OrderStore: ActionStore, BuyingStore, BudgetStore, RefundStore {
    /// Stores a new order with its events, unless the client has used the key already.
    /// - Throws: `StoreError`; nothing is stored then.
    func accept(_ change: OrderChange) async throws(StoreError) -> Acceptance

    /// Stores a change of an order with its events, and of the action that it puts beside it.
    /// - Throws: `StoreError.conflict` when the stored version of order or action is not the expected one, `.claimed` when
    ///   another order has the vendor's number, id or batch, or the id that a person claims, `.refused` when the database forbids the change (a settled order, say),
    ///   `.unavailable` when it cannot be made durable. Nothing is changed then.
    func commit(_ change: OrderChange) async throws(StoreError)

    /// The order with an id.
    func order(_ id: OrderID) async throws(StoreError) -> Order?

    /// The order that a client made with a key.
    func order(client: String, idempotencyKey: String) async throws(StoreError) -> Order?

    /// A page of history, newest first.
    func orders(_ query: OrderQuery) async throws(StoreError) -> OrderPage

    /// All orders that match, as they stand now, for as long as somebody reads them. The query's `limit` is of no concern.
    func view(of query: OrderQuery) async throws(StoreError) -> any OrderView

    /// Sums of the orders that match, in no particular order: of one instant, and exact.
    func statistics(_ query: StatisticsQuery) async throws(StoreError) -> [StatisticsRow]

    /// The timeline of an order, oldest first.
    func events(of id: OrderID) async throws(StoreError) -> [OrderEvent]

    /// Events of all orders, in the order of their commits.
    func events(_ query: EventQuery) async throws(StoreError) -> [PlacedEvent]

    /// Where an event stands among those of all orders, and whose order it tells of; nil when there is no such event.
    func place(of event: Identifier) async throws(StoreError) -> (place: Int64, client: String)?

    /// The place of the newest event; 0 when there is none.
    func lastPlace() async throws(StoreError) -> Int64

    /// Rings after each commit with events in it.
    var signal: CommitSignal { get }

    /// Every order that is not settled, oldest first.
    func unsettled() async throws(StoreError) -> [Order]

    /// Which of a vendor's goods (ids of orders or batches in the vendor's list) belong to an order.
    func claimed(_ goods: [String], vendor: String) async throws(StoreError) -> Set<String>

    /// The orders that have some of a vendor's ids, whether as that of the order or of a batch; ids of nobody are left out.
    /// - Parameter areNumbers: whether an order's number is such an id too.
    func owners(of ids: [String], vendor: String, areNumbers: Bool) async throws(StoreError) -> [String: Set<OrderID>]

    /// The orders at a vendor whose goods may still appear in its list: sold and without an id of their goods, or unknown.
    func awaitingGoods(vendor: String) async throws(StoreError) -> [Order]

    /// The orders that bought some of a vendor's batches; batches that no order bought are left out.
    func orders(batches: [String], vendor: String) async throws(StoreError) -> [Order]

    /// The sold orders whose goods lapse in a window, the earliest first, at most 200, after one that was read before.
    func lapsing(within window: Range<Date>, after: Order?) async throws(StoreError) -> [Order]

    /// The vendors that have, at whatever time, an order flagged `possible_double_purchase`.
    func vendorsSeenToSellTwice() async throws(StoreError) -> Set<String>

    /// The orders and actions whose outcome is unknown, vendor by vendor; those without any are left out.
    func openDoubts() async throws(StoreError) -> [OpenDoubts]

    /// Proves that the store can write now.
    func probe() async throws(StoreError)
}

/// What became of a new order.
public enum Acceptance: Sendable {
    case stored
    /// The client has used the key; this is the order it made then, as it stands now.
    case existing(Order)
}

/// Why a store could not do what it was asked.
public enum StoreError: Error, Sendable, Hashable {
    /// It cannot read or write now (disk full, read-only, locked, broken). The text says why, without any data.
    case unavailable(String)
    /// The order or the action has changed since it was read.
    case conflict
    /// Another order has the vendor's order number, order id or batch id already.
    case claimed
    /// The database forbids the change; the code above it is wrong.
    case refused(String)
    /// Nothing may be spent on this now; nothing was changed.
    case barred(SpendingBar)
}
