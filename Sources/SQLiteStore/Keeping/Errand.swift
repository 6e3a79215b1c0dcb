import GRDB
import Purchasing

/// Work for the writer's connection that is no write: done in short steps between commits, outside of any transaction.
protocol Errand: Sendable {
    /// Does the next step; true when there is no further one.
    func proceed(_ db: Database) -> Bool
    /// Ends it before its end, on the writer's thread.
    func giveUp(_ reason: String)
}
