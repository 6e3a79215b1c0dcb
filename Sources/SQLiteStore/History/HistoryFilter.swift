import ExactJSON
import GRDB
import Purchasing

/// One thing that a query asks of an order.
enum HistoryFilter: CaseIterable {
    case clients, vendors, products, statuses, countries, metadata, key, vendorOrder, batch, search, total, expiry

    /// The filter as SQL about `purchase_order o`; nil where the query does not ask.
    func condition(of query: OrderQuery) -> HistoryCondition? {
        switch self {
        case .clients: .oneOf(query.clients, "o.client")
        case .vendors: .oneOf(query.vendors, "o.vendor")
        case .products: .oneOf(query.products.map(\.rawValue), "o.product")
        case .statuses: .oneOf(query.statuses.map(\.rawValue), "o.status")
        case .countries: .oneOf(query.countries.map(\.alpha2), "o.country")
        case .metadata: .labels(query.metadata)
        case .key: query.idempotencyKey.map { HistoryCondition("o.idempotency_key = ?", [$0]) }
        case .vendorOrder: query.vendorOrderID.map { HistoryCondition("o.vendor_order_id = ?", [$0]) }
        case .batch: query.batchID.map { HistoryCondition("o.batch_id = ?", [$0]) }
        case .search: query.search.map(HistoryCondition.found)
        case .total: HistoryRange.total(query)?.condition
        case .expiry: HistoryRange.expiry(query)?.condition
        }
    }
}

extension HistoryFilter {
    /// The filter as a look-up of an order's place in the index that has the filter's value in the order of history; nil
    /// where there is no such index, where the query does not ask, or asks for one of several.
    ///
    /// The places that are looked up so lie next to each other, and the orders themselves, which do not, are not read.
    /// - Parameters:
    ///   - query: what is asked.
    ///   - createdAt: when the order was made, as SQL.
    ///   - id: its id, as SQL.
    func lookUp(of query: OrderQuery, createdAt: String, id: String) -> HistoryCondition? {
        switch self {
        case .clients where query.clients.count == 1:
            return HistoryCondition(
                """
                EXISTS (SELECT 1 FROM purchase_order other INDEXED BY order_by_client
                    WHERE other.client = ? AND other.created_at = \(createdAt) AND other.id = \(id))
                """, [query.clients[0]])
        case .countries where query.countries.count == 1:
            return HistoryCondition(
                """
                EXISTS (SELECT 1 FROM purchase_order other INDEXED BY order_by_country
                    WHERE other.country = ? AND other.created_at = \(createdAt) AND other.id = \(id))
                """, [query.countries[0].alpha2])
        case .metadata where !query.metadata.isEmpty:
            return .labels(query.metadata, createdAt: createdAt, id: id)
        case .clients, .vendors, .products, .statuses, .countries, .metadata, .key, .vendorOrder, .batch, .search,
            .total, .expiry:
            return nil
        }
    }
}

/// A condition and what is bound in it.
struct HistoryCondition {
    let sql: String
    let values: [DatabaseValue]

    init(_ sql: String, _ values: [any DatabaseValueConvertible]) {
        self.sql = sql
        self.values = values.map(\.databaseValue)
    }

    /// A column holds one of some values; nil when any will do.
    fileprivate static func oneOf(_ values: [String], _ column: String) -> HistoryCondition? {
        if values.isEmpty { return nil }
        return HistoryCondition(column + " IN (SELECT value FROM json_each(?))", [JSON.texts(values).text])
    }

    fileprivate static func labels(
        _ labels: [OrderRequest.Label], createdAt: String = "o.created_at", id: String = "o.id"
    ) -> HistoryCondition? {
        if labels.isEmpty { return nil }
        let listed = """
            EXISTS (SELECT 1 FROM order_metadata label WHERE label.name = ? AND label.value = ?
                AND label.created_at = \(createdAt) AND label.order_id = \(id))
            """
        return HistoryCondition(
            Array(repeating: listed, count: labels.count).joined(separator: " AND "),
            labels.flatMap { [$0.name, $0.value] })
    }

    fileprivate static func found(_ text: String) -> HistoryCondition {
        HistoryCondition(
            """
            (o.id = ? OR o.vendor_order_id = ? OR o.batch_id = ? OR o.idempotency_key = ?
                OR EXISTS (SELECT 1 FROM json_each(o.request, '$.metadata') label
                    WHERE substr(label.value, 1, length(?)) = ?))
            """, Array(repeating: text, count: 6))
    }
}
