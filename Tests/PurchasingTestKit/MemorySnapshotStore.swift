public import Foundation
public import Purchasing

/// A store of snapshots without a disk. It runs `SnapshotStoreConformance`, as `SQLiteOrderStore` does.
public actor MemorySnapshotStore: SnapshotStore {
    private var readings: [ReadingKey: ReadingSnapshot] = [:]
    private var obstacle: StoreError?
    /// How many transactions there were.
    public private(set) var saves = 0

    public init(_ snapshots: [ReadingSnapshot] = []) {
        for snapshot in snapshots { readings[snapshot.key] = snapshot }
    }

    /// From now on every call fails with an error; nil mends it.
    public func fail(with error: StoreError?) { obstacle = error }

    /// Everything there is.
    public var everything: Set<ReadingSnapshot> { Set(readings.values) }

    public func snapshots(after: Date, limit: Int) throws(StoreError) -> [ReadingSnapshot] {
        if let obstacle { throw obstacle }
        let kept = readings.values.filter { $0.readAt >= after }.sorted { $0.readAt > $1.readAt }.prefix(limit)
        readings = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0) })
        return Array(kept)
    }

    public func save(_ snapshots: [ReadingSnapshot], removing: [ReadingKey]) throws(StoreError) {
        saves += 1
        if let obstacle { throw obstacle }
        for key in removing { readings[key] = nil }
        for snapshot in snapshots { readings[snapshot.key] = snapshot }
    }
}
