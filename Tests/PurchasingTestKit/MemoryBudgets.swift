import Foundation
import Purchasing

/// What clients may spend, as a store without a disk keeps it: nothing is kept of what was spent, it is counted each time.
struct MemoryBudgets {
    /// The oldest first.
    private var changes: [BudgetChange] = []

    mutating func change(_ order: BudgetOrder) throws(StoreError) {
        if order.limit == nil, budget(of: order.client) == nil { throw .conflict }
        changes.append(
            BudgetChange(
                number: changes.count + 1, client: order.client, limit: order.limit,
                period: order.limit.map { _ in order.period }, reason: order.reason, by: order.by,
                requestID: order.requestID, at: order.at))
    }

    func newest(of client: String, _ limit: Int) -> [BudgetChange] {
        Array(changes.reversed().filter { $0.client == client }.prefix(limit))
    }

    var clients: [String] { Set(changes.map(\.client)).filter { budget(of: $0) != nil }.sorted() }

    private func budget(of client: String) -> BudgetChange? {
        changes.last { $0.client == client }.flatMap { $0.limit == nil ? nil : $0 }
    }

    func standing(of client: String, at instant: Date, _ orders: [Order], _ actions: [Action]) -> BudgetStanding? {
        guard let budget = budget(of: client), let limit = budget.limit, let period = budget.period else { return nil }
        let span = period.span(around: instant)
        let isInside = { (at: Date) in span.map { at >= $0.start && at < $0.end } ?? true }
        let mine = orders.filter { $0.client == client }
        let ids = Set(mine.map(\.id))
        let shares =
            mine.filter { isInside($0.createdAt) }.map(\.budgetShare)
            + actions.filter { ids.contains($0.orderID) && isInside($0.createdAt) }.map(\.budgetShare)
        return BudgetStanding(
            client: client, limit: limit, period: period, spent: Millionths(shares.reduce(0) { $0 + $1.spent }),
            held: Millionths(shares.reduce(0) { $0 + $1.held }), around: instant, changedAt: budget.at, by: budget.by,
            reason: budget.reason)
    }

    /// Why a change may not be made now.
    func bar(
        _ change: OrderChange, over order: Order?, _ action: Action?, _ orders: [Order], _ actions: [Action]
    ) -> SpendingBar? {
        let next = change.order
        let standing = { (at: Date) in self.standing(of: next.client, at: at, orders, actions) }
        if order == nil, next.status == .pending, let budget = standing(next.createdAt), budget.free.count <= 0 {
            return .overBudget(budget, price: nil)
        }
        if next.status == .purchasing, order?.status != .purchasing, let budget = standing(next.createdAt) {
            return Self.bar(budget, next.currentAttempt?.quotedPrice)
        }
        guard let asked = change.action, asked.kind.maySpend, let budget = standing(asked.createdAt) else { return nil }
        if action == nil, asked.kind == .renew, budget.free.count <= 0 { return .overBudget(budget, price: nil) }
        guard asked.status == .running, action?.status != .running else { return nil }
        return Self.bar(budget, asked.quotedPrice)
    }

    private static func bar(_ budget: BudgetStanding, _ price: Money?) -> SpendingBar? {
        guard let price, price.currency == "USD" else { return .unpriced(budget) }
        return price.amount.count > 0 && price.amount > budget.free ? .overBudget(budget, price: price) : nil
    }
}

extension Order {
    fileprivate var budgetShare: (spent: Int64, held: Int64) {
        let price = currentAttempt?.quotedPrice.flatMap { $0.currency == "USD" ? $0.amount.count : nil } ?? 0
        return switch moneyState {
        case .notSpent, .unchanged: (0, 0)
        case .maybeSpent: (0, price)
        case .spent: self.total.flatMap { $0.currency == "USD" ? ($0.amount.count, 0) : nil } ?? (0, price)
        }
    }
}

extension Action {
    fileprivate var budgetShare: (spent: Int64, held: Int64) {
        guard kind.maySpend else { return (0, 0) }
        let price = self.quotedPrice.flatMap { $0.currency == "USD" ? $0.amount.count : nil } ?? 0
        return switch self.status {
        case .pending, .failed: (0, 0)
        case .running, .unknown: (0, price)
        case .completed: self.total.flatMap { $0.currency == "USD" ? ($0.amount.count, 0) : nil } ?? (0, price)
        }
    }
}
