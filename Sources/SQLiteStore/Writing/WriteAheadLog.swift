import GRDB
import GRDBSQLite
import Logging

/// Keeps the write-ahead log short. The writer does it itself, between commits and after the waiting tasks were told.
///
/// SQLite's own automatic checkpoint would run inside a commit, while tasks wait for it.
struct WriteAheadLog {
    private let settings: SQLiteSettings
    private let logger: Logger
    /// Pages written since the log was last known to be in the database.
    private var pages = 0
    /// Pages at which the next checkpoint is due; grows while a long read holds the log.
    private var due: Int
    /// Pages of the log at which it has to start over; grows while a long read keeps it from that.
    private var limit: Int
    /// Whether nothing was written since the log was emptied.
    private(set) var isEmpty = false

    init(settings: SQLiteSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        due = settings.checkpointPages
        limit = settings.longestLog
    }

    /// Moves what is committed into the database when the log has grown enough.
    ///
    /// That waits for no reader. The next commit starts the log over if nobody reads just then; where somebody always does,
    /// readers are waited for once in a while, for no longer than a page of history takes.
    /// - Throws: `DatabaseError`; the log stays as it is.
    mutating func shorten(_ db: Database) throws {
        isEmpty = false
        pages += Self.pagesWritten(db)
        guard pages >= due else { return }
        due = pages + settings.checkpointPages
        let progress = try db.checkpoint(.passive)
        if progress.checkpointedFrameCount >= progress.walFrameCount {
            pages = 0
            due = settings.checkpointPages
        }
        if progress.walFrameCount >= limit {
            try startOver(db, pages: progress.walFrameCount)
        } else if progress.walFrameCount < settings.longestLog {
            limit = settings.longestLog
        }
    }

    private mutating func startOver(_ db: Database, pages length: Int) throws {
        do {
            try waiting(50, db) { _ = try db.checkpoint(.restart) }
            pages = 0
            due = settings.checkpointPages
            limit = settings.longestLog
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            limit = 2 * length
            logger.warning(
                "A long read keeps the write-ahead log from being shortened", metadata: ["pages": "\(length)"])
        }
    }

    /// Moves everything into the database and gives the log's space back; does nothing while somebody reads.
    /// - Throws: `DatabaseError`; the log stays as it is.
    mutating func empty(_ db: Database) throws {
        isEmpty = true
        _ = Self.pagesWritten(db)
        do {
            try waiting(0, db) { _ = try db.checkpoint(.truncate) }
            pages = 0
            due = settings.checkpointPages
            limit = settings.longestLog
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            isEmpty = false
        }
    }

    /// Does something that waits for other connections for at most some milliseconds.
    private func waiting(_ milliseconds: Int32, _ db: Database, _ action: () throws -> Void) throws {
        sqlite3_busy_timeout(db.sqliteConnection, milliseconds)
        defer { sqlite3_busy_timeout(db.sqliteConnection, settings.busyMilliseconds) }
        try action()
    }

    /// How many pages this connection has written since it was last asked.
    private static func pagesWritten(_ db: Database) -> Int {
        var count: CInt = 0
        var highest: CInt = 0
        sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &count, &highest, 1)
        return Int(count)
    }
}
