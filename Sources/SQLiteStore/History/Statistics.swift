import ExactJSON
import Foundation
import GRDB
import Purchasing

/// Sums of orders: from the tables that the database keeps, as far as they tell what is asked, else from the orders.
struct Statistics {
    let query: StatisticsQuery
    let filter: OrderQuery
    /// How many rows are added up at once: SQLite sorts what it groups, in memory.
    private let pieceSize: Int

    init(_ query: StatisticsQuery, pieceSize: Int = 50_000) {
        self.query = query
        self.pieceSize = pieceSize
        filter = query.filter
    }

    /// The rows, in no particular order; of one state of the database when a transaction is open.
    func rows(_ db: Database) throws -> [StatisticsRow] {
        var sums = GroupedSums(query)
        if isNarrow {
            try addOneByOne(to: &sums, db)
        } else if let table {
            try addWindow(of: table, to: &sums, db)
        } else {
            try addOrders(between: after, and: before, to: &sums, db)
        }
        if query.hasActions { try addActions(to: &sums, db) }
        return sums.rows
    }

    /// Whether a filter is there that no sums are kept by, or a label is asked for.
    var isNarrow: Bool {
        HistoryFilter.allCases.contains { filter in
            ![.clients, .vendors, .products, .statuses, .countries].contains(filter)
                && filter.condition(of: self.filter) != nil
        }
    }

    var after: Int64 { filter.createdAfter?.firstMillisecond ?? .min }
    var before: Int64 { filter.createdBefore?.firstMillisecond ?? .max }

    // MARK: Kept sums

    /// The first table that tells everything that is asked; nil when only the orders do.
    private var table: SumTable? {
        var needed = Set(query.groups.compactMap(\.key))
        if !filter.clients.isEmpty { needed.insert(.client) }
        if !filter.vendors.isEmpty { needed.insert(.vendor) }
        if !filter.products.isEmpty { needed.insert(.product) }
        if !filter.countries.isEmpty { needed.insert(.country) }
        if !filter.statuses.isEmpty { needed.insert(.status) }
        guard !query.groups.contains(where: \.isLabel) else { return nil }
        let hasTime = query.groups.contains { $0 == .day || $0 == .month }
        let time: SumTable.Key = hasTime && !query.timeZone.isAlwaysUTC ? .quarter : .day
        return Schema.sums.first { $0.keys.first == time && needed.isSubset(of: $0.keys) }
    }

    /// Whole days or quarters from the table, and what is left at both ends from the orders.
    private func addWindow(of table: SumTable, to sums: inout GroupedSums, _ db: Database) throws {
        let unit = table.unit
        let first = after == .min ? Int64.min : (after + unit - 1).flooredDivision(by: unit)
        let end = before == .max ? Int64.max : before.flooredDivision(by: unit)
        guard first < end else { return try addOrders(between: after, and: before, to: &sums, db) }
        if table.time == .quarter {
            try addQuarters(of: table, from: first, to: end, to: &sums, db)
        } else {
            try addPieces(of: table.name, by: table.time.rawValue, from: first, to: end, to: &sums, db) {
                kept(in: table, from: $0, to: $1)
            }
        }
        if after != .min { try addOrders(between: after, and: first * unit, to: &sums, db) }
        if before != .max { try addOrders(between: end * unit, and: before, to: &sums, db) }
    }

    /// Sums by quarter, added up to the days of the zone where they are found: between two changes of its clocks all of
    /// them are as far from UTC.
    private func addQuarters(
        of table: SumTable, from first: Int64, to end: Int64, to sums: inout GroupedSums, _ db: Database
    ) throws {
        let next = "SELECT min(quarter) FROM " + table.name + " WHERE quarter >= ? AND quarter < ?"
        var start = first
        while start < end, let quarter = try Int64.fetchOne(db.cachedStatement(sql: next), arguments: [start, end]) {
            let (seconds, fromUTC) = query.timeZone.stretch(from: quarter * 900)
            // A quarter in which clocks are changed is of the time before.
            start = min(end, seconds.upperBound == .max ? .max : (seconds.upperBound + 899) / 900)
            try add(kept(in: table, from: quarter, to: start, fromUTC: fromUTC), to: &sums, db)
        }
    }

    /// - Parameter fromUTC: how many seconds the days begin before those of UTC, for sums by quarter.
    private func kept(in table: SumTable, from first: Int64, to end: Int64, fromUTC: Int64 = 0) -> SumSource {
        let time = "o." + table.time.rawValue
        let day = table.time == .day ? time : "(\(time) * 900 + \(fromUTC)) / 86400"
        return SumSource(
            from: table.name + " o", keys: { $0 == .day ? day : "o." + $0.rawValue }, time: .day,
            currency: "o.currency", terms: SumTable.columns.map { "o." + $0 },
            conditions: conditions + [HistoryCondition("\(time) >= ? AND \(time) < ?", [first, end])])
    }

    var conditions: [HistoryCondition] {
        [HistoryFilter.clients, .vendors, .products, .statuses, .countries].compactMap { $0.condition(of: filter) }
    }

