import Dispatch
import Foundation
import GRDB
import Logging
import Purchasing
import Synchronization

/// The one writer: a thread of its own that commits what waits, many writes in one transaction and one fsync.
///
/// While a commit is on its way to the disk the next writes gather, so the batches grow with the load and a lone write
/// waits for nobody. It is a thread and not a task because GRDB's asynchronous writes are rolled back when their task is
/// cancelled; a write that has been handed over here belongs to the store.
final class CommitQueue: Sendable {
    /// At most this many writes share a commit.
    static let batchLimit = 256
    /// A patient write waits for no more commits than this.
    static let patience = 64
    /// At most this many patient writes wait.
    static let patientLimit = 16
    /// While writes wait, an errand goes one step for so many commits.
    static let commitsForAStep = 4

    private struct State {
        var waiting: [any PendingWrite] = []
        /// Writes that nothing depends on; each has a commit of its own while nothing else waits.
        var patient: [any PendingWrite] = []
        /// How many commits the first of them has let go before.
        var passedOver = 0
        /// What the writer's connection is needed for between commits, one at a time.
        var errand: (any Errand)?
        /// How many commits it has let go before since its last step.
        var errandPassedOver = 0
        var isAsleep = false
        var isClosing = false
        /// Why the last batch was not written; nil while all is well.
        var obstacle: StoreError?
        /// The disk has failed in a way that only a restart can mend.
        var isBroken = false
        var commits = 0
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)
    private let pool: DatabasePool
    private let file: StoreFile
    /// The file that the pool has open.
    private let identity: StoreFile.Identity?
    private let reserve: SpaceReserve
    private let settings: SQLiteSettings
    private let logger: Logger

    /// Starts the thread; `close` ends it.
    /// - Parameter file: where the pool's database stands.
    init(pool: DatabasePool, file: StoreFile, settings: SQLiteSettings, logger: Logger) {
        self.pool = pool
        self.file = file
        self.identity = file.identity
        self.reserve = SpaceReserve(beside: file.path, bytes: settings.reserveBytes)
        self.settings = settings
        self.logger = logger
        let thread = Thread { [self] in work() }
        thread.name = "purser.commits"
        thread.start()
    }

    /// Whether the last commit succeeded and the next may be tried.
    var isHealthy: Bool { state.withLock { $0.obstacle == nil && !$0.isClosing } }

    /// How many transactions were committed.
    var commits: Int { state.withLock { $0.commits } }

    /// How many writes wait for a transaction.
    var waiting: Int { state.withLock { $0.waiting.count + $0.patient.count } }

    /// Makes a write durable and gives what it gave.
    ///
    /// - Parameters:
    ///   - isDeferrable: whether the write may be refused because too many wait. What has happened at a vendor may not; such
    ///     writes are bounded by the purchases under way.
    ///   - needsRoom: whether it may be refused because there is no room beside the reserve: what begins a purchase or an
    ///     action.
    /// - Throws: `StoreError`; nothing of the write is in the database then.
    func write<Value: Sendable>(
        isDeferrable: Bool, needsRoom: Bool, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let outcome = await withCheckedContinuation { waiter in
            let write = Write(isDeferrable: isDeferrable, needsRoom: needsRoom, body, waiter: waiter)
            if let refusal = admit(write) { write.finish(batchFailure: refusal) }
        }
        return try outcome.get()
    }

