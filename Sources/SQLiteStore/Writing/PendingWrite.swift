import GRDB
import Purchasing
import Synchronization

/// One write that waits for its turn in a batch.
protocol PendingWrite: Sendable {
    /// Whether it may be refused because too many wait.
    var isDeferrable: Bool { get }
    /// Whether it may be refused where there is little room on the disk: what begins a purchase or an action; what has happened at
    /// a vendor may not.
    var needsRoom: Bool { get }
    /// Makes the changes, inside a savepoint that is taken back when this throws.
    func run(_ db: Database) throws
    /// Notes why `run` failed; its changes were taken back.
    func reject(_ error: StoreError)
    /// Tells the waiting task: what the write gave or why it was rejected, or, when the whole batch was lost, why.
    func finish(batchFailure: StoreError?)
}

/// A write and the task that waits for it. The task's cancellation does not reach it: once it waits here, it is done
/// or refused, and the task is told which.
final class Write<Value: Sendable>: PendingWrite {
    typealias Outcome = Result<Value, StoreError>

    let isDeferrable: Bool
    let needsRoom: Bool
    private let body: @Sendable (Database) throws -> Value
    private let waiter: CheckedContinuation<Outcome, Never>
    private let outcome = Mutex<Outcome>(.failure(.unavailable("the write was not tried")))

    init(
        isDeferrable: Bool, needsRoom: Bool, _ body: @escaping @Sendable (Database) throws -> Value,
        waiter: CheckedContinuation<Outcome, Never>
    ) {
        self.isDeferrable = isDeferrable
        self.needsRoom = needsRoom
        self.body = body
        self.waiter = waiter
    }

    func run(_ db: Database) throws {
        let value = try body(db)
        outcome.withLock { $0 = .success(value) }
    }

    func reject(_ error: StoreError) { outcome.withLock { $0 = .failure(error) } }

    func finish(batchFailure: StoreError?) {
        if let batchFailure { return waiter.resume(returning: .failure(batchFailure)) }
        waiter.resume(returning: outcome.withLock { $0 })
    }
}
