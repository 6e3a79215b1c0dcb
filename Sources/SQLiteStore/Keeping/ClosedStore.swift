import Foundation
import GRDB
public import Purchasing

/// A database file that no gateway has open: to be looked at and copied as it is, never brought up to date.
///
/// What was a store is locked meanwhile, so that none opens it; a copy that never was one is only read.
public struct ClosedStore: Sendable {
    public let path: String
    private let file: StoreFile
    private let lock: FileLock?

    /// - Parameter isWritten: whether it will be written to.
    /// - Throws: `StoreOpeningError`; `.inUse` where a gateway has it open.
    public init(path: String, isWritten: Bool = false) throws(StoreOpeningError) {
        file = try StoreFile(path: path)
        self.path = file.path
        guard let size = file.size else { throw .failed(path: file.path, reason: "there is no such file") }
        guard size > 0 else { throw .emptyFile(file.path) }
        let wasStore = FileManager.default.fileExists(atPath: file.lockPath)
        lock = wasStore || isWritten ? try FileLock(path: file.lockPath, guarding: file.path) : nil
    }

    /// Lets others have the file.
    public func close() { lock?.release() }

    /// Holds the file against everything that must be true of it.
    /// - Parameter thoroughly: whether indexes are held against their tables too.
    /// - Throws: `StoreOpeningError` when it cannot be read at all.
    public func verify(thoroughly: Bool) throws(StoreOpeningError) -> StoreVerification {
        try failing {
            let queue = try open(isWritten: false)
            return try queue.inDatabase { db in
                var result: StoreVerification?
                try db.inTransaction(.deferred) {
                    result = try StoreVerification(db, thoroughly: thoroughly)
                    return .rollback
                }
                guard let result else { throw StoreOpeningError.failed(path: path, reason: "it was not checked") }
                return result
            }
        }
    }

    /// Fills the tables of sums anew from the orders, in one transaction.
    /// - Throws: `StoreOpeningError`; nothing is changed then.
    public func rebuildSums() throws(StoreOpeningError) {
        try failing {
            let queue = try open(isWritten: true)
            try queue.writeWithoutTransaction { db in
                guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Migrations.applicationID else {
                    throw StoreOpeningError.foreignDatabase(path)
                }
                let unknown = try Migrations.unknown(in: db)
                guard unknown.isEmpty else { throw StoreOpeningError.newerSchema(path: path, unknown: unknown) }
                guard try Migrations.all.appliedIdentifiers(db).contains("statistics") else {
                    throw StoreOpeningError.failed(path: path, reason: "it has no sums yet; the next start makes them")
                }
                let hasRefunds = try Migrations.all.appliedIdentifiers(db).contains("refunds")
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try db.inTransaction(.immediate) {
                    for table in Schema.sums {
                        try db.execute(sql: "DELETE FROM " + table.name)
                        try db.execute(sql: hasRefunds ? table.filling : table.firstFilling)
                    }
                    if try Migrations.all.appliedIdentifiers(db).contains("action statistics") {
                        for table in Schema.actionSums {
                            try db.execute(sql: "DELETE FROM " + table.name + "; " + table.filling)
                        }
                    }
                    if try Migrations.all.appliedIdentifiers(db).contains("client budgets") {
                        try db.execute(sql: Schema.budgetFilling)
                    }
                    return .commit
                }
            }
            try queue.close()
        }
    }

    /// Makes a file that was copied whole and durable: a plain file without a log beside it, on the disk, for its owner
    /// alone.
    /// - Throws: `StoreOpeningError`.
    public func settle() throws(StoreOpeningError) {
        try failing {
            let queue = try open(isWritten: true)
            let mode = try queue.writeWithoutTransaction { db in
                try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
            }
            guard mode == "delete" else {
                throw StoreOpeningError.failed(path: path, reason: "its log cannot be ended")
            }
            try queue.close()
        }
        try file.restrictToOwner()
        try file.sync()
    }

    private func open(isWritten: Bool) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "purser.keeping"
        configuration.readonly = !isWritten
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA mmap_size = 0; PRAGMA cache_size = -32768") }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private func failing<Value>(_ body: () throws -> Value) throws(StoreOpeningError) -> Value {
        do {
            return try body()
        } catch let error as StoreOpeningError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw .notADatabase(path)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            throw .damaged(path: path, finding: error.message ?? "corrupt")
        } catch let error as DatabaseError {
            throw .failed(path: path, reason: error.message ?? "error \(error.extendedResultCode.rawValue)")
        } catch {
            throw .failed(path: path, reason: String(describing: type(of: error)))
        }
    }
}

extension ClosedStore: CopyableStore {
    public func copy(to path: String) async throws(StoreCopyError) -> Int {
        let copy = try StoreCopy(to: path, inOneStep: true)
        do {
            let queue = try open(isWritten: false)
            try await queue.writeWithoutTransaction { db in while !copy.proceed(db) {} }
        } catch {
            copy.giveUp("the database cannot be read")
        }
        return try await copy.result()
    }
}
