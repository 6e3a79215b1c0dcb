import GRDB
import Purchasing

/// A way through one index on which orders come newest first.
enum HistoryPath {
    case everything
    case client(String)
    /// The vendor is null for orders that have none yet.
    case kind(vendor: DatabaseValue, product: Product, status: OrderStatus)
    case clientAndKind(client: String, vendor: DatabaseValue, product: Product, status: OrderStatus)
    case country(Country)
    case label(OrderRequest.Label)
    case key(String)
    case vendorOrder(vendor: DatabaseValue, id: String)
    case batch(vendor: DatabaseValue, id: String)
    case order(String)
    /// Some label has a value.
    case anyLabel(String)
    /// A label's value begins with a text; the only way that does not meet orders in the order of age.
    case labelPrefix(String)

    /// How many orders stand on the way, but no more than `limit`.
    func count(atMost limit: Int, _ db: Database) throws -> Int {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM " + source + " WHERE " + condition.sql + " LIMIT ?)"
        return try Int.fetchOne(
            db.cachedStatement(sql: sql),
            arguments: StatementArguments(condition.values + [limit.databaseValue])) ?? 0
    }

    /// Reads the orders along the way, newest first.
    func walk(_ bounds: HistoryBounds, _ others: [HistoryCondition]) -> HistoryStatement {
        HistoryStatement(
            beginning + " \(table.createdAt), \(table.id) FROM " + source + " WHERE " + condition.sql, condition.values,
            bounds, others, isOrdered: isOrdered, table: table)
    }

    /// Two labels of an order may have the value that is looked for, and the order counts once.
    private var beginning: String {
        if case .anyLabel = self { "SELECT DISTINCT" } else { "SELECT" }
    }

    private var isOrdered: Bool {
        if case .labelPrefix = self { false } else { true }
    }

    /// The table whose index the way follows.
    var table: HistoryStatement.Table {
        switch self {
        case .label, .anyLabel, .labelPrefix: .labels
        case .everything, .client, .kind, .clientAndKind, .country, .key, .vendorOrder, .batch, .order: .orders
        }
    }

    private var source: String {
        switch self {
        case .everything: "purchase_order o INDEXED BY order_by_age"
        case .client: "purchase_order o INDEXED BY order_by_client"
        case .kind: "purchase_order o INDEXED BY order_by_kind"
        case .clientAndKind: "purchase_order o INDEXED BY order_by_client_and_kind"
        case .country: "purchase_order o INDEXED BY order_by_country"
        case .key: "purchase_order o INDEXED BY order_by_key"
        case .vendorOrder, .batch, .order: "purchase_order o"
        case .label: "order_metadata m CROSS JOIN purchase_order o ON o.id = m.order_id"
        case .anyLabel, .labelPrefix:
            "order_metadata m INDEXED BY order_metadata_by_value CROSS JOIN purchase_order o ON o.id = m.order_id"
        }
    }

    private var condition: HistoryCondition {
        switch self {
        case .everything: HistoryCondition("true", [])
        case .client(let client): HistoryCondition("o.client = ?", [client])
        case .kind(let vendor, let product, let status):
            HistoryCondition(
                "o.vendor IS ? AND o.product = ? AND o.status = ?", [vendor, product.rawValue, status.rawValue])
        case .clientAndKind(let client, let vendor, let product, let status):
            HistoryCondition(
                "o.client = ? AND o.vendor IS ? AND o.product = ? AND o.status = ?",
                [client, vendor, product.rawValue, status.rawValue])
        case .country(let country): HistoryCondition("o.country = ?", [country.alpha2])
        case .label(let label): HistoryCondition("m.name = ? AND m.value = ?", [label.name, label.value])
        case .key(let key): HistoryCondition("o.idempotency_key = ?", [key])
        case .vendorOrder(let vendor, let id):
            HistoryCondition("o.vendor = ? AND o.vendor_order_id = ?", [vendor, id])
        case .batch(let vendor, let id): HistoryCondition("o.vendor = ? AND o.batch_id = ?", [vendor, id])
        case .order(let id): HistoryCondition("o.id = ?", [id])
        case .anyLabel(let value): HistoryCondition("m.value = ?", [value])
        case .labelPrefix(let text):
            HistoryCondition("m.value >= ? AND m.value < ? || char(0x10FFFF)", [text, text])
        }
    }
}
