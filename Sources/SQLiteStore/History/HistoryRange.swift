import Foundation
import GRDB
import Purchasing

/// A range of an index that stands in the order of something else than age: totals, or the times at which goods lapse.
struct HistoryRange {
    let filter: HistoryFilter
    let condition: HistoryCondition
    private let index: String

    /// The range of totals that a query asks for; nil when it asks for none.
    static func total(_ query: OrderQuery) -> HistoryRange? {
        guard query.minTotal != nil || query.maxTotal != nil else { return nil }
        return HistoryRange(
            filter: .total,
            condition: HistoryCondition(
                "o.total_micros IS NOT NULL AND o.total_micros BETWEEN ? AND ?",
                [query.minTotal?.count ?? .min, query.maxTotal?.count ?? .max]),
            index: "order_by_total")
    }

    /// The window in which goods lapse; nil when a query asks for none.
    static func expiry(_ query: OrderQuery) -> HistoryRange? {
        guard query.expiresAfter != nil || query.expiresBefore != nil else { return nil }
        return HistoryRange(
            filter: .expiry,
            condition: HistoryCondition(
                """
                o.status IN ('provisioning', 'completed') AND o.expires_at IS NOT NULL
                    AND o.expires_at >= ? AND o.expires_at < ?
                """,
                [query.expiresAfter?.firstMillisecond ?? .min, query.expiresBefore?.firstMillisecond ?? .max]),
            index: "order_lapsing")
    }

    /// How many orders are in the range, but no more than `limit`.
    func count(atMost limit: Int, _ db: Database) throws -> Int {
        let sql = "SELECT count(*) FROM (SELECT 1 " + source + " LIMIT ?)"
        return try Int.fetchOne(
            db.cachedStatement(sql: sql),
            arguments: StatementArguments(condition.values + [limit.databaseValue])) ?? 0
    }

    /// Reads the orders of the range in no particular order.
    func walk(_ bounds: HistoryBounds, _ others: [HistoryCondition]) -> HistoryStatement {
        HistoryStatement("SELECT o.created_at, o.id " + source, condition.values, bounds, others, isOrdered: false)
    }

    private var source: String { "FROM purchase_order o INDEXED BY " + index + " WHERE " + condition.sql }
}

extension Date {
    /// The first whole millisecond that is not before this instant.
    var firstMillisecond: Int64 {
        Date(milliseconds: milliseconds) < self ? milliseconds + 1 : milliseconds
    }
}