    /// Adds a source up piece by piece; what has one time is never parted.
    private func addPieces(
        of table: String, by time: String, from first: Int64, to end: Int64, to sums: inout GroupedSums, _ db: Database,
        _ piece: (_ start: Int64, _ end: Int64) -> SumSource
    ) throws {
        let sql = "SELECT \(time) FROM \(table) WHERE \(time) >= ? AND \(time) < ? ORDER BY \(time) LIMIT 1 OFFSET ?"
        var start = first
        while start < end {
            let far = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [start, end, pieceSize])
            let next = far.map { max($0, start + 1) } ?? end
            try add(piece(start, next), to: &sums, db)
            start = next
        }
    }

    // MARK: Orders

    private func addOrders(
        between after: Int64, and before: Int64, to sums: inout GroupedSums, _ db: Database
    ) throws {
        let table = "purchase_order INDEXED BY order_by_age"
        try addPieces(of: table, by: "created_at", from: after, to: before, to: &sums, db) {
            orders(between: $0, and: $1)
        }
    }

    private func orders(between after: Int64, and before: Int64) -> SumSource {
        SumSource(
            from: "purchase_order o INDEXED BY order_by_age", keys: { $0.value(of: "o") }, time: .quarter,
            currency: SumTable.currency(of: "o"), terms: SumTable.terms(of: "o").map(\.value),
            conditions: conditions + [
                HistoryCondition("o.created_at >= ? AND o.created_at < ?", [after, before])
            ])
    }

    /// Orders that a narrow filter leaves are found as a page of history finds them, many at a time.
    private func addOneByOne(to sums: inout GroupedSums, _ db: Database) throws {
        let history = History(filter, pieceSize: 5000)
        var next = try history.start(db)
        while let start = next {
            let piece = try history.places(before: start, db)
            let ids = JSON.texts(piece.places.map(\.id)).text
            let source = SumSource(
                from: "purchase_order o", keys: { $0.value(of: "o") }, time: .quarter,
                currency: SumTable.currency(of: "o"), terms: SumTable.terms(of: "o").map(\.value),
                conditions: [HistoryCondition("o.id IN (SELECT value FROM json_each(?))", [ids])])
            try add(source, to: &sums, db)
            next = piece.end
        }
    }

    func add(_ source: SumSource, to sums: inout GroupedSums, _ db: Database) throws {
        let (sql, arguments) = source.statement(for: query.groups)
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() { sums.add(row, time: source.time, isOfActions: source.isOfActions) }
    }
}

/// Rows that can be grouped and added up: sums that are kept, or orders.
struct SumSource {
    let from: String
    let keys: (SumTable.Key) -> String
    /// What a day or month is told from.
    let time: SumTable.Key
    let currency: String
    let terms: [String]
    let conditions: [HistoryCondition]
    /// Whether the terms are those of actions, and not of orders.
    var isOfActions = false

    func statement(for groups: [StatisticsQuery.Group]) -> (sql: String, arguments: StatementArguments) {
        var values: [DatabaseValue] = []
        let columns = groups.map { group in
            switch group {
            case .day, .month: return keys(time)
            case .vendor: return keys(.vendor)
            case .product: return keys(.product)
            case .client: return keys(.client)
            case .country: return keys(.country)
            case .status: return keys(.status)
            case .metadata(let name):
                values.append(name.databaseValue)
                return "(SELECT value FROM json_each(o.request, '$.metadata') WHERE key = ?)"
            }
        }
        let sql =
            "SELECT " + (columns + [currency] + terms.map { "sum(" + $0 + ")" }).joined(separator: ", ") + " FROM "
            + from
            + (conditions.isEmpty ? "" : " WHERE " + conditions.map(\.sql).joined(separator: " AND "))
            + " GROUP BY " + (1...columns.count + 1).map(String.init).joined(separator: ", ") + order(of: groups)
        return (sql, StatementArguments(values + conditions.flatMap(\.values)))
    }
}

extension SumSource {
    /// Almost as they are told, what has none last: a sort of what is sorted is quick.
    private func order(of groups: [StatisticsQuery.Group]) -> String {
        let columns = groups.enumerated().flatMap { index, group in
            let column = String(index + 1)
            switch group {
            case .vendor: return [keys(.vendor) + " = ''", column]
            case .country: return [keys(.country) + " = ''", column]
            case .day, .month, .product, .client, .status, .metadata: return [column]
            }
        }
        return columns.isEmpty ? "" : " ORDER BY " + columns.joined(separator: ", ")
    }
}

extension SumTable {
    /// The key that says when.
    var time: Key { keys[0] }
    /// How many milliseconds one of it lasts.
    var unit: Int64 { time == .day ? 86_400_000 : 900_000 }
}

extension StatisticsQuery.Group {
    var isLabel: Bool { if case .metadata = self { true } else { false } }

    /// What a table of sums has to tell apart for the group; nil where any of them does.
    var key: SumTable.Key? {
        switch self {
        case .day, .month, .metadata: nil
        case .vendor: .vendor
        case .product: .product
        case .client: .client
        case .country: .country
        case .status: .status
        }
    }
}

extension TimeZone {
    var isAlwaysUTC: Bool { self == .gmt || identifier == "UTC" || identifier == "Etc/UTC" }
}

extension Int64 {
    /// The quotient rounded down, also below zero.
    func flooredDivision(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
