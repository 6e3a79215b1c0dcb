import Foundation
import GRDB
import Logging
import Purchasing

/// Opens the database of a store, and refuses everything that is not certainly a whole and durable one.
struct StoreDatabase {
    let file: StoreFile
    let settings: SQLiteSettings

    /// Looks at the file before anything may write to it; makes a new one where there is nothing.
    /// - Parameter isWhole: whether all of a file is checked that is up to date.
    /// - Throws: `StoreOpeningError`; an existing file was left as it was.
    func prepare(checkingAll isWhole: Bool) throws(StoreOpeningError) {
        switch try file.content() {
        case .nothing: try create()
        case .database:
            try file.restrictToOwner()
            try failing { try inspect(checkingAll: isWhole) }
        }
    }

    /// Opens the connections and brings the schema up to date.
    /// - Throws: `StoreOpeningError.notDurable` unless every commit is fsynced.
    func open() throws(StoreOpeningError) -> DatabasePool {
        try failing {
            let pool = try DatabasePool(path: file.path, configuration: configuration)
            try pool.writeWithoutTransaction { db in try makeDurable(db) }
            try Migrations.all.migrate(pool)
            return pool
        }
    }

    // MARK: A new database

    /// Builds the database beside its place and moves it there whole, so that a file at the path always is a store: an
    /// empty one is a loss, never a start that was cut short.
    private func create() throws(StoreOpeningError) {
        let beginnings = file.beginnings
        beginnings.remove()
        try beginnings.create()
        try failing {
            let queue = try DatabaseQueue(path: beginnings.path)
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try db.execute(sql: "PRAGMA application_id = " + String(Migrations.applicationID))
            }
            try Migrations.all.migrate(queue)
            try queue.close()
        }
        try beginnings.move(to: file)
    }

    // MARK: An existing database

    /// Reads the file through a connection that cannot write, not even a checkpoint when it closes.
    private func inspect(checkingAll isWhole: Bool) throws {
        var configuration = configuration
        configuration.readonly = true
        let queue = try DatabaseQueue(path: file.path, configuration: configuration)
        try queue.unsafeRead { db in
            guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Migrations.applicationID else {
                throw StoreOpeningError.foreignDatabase(file.path)
            }
            let unknown = try Migrations.unknown(in: db)
            guard unknown.isEmpty else { throw StoreOpeningError.newerSchema(path: file.path, unknown: unknown) }
            if !isWhole, try Migrations.all.hasCompletedMigrations(db) { return }
            let findings = try String.fetchAll(db, sql: "PRAGMA quick_check(3)")
            guard findings == ["ok"] else {
                // A finding may have several lines itself.
                let lines = findings.flatMap { $0.split(whereSeparator: \.isNewline) }
                throw StoreOpeningError.damaged(path: file.path, finding: lines.joined(separator: "; "))
            }
            let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count
            guard orphans == 0 else {
                throw StoreOpeningError.damaged(
                    path: file.path, finding: "\(orphans) rows refer to others that are missing")
            }
        }
    }

    // MARK: Connections

    private var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "purser"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(settings.busyTimeout.seconds)
        configuration.maximumReaderCount = settings.readers
        configuration.persistentReadOnlyConnections = true
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY")
            let cache = db.configuration.readonly ? "-4096" : "-16384"
            try db.execute(sql: "PRAGMA cache_size = " + cache)
        }
        return configuration
    }

    /// GRDB's pool sets `synchronous = NORMAL` after its preparation has run, which would lose commits in a power cut;
    /// so the writer is set here, and asked.
    private func makeDurable(_ db: Database) throws {
        try db.execute(
            sql: """
                PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 16777216;
                PRAGMA recursive_triggers = ON
                """)
        let isFull = try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2
        let isLogged = try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal"
        let isKeyed = try Int.fetchOne(db, sql: "PRAGMA foreign_keys") == 1
        guard isFull, isLogged, isKeyed else {
            throw StoreOpeningError.notDurable("synchronous, journal_mode or foreign_keys could not be set")
        }
    }

    private func failing<Value>(_ body: () throws -> Value) throws(StoreOpeningError) -> Value {
        do {
            return try body()
        } catch let error as StoreOpeningError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw .notADatabase(file.path)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            throw .damaged(path: file.path, finding: error.message ?? "corrupt")
        } catch let error as DatabaseError {
            throw .failed(path: file.path, reason: error.message ?? "error \(error.extendedResultCode.rawValue)")
        } catch {
            throw .failed(path: file.path, reason: String(describing: type(of: error)))
        }
    }
}
