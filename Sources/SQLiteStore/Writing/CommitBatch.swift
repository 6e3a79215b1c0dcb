import GRDB
import Purchasing

/// Why a batch was lost as a whole; nothing of it is in the database, unless `mayBeOnDisk`.
struct BatchFailure: Error {
    let cause: any Error
    /// The disk failed while the commit was being written: it may come back after a restart, or not.
    let mayBeOnDisk: Bool

    /// What every batch is told after the disk has failed once.
    static let broken = BatchFailure(
        cause: StoreError.unavailable("a write to the disk failed; Purser has to be started again"),
        mayBeOnDisk: false)

    /// What a batch is told while the file is not at its path: what is written to a file that was removed is lost with
    /// the process, however often it is fsynced, and the next start would not know of it.
    static let fileIsGone = BatchFailure(
        cause: StoreError.unavailable("the database file was moved or removed"), mayBeOnDisk: false)
}

/// Many writes in one transaction, each in a savepoint of its own, so that one that fails does not spoil the rest.
struct CommitBatch {
    let writes: [any PendingWrite]
    /// Stands between the last write and the commit, for tests that let the disk fail there.
    let beforeCommit: @Sendable (Database) throws -> Void

    /// Runs every write and commits once. Rejected writes know it; the others are durable when this returns.
    /// - Throws: `BatchFailure` when the transaction is lost.
    func commit(_ db: Database) throws(BatchFailure) {
        do {
            try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
            for write in writes { try run(write, db) }
        } catch {
            throw failure(error, mayBeOnDisk: false, db)
        }
        do {
            try beforeCommit(db)
            try db.cachedStatement(sql: "COMMIT").execute()
        } catch {
            throw failure(error, mayBeOnDisk: error.isInputOutputError, db)
        }
    }

    /// Throws only when the transaction is gone: SQLite ends it by itself on a full disk, for one.
    private func run(_ write: any PendingWrite, _ db: Database) throws {
        try db.cachedStatement(sql: "SAVEPOINT write").execute()
        do {
            try write.run(db)
        } catch {
            guard db.isInsideTransaction, !error.isFailedSync else { throw error }
            try db.cachedStatement(sql: "ROLLBACK TO write").execute()
            write.reject(StoreError(error))
        }
        try db.cachedStatement(sql: "RELEASE write").execute()
    }

    /// Ends the transaction, where SQLite has not done so itself; a connection that cannot even do that is not used again.
    private func failure(_ cause: any Error, mayBeOnDisk: Bool, _ db: Database) -> BatchFailure {
        guard db.isInsideTransaction else { return BatchFailure(cause: cause, mayBeOnDisk: mayBeOnDisk) }
        do {
            try db.rollback()
            return BatchFailure(cause: cause, mayBeOnDisk: mayBeOnDisk)
        } catch {
            return BatchFailure(cause: error, mayBeOnDisk: true)
        }
    }
}
