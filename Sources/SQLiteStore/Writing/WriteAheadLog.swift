import GRDB
import GRDBSQLite
import Logging

/// Keeps the write-ahead log short. The writer does it itself, between commits and after the waiting tasks were told.
///
/// SQLite's own automatic checkpoint would run inside a commit, while tasks wait for it.
struct WriteAheadLog {
    private let settings: SQLiteSettings
    private let logger: Logger
    /// Pages written since the log was last known to start over.
    private var pages = 0
    /// Pages at which the next checkpoint is due; grows while a long read holds the log.
    private var due: Int
    /// Whether nothing was written since the log was emptied.
    private(set) var isEmpty = false

    init(settings: SQLiteSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        due = settings.checkpointPages
    }

    /// Moves what is committed into the database when the log has grown enough; never waits for a reader.
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
        } else if progress.walFrameCount >= 4 * settings.checkpointPages {
            logger.warning(
                "A long read keeps the write-ahead log from being shortened",
                metadata: ["pages": "\(progress.walFrameCount)"])
        }
    }

    /// Moves everything into the database and gives the log's space back; does nothing while somebody reads.
    /// - Throws: `DatabaseError`; the log stays as it is.
    mutating func empty(_ db: Database) throws {
        isEmpty = true
        _ = Self.pagesWritten(db)
        sqlite3_busy_timeout(db.sqliteConnection, 0)
        defer { sqlite3_busy_timeout(db.sqliteConnection, settings.busyMilliseconds) }
        do {
            _ = try db.checkpoint(.truncate)
            pages = 0
            due = settings.checkpointPages
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            isEmpty = false
        }
    }

    /// How many pages this connection has written since it was last asked.
    private static func pagesWritten(_ db: Database) -> Int {
        var count: CInt = 0
        var highest: CInt = 0
        sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &count, &highest, 1)
        return Int(count)
    }
}
