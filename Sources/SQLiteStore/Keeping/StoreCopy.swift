import Foundation
import GRDB
import GRDBSQLite
public import Purchasing
import Synchronization

/// A copy of a database, page by page, made with SQLite's backup API.
///
/// It reads through the connection that writes. SQLite brings what was copied already up to date with every write of that
/// connection, so the copy never has to start over, and between two steps no transaction is open: the write-ahead log is
/// shortened as ever, where one long read (`VACUUM INTO`) would keep all of it. A page copy also keeps the numbers of
/// rows, by which history is read.
final class StoreCopy: Errand {
    typealias Outcome = Result<Int, StoreCopyError>

    /// How many pages a step copies: 1 MiB, about a millisecond between two commits.
    private static let pagesAtOnce: CInt = 256
    /// How often a step may find the database taken by another program, or start over, before that is a failure.
    private static let patience = 1000

    /// A pointer of SQLite's, used under the lock only.
    private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer?
    }

    private struct State {
        var target: Handle?
        var backup: Handle?
        /// Steps that may still be made.
        var steps: Int?
        var waiter: CheckedContinuation<Outcome, Never>?
        var outcome: Outcome?
    }

    private let path: String
    private let pages: CInt
    private let state = Mutex(State())

    /// Makes the file and opens it; nothing is copied yet.
    /// - Parameter inOneStep: whether the whole is copied at once, where nobody else waits for the connection.
    /// - Throws: `StoreCopyError.badPlace` when something stands there already or nothing can be made there.
    init(to path: String, inOneStep: Bool = false) throws(StoreCopyError) {
        self.path = path
        pages = inOneStep ? -1 : Self.pagesAtOnce
        guard path.hasPrefix("/") else { throw .badPlace("\(path) is no absolute path") }
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0, Foundation.close(descriptor) == 0 else {
            throw .badPlace("\(path) cannot be made: \(systemError())")
        }
        var target: OpaquePointer?
        let code = sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nil)
        // Whoever asked fsyncs the whole file in the end; a step must not.
        let settings = "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA mmap_size = 0"
        guard code == SQLITE_OK, sqlite3_exec(target, settings, nil, nil, nil) == SQLITE_OK else {
            let reason = Self.reason(target, code)
            sqlite3_close_v2(target)
            unlink(path)
            throw .badPlace("\(path) cannot be opened: \(reason)")
        }
        let handle = Handle(pointer: target)
        state.withLock { $0.target = handle }
    }

    /// Waits for the end, whatever becomes of the calling task.
    func result() async throws(StoreCopyError) -> Int {
        let outcome: Outcome = await withCheckedContinuation { waiter in
            let outcome = state.withLock { state in
                if state.outcome == nil { state.waiter = waiter }
                return state.outcome
            }
            if let outcome { waiter.resume(returning: outcome) }
        }
        return try outcome.get()
    }

    /// How it ended; nil while it has not.
    var outcome: Outcome? { state.withLock { $0.outcome } }

    func proceed(_ db: Database) -> Bool {
        let source = Handle(pointer: db.sqliteConnection)
        let ending: Outcome? = state.withLock { state in
            if state.outcome != nil { return .failure(.failed("it has ended")) }
            let target = state.target?.pointer
            if state.backup == nil {
                state.backup = Handle(pointer: sqlite3_backup_init(target, "main", source.pointer, "main"))
            }
            guard let backup = state.backup?.pointer else {
                return .failure(.failed("the copy cannot be begun: \(Self.reason(target, SQLITE_ERROR))"))
            }
            let code = sqlite3_backup_step(backup, pages)
            switch code {
            case SQLITE_DONE: return .success(0)
            case SQLITE_OK, SQLITE_BUSY, SQLITE_LOCKED:
                let total = Int(sqlite3_backup_pagecount(backup)) / Int(max(pages, 1))
                let left = (state.steps ?? 4 * total + Self.patience) - 1
                state.steps = left
                return left > 0 ? nil : .failure(.failed("the database could not be read in time"))
            default: return .failure(.failed("the copy broke off: \(Self.reason(nil, code))"))
            }
        }
        guard let ending else { return false }
        end(ending)
        return true
    }

    func giveUp(_ reason: String) { end(.failure(.failed(reason))) }

    private func end(_ ending: Outcome) {
        let path = path
        let (waiter, outcome) = state.withLock { state -> (CheckedContinuation<Outcome, Never>?, Outcome) in
            if let earlier = state.outcome { return (nil, earlier) }
            var outcome = ending
            if let backup = state.backup?.pointer {
                let code = sqlite3_backup_finish(backup)
                if case .success = ending, code != SQLITE_OK {
                    outcome = .failure(.failed("the copy broke off: \(Self.reason(nil, code))"))
                }
            }
            sqlite3_close_v2(state.target?.pointer)
            (state.backup, state.target) = (nil, nil)
            if case .success = outcome { outcome = Self.size(of: path) }
            if case .failure = outcome { unlink(path) }
            state.outcome = outcome
            defer { state.waiter = nil }
            return (state.waiter, outcome)
        }
        waiter?.resume(returning: outcome)
    }

    private static func size(of path: String) -> Outcome {
        var status = stat()
        guard stat(path, &status) == 0 else { return .failure(.failed("the copy is gone: \(systemError())")) }
        return .success(Int(status.st_size))
    }

    private static func reason(_ connection: OpaquePointer?, _ code: CInt) -> String {
        if let connection { return String(cString: sqlite3_errmsg(connection)) }
        return String(cString: sqlite3_errstr(code))
    }
}

extension SQLiteOrderStore: CopyableStore {
    public func copy(to path: String) async throws(StoreCopyError) -> Int {
        let copy = try StoreCopy(to: path)
        run(copy)
        return try await copy.result()
    }
}
