import GRDB
import Purchasing

extension SpendingBar {
    /// What bars a change that the database refused; nil where the database refused it for another reason. Read in the
    /// transaction that was refused, so that it is what was refused by.
    init?(_ error: DatabaseError, _ claim: SpendingClaim, _ db: Database) throws {
        guard error.resultCode == .SQLITE_CONSTRAINT else { return nil }
        let budget = { try BudgetRecord.budget(of: claim.client, at: claim.at.milliseconds, db) }
        switch error.message {
        case "buying is paused":
            guard let pause = try BuyingRecord.newest(1, db).first else { return nil }
            self = .paused(pause)
        case "the budget has no room":
            guard let budget = try budget() else { return nil }
            self = .overBudget(budget, price: claim.price)
        case "the budget needs a price":
            guard let budget = try budget() else { return nil }
            self = .unpriced(budget)
        default: return nil
        }
    }
}

extension Database {
    /// Writes what may be barred.
    /// - Throws: `StoreError.barred`, and whatever else the write throws.
    func barring(_ claim: SpendingClaim, _ write: () throws -> Void) throws {
        do { try write() } catch let error as DatabaseError {
            if let bar = try SpendingBar(error, claim, self) { throw StoreError.barred(bar) }
            throw error
        }
    }
}
