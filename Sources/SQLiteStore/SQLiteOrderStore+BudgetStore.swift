public import Foundation
import GRDB
public import Purchasing

/// What clients may spend: changed by the writer of the orders, so that every dispatch after a change knows of it.
extension SQLiteOrderStore {
    public func changeBudget(_ order: BudgetOrder) async throws(StoreError) -> BudgetStanding? {
        try await write(isDeferrable: false) { db in try BudgetRecord.change(order, db) }
    }

    public func budgets(at instant: Date) async throws(StoreError) -> [BudgetStanding] {
        try await readApart { db in try BudgetRecord.all(at: instant.milliseconds, db) }
    }

    public func budget(of client: String, at instant: Date) async throws(StoreError) -> BudgetStanding? {
        try read { db in try BudgetRecord.budget(of: client, at: instant.milliseconds, db) }
    }

    public func budgetChanges(of client: String, limit: Int) async throws(StoreError) -> [BudgetChange] {
        try await readApart { db in try BudgetRecord.changes(of: client, limit: limit, db) }
    }
}
