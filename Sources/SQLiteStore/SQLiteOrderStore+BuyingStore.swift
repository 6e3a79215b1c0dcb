public import Foundation
import GRDB
public import Purchasing

/// Whether buying goes on: written by the writer of the orders, so that what is committed after a pause knows of it.
extension SQLiteOrderStore {
    public func changeBuying(
        reason: String?, by: String, requestID: String, at: Date
    ) async throws(StoreError) -> BuyingChange? {
        try await write(isDeferrable: false) { db in
            try BuyingRecord.change(reason: reason, by: by, requestID: requestID, at: at, db)
        }
    }

    public func buyingChanges(limit: Int) async throws(StoreError) -> [BuyingChange] {
        try await readApart { db in try BuyingRecord.newest(limit, db) }
    }
}
