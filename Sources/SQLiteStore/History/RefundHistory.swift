import ExactJSON
import Foundation
import GRDB
import Purchasing

/// Pages of refunds, newest first by `(at, id)`: entries are only ever added, so that a walk meets each once.
struct RefundHistory {
    private let query: RefundQuery
    private let limit: Int

    init(_ query: RefundQuery) {
        self.query = query
        limit = min(max(query.limit, 1), 200)
    }

    /// Reads the page.
    func page(_ db: Database) throws -> RefundPage {
        guard let start = try start(db) else { return RefundPage(refunds: [], hasMore: false) }
        let lists = [query.clients, query.vendors].flatMap { list in
            Array(repeating: JSON.texts(list).text.databaseValue, count: 2)
        }
        let window = [
            query.createdAfter?.firstMillisecond ?? .min, query.createdBefore?.firstMillisecond ?? .max,
        ].map(\.databaseValue)
        let values: [DatabaseValue] =
            (query.order.map { [$0.text.databaseValue] } ?? []) + [start.at.databaseValue, start.id.databaseValue]
            + window + lists + [(limit + 1).databaseValue]
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: query.order == nil ? Self.everything : Self.ofOrder),
            arguments: StatementArguments(values))
        var refunds: [ListedRefund] = []
        while let row = try rows.next() {
            refunds.append(
                ListedRefund(
                    try RefundRecord.read(row), vendor: row[RefundRecord.width],
                    client: row[RefundRecord.width + 1]))
        }
        return RefundPage(refunds: Array(refunds.prefix(limit)), hasMore: refunds.count > limit)
    }

    /// Before the refund at which the page before ended; nil when there is no such refund.
    private func start(_ db: Database) throws -> (at: Int64, id: String)? {
        guard let before = query.before else { return (.max, "") }
        let at = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT at FROM refund WHERE id = ?"), arguments: [before.text])
        return at.map { ($0, before.text) }
    }

    private static func walk(_ source: String) -> String {
        """
        SELECT \(RefundRecord.columns(of: "r")), o.vendor, o.client
        FROM refund r \(source) (r.at, r.id) < (?, ?) AND r.at >= ? AND r.at < ?
            AND (json_array_length(?) = 0 OR o.client IN (SELECT value FROM json_each(?)))
            AND (json_array_length(?) = 0 OR o.vendor IN (SELECT value FROM json_each(?)))
        ORDER BY r.at DESC, r.id DESC LIMIT ?
        """
    }

    static let everything = walk(
        "INDEXED BY refund_by_time CROSS JOIN purchase_order o ON o.id = r.order_id WHERE")
    /// An order has few refunds: those are read, and sorted.
    static let ofOrder = walk("CROSS JOIN purchase_order o ON o.id = r.order_id WHERE r.order_id = ? AND")
}
