public import Foundation

/// Where clients' budgets live.
///
/// What is dispatched is held against its client's budget by the store itself, in the very transaction: one for which
/// there is no room, or whose price is not known, is refused with `StoreError.barred`, and so is a new order, or renewal,
/// while nothing is free. What a dispatch holds is released, or spent, in the transaction that stores its outcome. A client
/// without a budget may spend anything.
public protocol BudgetStore: Sendable {
    /// Sets or removes a client's budget, from this commit on; keeps who did so, and why. What the client has spent and
    /// holds already counts.
    /// - Returns: the budget in the period of the order's instant; nil when it was removed.
    /// - Throws: `StoreError.conflict` when there is none to remove.
    func changeBudget(_ order: BudgetOrder) async throws(StoreError) -> BudgetStanding?

    /// Every budget in the period of an instant, by the names of the clients.
    func budgets(at instant: Date) async throws(StoreError) -> [BudgetStanding]

    /// A client's budget in the period of an instant; nil when it has none.
    func budget(of client: String, at instant: Date) async throws(StoreError) -> BudgetStanding?

    /// The newest changes of a client's budget, the newest first.
    func budgetChanges(of client: String, limit: Int) async throws(StoreError) -> [BudgetChange]
}
