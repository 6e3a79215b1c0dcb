public import Foundation

/// Where readings of vendors outlive a restart. Nothing depends on it: what is lost is read again.
///
/// Every implementation runs `SnapshotStoreConformance`.
public protocol SnapshotStore: Sendable {
    /// What was saved, newest first; what cannot be read any more is left out, and what an order that the store knows may
    /// have been taken from since it was read.
    /// - Parameters:
    ///   - after: only readings that were begun at or after this; older ones are removed.
    ///   - limit: at most so many; what is beyond is removed.
    func snapshots(after: Date, limit: Int) async throws(StoreError) -> [ReadingSnapshot]

    /// Saves readings, each in place of an earlier one of its key, and removes others, all or nothing. It waits while
    /// there are orders to write.
    func save(_ snapshots: [ReadingSnapshot], removing: [ReadingKey]) async throws(StoreError)
}

/// A reading as it is kept across a restart.
public struct ReadingSnapshot: Sendable, Hashable {
    public let key: ReadingKey
    public let value: VendorReading
    /// When the call that read it was begun.
    public let readAt: Date

    public init(key: ReadingKey, value: VendorReading, readAt: Date) {
        self.key = key
        self.value = value
        self.readAt = readAt
    }
}
