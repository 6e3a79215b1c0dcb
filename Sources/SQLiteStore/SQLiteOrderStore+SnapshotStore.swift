public import Foundation
import GRDB
public import Purchasing

/// Readings of vendors stand beside the orders, and their writes behind those of the orders: whether an order was bought
/// since a reading was made is asked when the readings are taken over.
extension SQLiteOrderStore: SnapshotStore {
    public func snapshots(after: Date, limit: Int) async throws(StoreError) -> [ReadingSnapshot] {
        let (oldest, limit) = (after.milliseconds, max(0, limit))
        let (records, touched) = try await readApart { db in
            let records = try ReadingRecord.newest(after: oldest, limit: limit, db)
            return (records, try TouchedReadings(among: records, db))
        }
        try await writePatiently { db in try ReadingRecord.prune(after: oldest, limit: limit, db) }
        return records.compactMap(\.snapshot).filter { !touched.contains($0) }
    }

    public func save(_ snapshots: [ReadingSnapshot], removing: [ReadingKey]) async throws(StoreError) {
        let records = snapshots.map { ReadingRecord($0) }
        try await writePatiently { db in
            for key in removing { try ReadingRecord.remove(key, db) }
            for record in records { try record.save(db) }
        }
    }
}
