import GRDB

/// One question for the places of orders, between two bounds of age.
struct HistoryStatement {
    let sql: String
    let arguments: StatementArguments
    /// Whether its orders come newest first, each once, and no more than the bounds let through.
    let isOrdered: Bool
    private let limit: Int

    /// Where created_at and id are read for the bounds: of the table whose index the way follows.
    enum Table {
        case orders, labels

        var createdAt: String { self == .orders ? "o.created_at" : "m.created_at" }
        var id: String { self == .orders ? "o.id" : "m.order_id" }
    }

    /// - Parameters:
    ///   - beginning: a SELECT of `created_at` and `id` up to its first condition.
    ///   - isOrdered: whether the index has the orders newest first; a page takes the first of them then, else all.
    init(
        _ beginning: String, _ values: [DatabaseValue], _ bounds: HistoryBounds, _ others: [HistoryCondition],
        isOrdered: Bool, table: Table = .orders
    ) {
        let (createdAt, id) = (table.createdAt, table.id)
        var sql = beginning + " AND \(createdAt) >= ? AND (\(createdAt), \(id)) < (?, ?)"
        if bounds.lastRow != nil { sql += " AND o.rowid <= ?" }
        for condition in others { sql += " AND " + condition.sql }
        var all = values + bounds.values + others.flatMap(\.values)
        if isOrdered {
            sql += " ORDER BY \(createdAt) DESC, \(id) DESC LIMIT ?"
            all.append(bounds.limit.databaseValue)
        }
        self.sql = sql
        self.isOrdered = isOrdered
        limit = bounds.limit
        arguments = StatementArguments(all)
    }

    func places(_ db: Database) throws -> [HistoryPlace] {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        return try Array(rows.map { HistoryPlace(createdAt: $0[0], id: $0[1]) })
    }
}

extension HistoryStatement {
    /// How many orders it finds for each millisecond of history that it goes through; 0 when it finds fewer than its bounds
    /// let through, and so comes to its end.
    func density(_ db: Database) throws -> Double {
        let places = try places(db)
        guard let first = places.first, let last = places.last, places.count == limit else { return 0 }
        return Double(places.count) / Double(max(first.createdAt - last.createdAt, 1))
    }
}

/// An order's place in history.
struct HistoryPlace: Hashable {
    let createdAt: Int64
    let id: String

    static func isNewer(_ left: HistoryPlace, than right: HistoryPlace) -> Bool {
        (left.createdAt, left.id) > (right.createdAt, right.id)
    }
}

/// From which age on, before which place, and how many orders at most.
struct HistoryBounds {
    let oldest: Int64
    let start: HistoryPlace
    let limit: Int
    /// The last row to be seen; nil when new ones may be.
    let lastRow: Int64?

    fileprivate var values: [DatabaseValue] {
        [oldest.databaseValue, start.createdAt.databaseValue, start.id.databaseValue]
            + (lastRow.map { [$0.databaseValue] } ?? [])
    }
}
