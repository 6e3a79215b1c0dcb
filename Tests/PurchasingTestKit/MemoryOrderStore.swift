public import Foundation
public import Purchasing

/// A store without a disk, for tests of everything above a store. It refuses what `SQLiteOrderStore` refuses; both run
/// `OrderStoreConformance`.
public actor MemoryOrderStore {
    private(set) var orders: [OrderID: Order] = [:]
    private var actions: [ActionID: Action] = [:]
    var returned: [OrderID: [Refund]] = [:]
    private var timelines: [OrderID: [OrderEvent]] = [:]
    private var clientKeys: [ClientKey] = []
    private var feed: [PlacedEvent] = []
    private var buying = MemoryBuying()
    private var spending = MemoryBudgets()
    public nonisolated let signal = CommitSignal()
    var hooks = MemoryWebhooks()
    /// Stands between the reading of what is due and its answer.
    var beforeDueAnswer: @Sendable () async -> Void = {}
    /// Stands before old deliveries are forgotten.
    var beforeForgetting: @Sendable () async -> Void = {}
    private var obstacle: StoreError?
    private var viewLifetime: Int?
    /// How often events of all orders were read.
    public private(set) var feedReads = 0
    /// How many writes were made.
    public private(set) var commits = 0

    public init() {}

    /// From now on every call fails with an error; nil mends it.
    public func fail(with error: StoreError?) { obstacle = error }

    /// From now on a view breaks after some pieces of three orders.
    public func breakViews(after pieces: Int) { viewLifetime = pieces }

    /// Every order there is, oldest first.
    public var everything: [Order] { orders.values.sorted(by: Self.isOlder) }

    func open() throws(StoreError) {
        if let obstacle { throw obstacle }
    }

    private static func isOlder(_ left: Order, _ right: Order) -> Bool {
        (left.createdAt, left.id) < (right.createdAt, right.id)
    }
}

extension MemoryOrderStore: OrderStore {
    public func accept(_ change: OrderChange) throws(StoreError) -> Acceptance {
        try open()
        guard change.expectedVersion == 0 else { throw .refused("only a new order can be accepted") }
        if let key = change.order.idempotencyKey, let earlier = find(client: change.order.client, key: key) {
            return .existing(earlier)
        }
        if let key = change.order.idempotencyKey, findAction(client: change.order.client, key: key) != nil {
            throw .refused("an action has the key")
        }
        if let key = change.order.idempotencyKey, findRefund(client: change.order.client, key: key) != nil {
            throw .refused("a refund has the key")
        }
        guard orders[change.order.id] == nil else { throw .refused("the id is taken") }
        try store(change, over: nil)
        return .stored
    }

    public func commit(_ change: OrderChange) throws(StoreError) {
        try open()
        guard let stored = orders[change.order.id], stored.version == change.expectedVersion else { throw .conflict }
        if let action = change.action {
            guard let old = actions[action.id], old.version == action.version - 1 else { throw .conflict }
        }
        guard change.refund == nil else { throw .refused("a refund is accepted, not committed") }
        try store(change, over: stored)
    }

    public func order(_ id: OrderID) throws(StoreError) -> Order? {
        try open()
        return orders[id]
    }

    public func order(client: String, idempotencyKey: String) throws(StoreError) -> Order? {
        try open()
        return find(client: client, key: idempotencyKey)
    }

    public func orders(_ query: OrderQuery) throws(StoreError) -> OrderPage {
        try open()
        let limit = min(max(query.limit, 1), 200)
        let start = query.before.flatMap { orders[$0] }
        if query.before != nil, start == nil { return OrderPage(orders: [], hasMore: false) }
        let matching = orders.values.filter { order in
            query.matches(order) && start.map { Self.isOlder(order, $0) } ?? true
        }.sorted { Self.isOlder($1, $0) }
        return OrderPage(orders: Array(matching.prefix(limit)), hasMore: matching.count > limit)
    }

