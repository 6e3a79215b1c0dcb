import ExactJSON
import GRDB
import Purchasing

/// Which readings a purchase may have made wrong since they were read.
///
/// A process drops such rows when it buys, and what is kept for a restart follows some seconds later; so where it was killed
/// in between, the orders tell. An order counts as if it had been bought when it was changed last: a reading that is dropped
/// for nothing is read again.
struct TouchedReadings {
    /// What one or more orders took from, and when the last of them did.
    private struct Sales {
        let shape: ProductShape?
        let product: String
        let country: String?
        let asn: Int?
        let latest: Int64

        init(_ row: Row) {
            product = row[0]
            country = row[1]
            asn = row[2]
            let isTraffic: Bool = row[3]
            shape = ProductShape.allCases.first { [product] shape in
                shape.product.rawValue == product && (shape.product != .mobile || (shape == .mobileByGB) == isTraffic)
            }
            latest = row[4]
        }
    }

    static let sales = """
        SELECT product, country, request ->> '$.asn', request ->> '$.gb' IS NOT NULL, max(updated_at)
        FROM purchase_order
        WHERE vendor = ? AND updated_at >= ? AND status IN ('provisioning', 'completed', 'unknown')
        GROUP BY 1, 2, 3, 4
        """

    private var byVendor: [String: [Sales]] = [:]

    /// - Parameter records: the readings in question.
    init(among records: [ReadingRecord], _ db: Database) throws {
        let oldest = Dictionary(records.map { ($0.vendor, $0.readAt) }, uniquingKeysWith: min)
        for (vendor, readAt) in oldest {
            let rows = try Row.fetchCursor(db.cachedStatement(sql: Self.sales), arguments: [vendor, readAt])
            byVendor[vendor] = try Array(rows.map(Sales.init))
        }
    }

    /// Whether an order may have taken from what a reading shows.
    func contains(_ snapshot: ReadingSnapshot) -> Bool {
        let readAt = snapshot.readAt.milliseconds
        let sales = (byVendor[snapshot.key.vendor] ?? []).filter { $0.latest >= readAt }
        switch snapshot.key.topic {
        case .account: return !sales.isEmpty
        case .lists: return false
        case .stock(let query):
            return sales.contains { sale in
                (sale.shape ?? query.shape) == query.shape
                    && (sale.country == nil || query.country == nil || sale.country == query.country?.alpha2)
                    && (sale.asn == nil || query.asn == nil || sale.asn == query.asn)
            }
        }
    }
}
