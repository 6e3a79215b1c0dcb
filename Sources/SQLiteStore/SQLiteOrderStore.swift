public import Foundation
import GRDB
public import Logging
public import Purchasing

/// Orders, their events, the client keys and what was last read from vendors in one SQLite file that one process uses at
/// a time.
///
/// Every write goes through one thread that commits many at once (`CommitQueue`) with `synchronous=FULL`: when a write
/// returns, it is on the disk. Reads run beside it on a few connections of their own.
public final class SQLiteOrderStore: Sendable {
    /// How often the file has been opened, this time included.
    public let bootEpoch: Int
    /// The latest wall-clock time that is known to have passed when the file was opened. An age that is taken against
    /// the later of this and now cannot shrink because a clock was set back.
    public let wallHighWater: Date

    private let pool: DatabasePool
    private let queue: CommitQueue
    private let lock: FileLock
    private let file: StoreFile
    private let now: @Sendable () -> Date
    public let signal = CommitSignal()
    /// How orders were, for those who read history as it was.
    let kept = KeptOrders()

    /// Opens the store, or makes a new one where there is no file; returns when the whole file has been checked.
    ///
    /// Blocks the calling thread: about a second for each few hundred megabytes.
    /// - Parameters:
    ///   - path: the database file; its directory must exist. Beside it appear `-wal`, `-shm`, `.lock` and `.reserve`.
    ///   - checkingAll: whether the whole file is checked; not for who touches nothing but keys, at once then. A file that has
    ///     to be brought up to date is checked all the same.
    /// - Throws: `StoreOpeningError`; an existing file was left as it was, and its `description` says how to go on.
    public init(
        path: String, settings: SQLiteSettings = SQLiteSettings(), checkingAll isWhole: Bool = true,
        timepiece: Timepiece = .system, logger: Logger
    ) throws(StoreOpeningError) {
        let file = try StoreFile(path: path)
        lock = try FileLock(path: file.lockPath, guarding: file.path)
        let database = StoreDatabase(file: file, settings: settings)
        try database.prepare(checkingAll: isWhole)
        pool = try database.open()
        try file.restrictToOwner()
        self.file = file
        now = timepiece.now
        let start = try Self.start(pool, at: timepiece.now(), path: file.path)
        bootEpoch = start.epoch
        wallHighWater = Date(milliseconds: start.highWater)
        queue = CommitQueue(pool: pool, file: file, settings: settings, logger: logger)
    }

    deinit { queue.close() }

    /// Whether the last write succeeded; costs nothing. `probe()` finds out now.
    public var isHealthy: Bool { queue.isHealthy }

    /// How many transactions were committed since the store was opened; many writes share one.
    public var commits: Int { queue.commits }

    /// How many writes wait for a transaction.
    public var waiting: Int { queue.waiting }

    /// How long the database and its write-ahead log are, in bytes.
    var lengths: (database: Int, log: Int) { (file.size ?? 0, file.logSize) }

    /// Finishes the writes that wait, refuses new ones, empties the write-ahead log, and lets another process have the
    /// file. Blocks the calling thread for as long as that takes; doing it again does nothing.
    /// - Throws: `StoreError.unavailable` when the connections cannot be closed; everything committed is on the disk.
    public func close() throws(StoreError) {
        queue.close()
        do { try pool.close() } catch { throw StoreError(error) }
        lock.release()
    }

    private static func start(
        _ pool: DatabasePool, at now: Date, path: String
    ) throws(StoreOpeningError) -> (epoch: Int, highWater: Int64) {
        do {
            return try pool.write { db in try MetaRecord.start(now: now.milliseconds, db) }
        } catch {
            throw .failed(path: path, reason: "it cannot be written")
        }
    }

    // MARK: For the conformances

    /// Makes a write durable, whatever becomes of the calling task.
    func write<Value: Sendable>(
        isDeferrable: Bool = true, needsRoom: Bool? = nil, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try await queue.write(isDeferrable: isDeferrable, needsRoom: needsRoom ?? isDeferrable, body)
    }

    /// Makes a write durable that nothing depends on, when no order waits to be written.
    func writePatiently<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try await queue.writePatiently(body)
    }

    /// Has the writer's thread do an errand between commits.
    func run(_ errand: any Errand) { queue.run(errand) }

    /// Reads at once, on the calling thread: for a few rows by an index, where changing threads would cost more than
    /// the read. A canceled task reads as any other.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try pool.unsafeRead(body) } catch { throw StoreError(error) }
    }

    /// Reads on a thread of a reader, in one state of the database: for what may take longer.
    func readApart<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let outcome: Result<Value, StoreError> = await withCheckedContinuation { waiter in
            pool.asyncRead { access in
                do {
                    waiter.resume(returning: .success(try body(access.get())))
                } catch {
                    waiter.resume(returning: .failure(StoreError(error)))
                }
            }
        }
        return try outcome.get()
    }

    /// The time of this store's clock, in milliseconds.
    var milliseconds: Int64 { now().milliseconds }
}