    public func view(of query: OrderQuery) throws(StoreError) -> any OrderView {
        try open()
        let start = query.before.flatMap { orders[$0] }
        if query.before != nil, start == nil { return MemoryOrderView([]) }
        return MemoryOrderView(
            orders.values.filter { order in query.matches(order) && start.map { Self.isOlder(order, $0) } ?? true }
                .sorted { Self.isOlder($1, $0) }, lifetime: viewLifetime)
    }

    public func statistics(_ query: StatisticsQuery) throws(StoreError) -> [StatisticsRow] {
        try open()
        let asked = actions.values.compactMap { action in orders[action.orderID].map { (action, $0) } }
        return query.rows(of: Array(orders.values), asked)
    }

    public func events(_ query: EventQuery) throws(StoreError) -> [PlacedEvent] {
        feedReads += 1
        try open()
        return Array(feed.dropFirst(Int(query.after)).filter(query.matches).prefix(query.limit))
    }

    public func place(of event: Identifier) throws(StoreError) -> (place: Int64, client: String)? {
        try open()
        return feed.first { $0.event.id == event }.map { ($0.place, $0.client) }
    }

    public func lastPlace() throws(StoreError) -> Int64 {
        try open()
        return Int64(feed.count)
    }

    public func events(of id: OrderID) throws(StoreError) -> [OrderEvent] {
        try open()
        return timelines[id] ?? []
    }

    public func unsettled() throws(StoreError) -> [Order] {
        try open()
        return everything.filter { !$0.status.isSettled }
    }

    public func claimed(_ goods: [String], vendor: String) throws(StoreError) -> Set<String> {
        try open()
        let owned = orders.values.filter { $0.vendor == vendor }.flatMap { [$0.vendorOrderID, $0.batchID] }
        return Set(goods).intersection(owned.compactMap(\.self))
    }

    public func owners(of ids: [String], vendor: String, areNumbers: Bool) throws(StoreError) -> [String: Set<OrderID>]
    {
        try open()
        return owners(of: ids, vendor: vendor, areNumbers)
    }

    private func owners(of ids: [String], vendor: String, _ areNumbers: Bool) -> [String: Set<OrderID>] {
        var owners: [String: Set<OrderID>] = [:]
        for order in orders.values where order.vendor == vendor {
            let owned = [order.vendorOrderID, order.batchID, areNumbers ? order.vendorOrderNumber : nil]
            for id in ids where owned.contains(id) { owners[id, default: []].insert(order.id) }
        }
        return owners
    }

    public func orders(batches: [String], vendor: String) throws(StoreError) -> [Order] {
        try open()
        return everything.filter { $0.vendor == vendor && $0.batchID.map(batches.contains) ?? false }
    }

    public func vendorsSeenToSellTwice() throws(StoreError) -> Set<String> {
        try open()
        return Set(orders.values.filter { $0.flags.contains("possible_double_purchase") }.compactMap(\.vendor))
    }

    public func openDoubts() throws(StoreError) -> [OpenDoubts] {
        try open()
        var doubts: [String: OpenDoubts] = [:]
        for order in everything where order.status == .unknown {
            let vendor = order.vendor ?? ""
            doubts[vendor, default: OpenDoubts(vendor: vendor)].orders.note(
                order.createdAt, needsReview: order.unknown?.needsReview ?? false)
        }
        for action in actions.values where action.status == .unknown {
            doubts[action.vendor, default: OpenDoubts(vendor: action.vendor)].actions.note(
                action.createdAt, needsReview: action.unknown?.needsReview ?? false)
        }
        return doubts.values.sorted { $0.vendor < $1.vendor }
    }

    public func awaitingGoods(vendor: String) throws(StoreError) -> [Order] {
        try open()
        return everything.filter { order in
            guard order.vendor == vendor else { return false }
            return order.status == .unknown
                || order.moneyState == .spent && order.vendorOrderID == nil && order.batchID == nil
        }
    }

    public func lapsing(within window: Range<Date>, after: Order?) throws(StoreError) -> [Order] {
        try open()
        let lapsing = orders.values.filter { order in
            order.moneyState == .spent && order.expiresAt.map(window.contains) ?? false
                && after.map { Self.lapsesLater(order, than: $0) } ?? true
        }
        return Array(lapsing.sorted { Self.lapsesLater($1, than: $0) }.prefix(200))
    }

