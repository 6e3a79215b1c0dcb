import GRDB
import Purchasing

extension SpendingBar {
    /// What bars a change that the database refused; nil where the database refused it for another reason. Read in the
    /// transaction that was refused, so that it is what was refused by.
    init?(_ error: DatabaseError, _ db: Database) throws {
        guard error.resultCode == .SQLITE_CONSTRAINT else { return nil }
        switch error.message {
        case "buying is paused":
            guard let pause = try BuyingRecord.newest(1, db).first else { return nil }
            self = .paused(pause)
        default: return nil
        }
    }
}

extension Database {
    /// Writes what may be barred.
    /// - Throws: `StoreError.barred`, and whatever else the write throws.
    func barring<Value>(_ write: () throws -> Value) throws -> Value {
        do { return try write() } catch let error as DatabaseError {
            if let bar = try SpendingBar(error, self) { throw StoreError.barred(bar) }
            throw error
        }
    }
}
