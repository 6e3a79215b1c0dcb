import Foundation
import GRDB
import Purchasing

/// How a store treats its file and its machine; the defaults suit one small server.
public struct SQLiteSettings: Sendable {
    /// How long to wait for another program that has the database locked.
    public var busyTimeout: Duration = .seconds(5)
    /// How many reads may run at once; each keeps a connection with up to 4 MB of pages.
    public var readers = 4
    /// How many writes may wait before new orders are refused.
    public var maximumWaiting = 2048
    /// The write-ahead log is moved into the database after this many pages of 4 KiB.
    public var checkpointPages = 2048
    /// The log's space is given back after nothing was written for this long.
    public var idleTime: Duration = .seconds(5)
    /// So much of the disk is kept for what became of purchases, for when the disk is full; nothing else is written then.
    public var reserveBytes = 4 << 20
    /// Called when the disk did not confirm a write, with a reason that holds no data. Nothing that the store would say
    /// from then on could be trusted, so the process has to end here: the default prints one line and exits with 74.
    public var whenDiskFails: @Sendable (_ reason: String) -> Void = Self.exitWithOneLine
    /// Stands between the last write of a batch and its commit, for tests that let the disk fail there.
    var beforeCommit: @Sendable (Database) throws -> Void = { _ in }

    public init() {}

    /// The write-ahead log has to start over when it is this long, even if somebody reads all the time.
    var longestLog: Int { 4 * checkpointPages }

    var busyMilliseconds: Int32 { Int32(clamping: Int64(busyTimeout.seconds * 1000)) }

    private static let exitWithOneLine: @Sendable (String) -> Void = { reason in
        let line = Array("purser: \(reason); the process ends, because what the disk keeps is not known\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        _exit(74)
    }
}
