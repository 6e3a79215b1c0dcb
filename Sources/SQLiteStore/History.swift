import ExactJSON
import Foundation
import GRDB
import Purchasing

/// Pages of history, newest first by `(created_at, id)`.
///
/// A filter that leaves the vendor, product or status open is answered by one short index walk for each combination of
/// their values, merged: a few dozen walks of at most a page each, whether there are a thousand orders or ten million,
/// and whether they match often or hardly ever. An index for each combination of filters would cost every write more.
struct History {
    private let query: OrderQuery
    private let limit: Int

    /// Where a page starts, or an order's place in history.
    private struct Place {
        let createdAt: Int64
        let id: String

        static func isNewer(_ left: Place, than right: Place) -> Bool {
            (left.createdAt, left.id) > (right.createdAt, right.id)
        }
    }

    init(_ query: OrderQuery) {
        self.query = query
        limit = min(max(query.limit, 1), 200)
    }

    /// Reads the page; everything in it is of one state of the database when a transaction is open.
    func page(_ db: Database) throws -> OrderPage {
        guard let start = try start(db) else { return OrderPage(orders: [], hasMore: false) }
        let oldest = query.createdAfter?.firstMillisecond ?? .min
        var places: [Place] = []
        for walk in try walks(db) {
            places += try walk.places(from: oldest, before: start, atMost: limit + 1, db)
        }
        places.sort(by: Place.isNewer)
        let orders = try places.prefix(limit).compactMap { place in
            try OrderID(place.id, kind: .order).flatMap { try OrderReading.order($0, db) }
        }
        return OrderPage(orders: orders, hasMore: places.count > limit)
    }

    /// Where to start: before the order at which the page before ended, and before `createdBefore`, whichever is
    /// earlier. One bound, because SQLite would take one of two for the index and walk to the other. Nil when there is no
    /// such order.
    private func start(_ db: Database) throws -> Place? {
        let newest = Place(createdAt: query.createdBefore?.firstMillisecond ?? .max, id: "")
        guard let before = query.before else { return newest }
        let createdAt = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT created_at FROM purchase_order WHERE id = ?"), arguments: [before.text])
        guard let createdAt else { return nil }
        let place = Place(createdAt: createdAt, id: before.text)
        return Place.isNewer(place, than: newest) ? newest : place
    }

    // MARK: Walks

    /// One walk along one index.
    private struct Walk {
        let sql: String
        let values: [DatabaseValue]

        func places(from oldest: Int64, before start: Place, atMost limit: Int, _ db: Database) throws -> [Place] {
            let bounds = [
                oldest.databaseValue, start.createdAt.databaseValue, start.id.databaseValue, limit.databaseValue,
            ]
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: sql), arguments: StatementArguments(values + bounds))
            return try Array(rows.map { Place(createdAt: $0[0], id: $0[1]) })
        }
    }

    private static func walk(where condition: String) -> String {
        "SELECT created_at, id FROM purchase_order WHERE " + condition
            + " created_at >= ? AND (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?"
    }

    static let everything = walk(where: "")
    static let ofClient = walk(where: "client = ? AND")
    static let ofKind = walk(where: "vendor IS ? AND product = ? AND status = ? AND")
    static let ofClientAndKind = walk(where: "client = ? AND vendor IS ? AND product = ? AND status = ? AND")

    /// Of orders whose goods lapse in a window, which are few: those of the window are read, and put in their order.
    static let lapsing = """
        SELECT created_at, id FROM purchase_order INDEXED BY order_lapsing
        WHERE status IN ('provisioning', 'completed') AND expires_at IS NOT NULL
            AND expires_at >= ? AND expires_at < ?
            AND (json_array_length(?) = 0 OR client IN (SELECT value FROM json_each(?)))
            AND (json_array_length(?) = 0 OR vendor IN (SELECT value FROM json_each(?)))
            AND (json_array_length(?) = 0 OR product IN (SELECT value FROM json_each(?)))
            AND (json_array_length(?) = 0 OR status IN (SELECT value FROM json_each(?)))
            AND created_at >= ? AND (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?
        """

    private var lapsingWalk: Walk {
        let lists = [query.clients, query.vendors, query.products.map(\.rawValue), query.statuses.map(\.rawValue)]
        let window = [
            query.expiresAfter?.firstMillisecond ?? .min, query.expiresBefore?.firstMillisecond ?? .max,
        ]
        let texts = lists.flatMap { list in Array(repeating: JSON.texts(list).text.databaseValue, count: 2) }
        return Walk(sql: Self.lapsing, values: window.map(\.databaseValue) + texts)
    }

    private func walks(_ db: Database) throws -> [Walk] {
        if query.expiresAfter != nil || query.expiresBefore != nil { return [lapsingWalk] }
        let clients = unique(query.clients).map(\.databaseValue)
        if query.statuses.isEmpty, query.products.isEmpty, query.vendors.isEmpty {
            return clients.isEmpty
                ? [Walk(sql: Self.everything, values: [])] : clients.map { Walk(sql: Self.ofClient, values: [$0]) }
        }
        let kinds = try kinds(db)
        return clients.isEmpty
            ? kinds.map { Walk(sql: Self.ofKind, values: $0) }
            : clients.flatMap { client in kinds.map { Walk(sql: Self.ofClientAndKind, values: [client] + $0) } }
    }

    /// Every combination of vendor, product and status that the query lets through.
    private func kinds(_ db: Database) throws -> [[DatabaseValue]] {
        let vendors =
            query.vendors.isEmpty ? try vendors(db) : unique(query.vendors).map(\.databaseValue)
        let products = query.products.isEmpty ? Product.allCases : unique(query.products)
        let statuses = query.statuses.isEmpty ? OrderStatus.allCases : unique(query.statuses)
        return vendors.flatMap { vendor in
            products.flatMap { product in
                statuses.map { [vendor, product.rawValue.databaseValue, $0.rawValue.databaseValue] }
            }
        }
    }

    /// Every vendor that has an order, and null for the orders that have none yet: one index look-up for each.
    private func vendors(_ db: Database) throws -> [DatabaseValue] {
        try DatabaseValue.fetchAll(db.cachedStatement(sql: Self.knownVendors))
    }

    static let knownVendors = """
        WITH RECURSIVE known (vendor) AS (
            SELECT min(vendor) FROM purchase_order
            UNION ALL
            SELECT (SELECT min(vendor) FROM purchase_order WHERE vendor > known.vendor)
            FROM known WHERE known.vendor IS NOT NULL)
        SELECT vendor FROM known
        """

    private func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }
}

extension Date {
    /// The first whole millisecond that is not before this instant.
    fileprivate var firstMillisecond: Int64 {
        Date(milliseconds: milliseconds) < self ? milliseconds + 1 : milliseconds
    }
}