    private static func lapsesLater(_ order: Order, than other: Order) -> Bool {
        (order.expiresAt ?? .distantPast, order.id) > (other.expiresAt ?? .distantPast, other.id)
    }

    public func probe() throws(StoreError) { try open() }

    func find(client: String, key: String) -> Order? {
        orders.values.first { $0.client == client && $0.idempotencyKey == key }
    }

    func store(_ change: OrderChange, over stored: Order?) throws(StoreError) {
        let order = change.order
        let earlier = change.action.flatMap { actions[$0.id] }
        let bar =
            buying.bar(change, over: stored, earlier)
            ?? spending.bar(change, over: stored, earlier, Array(orders.values), Array(actions.values))
        if let bar { throw .barred(bar) }
        let timeline = timelines[order.id] ?? []
        let refunds = returned[order.id] ?? []
        let rules = ChangeRules(change: change, stored: stored, timeline: timeline, refunds: refunds)
        if let fault = rules.fault { throw .refused(fault) }
        let others = orders.values.filter { $0.id != order.id }
        if others.contains(where: { $0.sharesAttemptKey(with: order) }) { throw .refused("the vendor key is taken") }
        if others.contains(where: { $0.sharesVendorID(with: order) }) { throw .claimed }
        if let claim = change.claim, let vendor = order.vendor {
            let owners = owners(of: [claim.id], vendor: vendor, claim.isNumber)[claim.id] ?? []
            if !owners.subtracting([order.id]).isEmpty { throw .claimed }
        }
        if let action = change.action {
            let rules = ActionChangeRules(
                action: action, stored: actions[action.id], order: order.id, timeline: timeline + change.events,
                others: actions.values.filter { $0.orderID == order.id && $0.id != action.id })
            if let fault = rules.fault { throw .refused(fault) }
            actions[action.id] = action
        }
        if let refund = change.refund { returned[order.id, default: []].append(refund) }
        orders[order.id] = order
        timelines[order.id] = timeline + change.events
        for event in change.events {
            feed.append(PlacedEvent(place: Int64(feed.count + 1), client: order.client, event: event))
            hooks.owe(feed[feed.count - 1])
        }
        signal.ring(for: order.client)
        commits += 1
    }
}

extension MemoryOrderStore {
    public func accept(action change: OrderChange) throws(StoreError) -> ActionAcceptance {
        try open()
        guard let action = change.action, action.version == 1 else {
            throw .refused("only a new action can be accepted")
        }
        if let earlier = findAction(client: action.client, key: action.idempotencyKey) { return .existing(earlier) }
        guard find(client: action.client, key: action.idempotencyKey) == nil else {
            throw .refused("an order has the key")
        }
        guard findRefund(client: action.client, key: action.idempotencyKey) == nil else {
            throw .refused("a refund has the key")
        }
        guard let stored = orders[action.orderID], stored.version == change.expectedVersion else { throw .conflict }
        guard actions[action.id] == nil else { throw .refused("the id is taken") }
        try store(change, over: stored)
        return .stored
    }

    public func action(_ id: ActionID) throws(StoreError) -> Action? {
        try open()
        return actions[id]
    }

    public func action(client: String, idempotencyKey: String) throws(StoreError) -> Action? {
        try open()
        return findAction(client: client, key: idempotencyKey)
    }

    public func actions(of order: OrderID) throws(StoreError) -> [Action] {
        try open()
        return actions.values.filter { $0.orderID == order }.sorted(by: Self.isOlder)
    }

    public func unsettledActions() throws(StoreError) -> [Action] {
        try open()
        return actions.values.filter { !$0.status.isSettled }.sorted(by: Self.isOlder)
    }