    /// Makes a write durable that nothing depends on, when nothing else waits: it shares no commit, so its failure is its
    /// own, and it says nothing about the store's health.
    /// - Throws: `StoreError`; nothing of the write is in the database then.
    func writePatiently<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let outcome = await withCheckedContinuation { waiter in
            let write = Write(isDeferrable: true, needsRoom: true, body, waiter: waiter)
            if let refusal = admitPatiently(write) { write.finish(batchFailure: refusal) }
        }
        return try outcome.get()
    }

    /// Does an errand between commits, in steps, beginning soon; or gives it up at once.
    func run(_ errand: any Errand) {
        let (refusal, mustWake) = state.withLock { state -> (String?, Bool) in
            if state.isClosing { return ("the store is closed", false) }
            if state.errand != nil { return ("another copy is being made", false) }
            state.errand = errand
            defer { state.isAsleep = false }
            return (nil, state.isAsleep)
        }
        if mustWake { wake.signal() }
        if let refusal { errand.giveUp(refusal) }
    }

    /// Lets nothing more in, commits what waits, gives up an errand, empties the write-ahead log, and returns when the thread has ended.
    func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosing = true }
            return !state.isClosing
        }
        if isFirst { wake.signal() }
        hasEnded.wait()
        hasEnded.signal()
    }

    private func admit(_ write: any PendingWrite) -> StoreError? {
        let (refusal, mustWake) = state.withLock { state -> (StoreError?, Bool) in
            if state.isClosing { return (.unavailable("the store is closed"), false) }
            if write.isDeferrable, state.waiting.count >= settings.maximumWaiting {
                return (.unavailable("too many writes are waiting"), false)
            }
            state.waiting.append(write)
            defer { state.isAsleep = false }
            return (nil, state.isAsleep)
        }
        if mustWake { wake.signal() }
        return refusal
    }

    private func admitPatiently(_ write: any PendingWrite) -> StoreError? {
        let (refusal, mustWake) = state.withLock { state -> (StoreError?, Bool) in
            if state.isClosing { return (.unavailable("the store is closed"), false) }
            if state.patient.count >= Self.patientLimit { return (.unavailable("too many writes are waiting"), false) }
            state.patient.append(write)
            defer { state.isAsleep = false }
            return (nil, state.isAsleep)
        }
        if mustWake { wake.signal() }
        return refusal
    }

    // MARK: The thread

    private enum Step {
        case commit([any PendingWrite])
        case commitApart(any PendingWrite)
        case proceed(any Errand)
        case abandon(any Errand)
        case sleep
        case end
    }

    private func work() {
        var log = WriteAheadLog(settings: settings, logger: logger)
        while true {
            switch nextStep() {
            case .commit(let writes):
                let isOutOfSpace = commit(writes)
                tend(&log, isIdle: isOutOfSpace)
            case .commitApart(let write):
                let isOutOfSpace = commit([write], tellsHealth: false)
                tend(&log, isIdle: isOutOfSpace)
            case .proceed(let errand):
                if proceed(errand) { state.withLock { $0.errand = nil } }
            case .abandon(let errand):
                errand.giveUp("the store is being closed")
            case .sleep:
                let deadline = log.isEmpty ? DispatchTime.distantFuture : .now() + settings.idleTime.seconds
                if wake.wait(timeout: deadline) == .timedOut { tend(&log, isIdle: true) }
            case .end:
                tend(&log, isIdle: true)
                hasEnded.signal()
                return
            }
        }
    }

    private func nextStep() -> Step {
        state.withLock { state in
            if !state.patient.isEmpty {
                if state.waiting.isEmpty || state.passedOver >= Self.patience {
                    state.passedOver = 0
                    return .commitApart(state.patient.removeFirst())
                }
                state.passedOver += 1
            }
            if let errand = state.errand {
                if state.isClosing {
                    state.errand = nil
                    return .abandon(errand)
                }
                if state.waiting.isEmpty || state.errandPassedOver >= Self.commitsForAStep {
                    state.errandPassedOver = 0
                    return .proceed(errand)
                }
                state.errandPassedOver += 1
            }
            guard !state.waiting.isEmpty else {
                state.isAsleep = !state.isClosing
                return state.isClosing ? .end : .sleep
            }
            let writes = Array(state.waiting.prefix(Self.batchLimit))
            state.waiting.removeFirst(writes.count)
            return .commit(writes)
        }
    }

    /// Commits what there is room for and tells everybody who waits; true when there was no space for it.
    private func commit(_ writes: [any PendingWrite], tellsHealth: Bool = true) -> Bool {
        guard writes.contains(where: \.needsRoom), !state.withLock({ $0.isBroken }), !reserve.hasRoom() else {
            return commitAll(writes, tellsHealth: tellsHealth)
        }
        let urgent = writes.filter { !$0.needsRoom }
        if urgent.isEmpty {
            state.withLock { $0.obstacle = Self.full }
        } else {
            _ = commitAll(urgent, tellsHealth: true)
        }
        for write in writes where write.needsRoom { write.finish(batchFailure: Self.full) }
        return true
    }

    private static let full = StoreError.unavailable("the disk is full")

    private func commitAll(_ writes: [any PendingWrite], tellsHealth: Bool) -> Bool {
        let failure = state.withLock { $0.isBroken } ? BatchFailure.broken : tryCommit(writes)
        let obstacle = failure.map { StoreError($0.cause) }
        let isOutOfSpace = failure?.cause.isFullDisk ?? false
        let urgent = writes.filter { !$0.needsRoom }
        if isOutOfSpace, reserve.noteFull(gives: !urgent.isEmpty) {
            // There is space for them now.
            for write in writes where write.needsRoom { write.finish(batchFailure: Self.full) }
            _ = commitAll(urgent, tellsHealth: tellsHealth)
            return true
        }
        // What became of purchases may go where nothing else does.
        let standing = reserve.isFull ? Self.full : nil
        state.withLock { state in
            if !state.isBroken, tellsHealth || obstacle == nil { state.obstacle = obstacle ?? standing }
            if obstacle == nil { state.commits += 1 }
        }
        for write in writes { write.finish(batchFailure: obstacle) }
        return isOutOfSpace
    }

    /// Nil when the batch is on the disk, else why it is not.
    private func tryCommit(_ writes: [any PendingWrite]) -> BatchFailure? {
        guard file.identity == identity else { return .fileIsGone }
        let batch = CommitBatch(writes: writes, beforeCommit: settings.beforeCommit)
        do {
            try pool.writeWithoutTransaction { db in try batch.commit(db) }
            return nil
        } catch let failure as BatchFailure {
            if failure.mayBeOnDisk || failure.cause.isFailedSync { stop(failure.cause) }
            return failure
        } catch {
            return BatchFailure(cause: error, mayBeOnDisk: false)
        }
    }

    /// True when the errand has ended.
    private func proceed(_ errand: any Errand) -> Bool { pool.writeWithoutTransaction(errand.proceed) }

    private func tend(_ log: inout WriteAheadLog, isIdle: Bool) {
        do {
            try pool.writeWithoutTransaction { db in
                if isIdle { try log.empty(db) } else { try log.shorten(db) }
            }
        } catch let error where error.isFailedSync {
            stop(error)
        } catch {
            logger.warning(
                "The write-ahead log could not be shortened", metadata: ["reason": "\(StoreError(error).text)"])
        }
    }

    /// The disk did not confirm a write. What it keeps is unknown, and asking again would get a false yes; so the
    /// process must end and start over from what is on the disk.
    private func stop(_ error: any Error) {
        state.withLock { state in
            state.isBroken = true
            state.obstacle = StoreError(BatchFailure.broken.cause)
        }
        settings.whenDiskFails(StoreError(error).text)
    }
}

extension StoreError {
    /// The reason as text, without any data.
    fileprivate var text: String {
        switch self {
        case .unavailable(let reason), .refused(let reason): reason
        case .conflict: "conflict"
        case .claimed: "claimed"
        case .barred: "barred"
        }
    }
}