    public func actions(_ query: ActionQuery) throws(StoreError) -> ActionPage {
        try open()
        let limit = min(max(query.limit, 1), 200)
        let start = query.before.flatMap { actions[$0] }
        if query.before != nil, start == nil { return ActionPage(actions: [], hasMore: false) }
        let matching = actions.values.filter { action in
            query.matches(action, owner: orders[action.orderID]?.client ?? "")
                && start.map { Self.isOlder(action, $0) } ?? true
        }.sorted { Self.isOlder($1, $0) }
        return ActionPage(actions: Array(matching.prefix(limit)), hasMore: matching.count > limit)
    }

    private static func isOlder(_ left: Action, _ right: Action) -> Bool {
        (left.createdAt, left.id) < (right.createdAt, right.id)
    }

    func findAction(client: String, key: String) -> Action? {
        actions.values.first { $0.client == client && $0.idempotencyKey == key }
    }
}

extension MemoryOrderStore: ClientKeyStore {
    public func keys() throws(StoreError) -> [ClientKey] {
        try open()
        return clientKeys.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    public func insert(_ key: ClientKey) throws(StoreError) {
        try open()
        guard !clientKeys.contains(where: { $0.id == key.id || $0.secretHash == key.secretHash }) else {
            throw .refused("the key is there already")
        }
        guard key.secretHash.count == 32 else { throw .refused("a hash has 32 bytes") }
        clientKeys.append(key)
    }

    public func revoke(_ id: Identifier, at: Date) throws(StoreError) -> Bool {
        try open()
        guard let index = clientKeys.firstIndex(where: { $0.id == id }) else { return false }
        if clientKeys[index].revokedAt == nil { clientKeys[index].revokedAt = at }
        return true
    }
}

extension Order {
    fileprivate func sharesVendorID(with other: Order) -> Bool {
        guard self.vendor != nil, self.vendor == other.vendor else { return false }
        return self.vendorOrderNumber != nil && self.vendorOrderNumber == other.vendorOrderNumber
            || self.vendorOrderID != nil && self.vendorOrderID == other.vendorOrderID
            || self.batchID != nil && self.batchID == other.batchID
    }

    fileprivate func sharesAttemptKey(with other: Order) -> Bool {
        self.attempts.contains { mine in
            mine.vendorKey != nil
                && other.attempts.contains { $0.vendor == mine.vendor && $0.vendorKey == mine.vendorKey }
        }
    }
}

extension ActionQuery {
    /// Whether an action on an order of a client passes every filter.
    public func matches(_ action: Action, owner: String) -> Bool {
        (statuses.isEmpty || statuses.contains(action.status)) && (kinds.isEmpty || kinds.contains(action.kind))
            && (order.map { action.orderID == $0 } ?? true) && (clients.isEmpty || clients.contains(owner))
            && (needsReview.map { (action.unknown?.needsReview ?? false) == $0 } ?? true)
    }
}

extension MemoryOrderStore {
    public func changeBuying(reason: String?, by: String, requestID: String, at: Date) throws(StoreError)
        -> BuyingChange?
    {
        try open()
        return buying.change(reason: reason, by: by, requestID: requestID, at: at)
    }

    public func buyingChanges(limit: Int) throws(StoreError) -> [BuyingChange] {
        try open()
        return buying.newest(limit)
    }

    public func changeBudget(_ order: BudgetOrder) throws(StoreError) -> BudgetStanding? {
        try open()
        try spending.change(order)
        return try budget(of: order.client, at: order.at)
    }

    public func budgets(at instant: Date) throws(StoreError) -> [BudgetStanding] {
        var budgets: [BudgetStanding] = []
        for client in spending.clients { if let one = try budget(of: client, at: instant) { budgets.append(one) } }
        return budgets
    }

    public func budget(of client: String, at instant: Date) throws(StoreError) -> BudgetStanding? {
        try open()
        return spending.standing(of: client, at: instant, Array(orders.values), Array(actions.values))
    }

    public func budgetChanges(of client: String, limit: Int) throws(StoreError) -> [BudgetChange] {
        try open()
        return spending.newest(of: client, limit)
    }
}

extension MemoryOrderStore: WatchedStore {
    /// Nothing that a file would have.
    public nonisolated var figures: StoreFigures { StoreFigures() }
}
