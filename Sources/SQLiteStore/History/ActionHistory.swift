import ExactJSON
import Foundation
import GRDB
import Purchasing

/// Pages of actions, newest first by `(created_at, id)`, read as those of orders are (`History`): one short index walk for
/// each combination of what a filter leaves open, merged.
struct ActionHistory {
    private let query: ActionQuery
    private let limit: Int

    /// Where a page starts, or an action's place in history.
    private struct Place {
        let createdAt: Int64
        let id: String

        static func isNewer(_ left: Place, than right: Place) -> Bool {
            (left.createdAt, left.id) > (right.createdAt, right.id)
        }
    }

    init(_ query: ActionQuery) {
        self.query = query
        limit = min(max(query.limit, 1), 200)
    }

    /// Reads the page; everything in it is of one state of the database when a transaction is open.
    func page(_ db: Database) throws -> ActionPage {
        guard let start = try start(db) else { return ActionPage(actions: [], hasMore: false) }
        let rest: [DatabaseValue] = [
            (query.needsReview.map { $0 ? 1 : 0 }).databaseValue, start.createdAt.databaseValue,
            start.id.databaseValue, (limit + 1).databaseValue,
        ]
        var places: [Place] = []
        for (sql, values) in walks {
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: sql), arguments: StatementArguments(values + rest))
            places += try Array(rows.map { Place(createdAt: $0[0], id: $0[1]) })
        }
        places.sort(by: Place.isNewer)
        let actions = try places.prefix(limit).compactMap { place in
            try ActionID(place.id, kind: .action).flatMap { try ActionReading.action($0, db) }
        }
        return ActionPage(actions: actions, hasMore: places.count > limit)
    }

    /// Before the action at which the page before ended; nil when there is no such action.
    private func start(_ db: Database) throws -> Place? {
        guard let before = query.before else { return Place(createdAt: .max, id: "") }
        let createdAt = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT created_at FROM action WHERE id = ?"), arguments: [before.text])
        return createdAt.map { Place(createdAt: $0, id: before.text) }
    }

    // MARK: Walks

    private static func walk(where condition: String) -> String {
        "SELECT created_at, id FROM action WHERE " + condition
            + " needs_review IS coalesce(?, needs_review) AND (created_at, id) < (?, ?)"
            + " ORDER BY created_at DESC, id DESC LIMIT ?"
    }

    static let everything = walk(where: "")
    static let ofOwner = walk(where: "owner = ? AND")
    static let ofKind = walk(where: "kind = ? AND status = ? AND")
    static let ofOwnerAndKind = walk(where: "owner = ? AND kind = ? AND status = ? AND")
    /// An order has few actions: those are read, and the others left out.
    static let ofOrder = walk(
        where: """
            order_id = ?
                AND (json_array_length(?) = 0 OR owner IN (SELECT value FROM json_each(?)))
                AND (json_array_length(?) = 0 OR kind IN (SELECT value FROM json_each(?)))
                AND (json_array_length(?) = 0 OR status IN (SELECT value FROM json_each(?))) AND
            """)

    private var walks: [(sql: String, values: [DatabaseValue])] {
        if let order = query.order { return [(Self.ofOrder, [order.text.databaseValue] + orderFilters)] }
        let owners = unique(query.clients).map(\.databaseValue)
        if query.statuses.isEmpty, query.kinds.isEmpty, query.needsReview != true {
            return owners.isEmpty ? [(Self.everything, [])] : owners.map { (Self.ofOwner, [$0]) }
        }
        return owners.isEmpty
            ? combinations.map { (Self.ofKind, $0) }
            : owners.flatMap { owner in combinations.map { (Self.ofOwnerAndKind, [owner] + $0) } }
    }

    private var orderFilters: [DatabaseValue] {
        [query.clients, query.kinds.map(\.rawValue), query.statuses.map(\.rawValue)].flatMap { list in
            Array(repeating: JSON.texts(list).text.databaseValue, count: 2)
        }
    }

    /// Every combination of kind and status that the query lets through; only what is unknown is for a person to decide.
    private var combinations: [[DatabaseValue]] {
        let kinds = query.kinds.isEmpty ? ActionKind.allCases : unique(query.kinds)
        var statuses = query.statuses.isEmpty ? ActionStatus.allCases : unique(query.statuses)
        if query.needsReview == true { statuses.removeAll { $0 != .unknown } }
        return kinds.flatMap { kind in
            statuses.map { [kind.rawValue.databaseValue, $0.rawValue.databaseValue] }
        }
    }

    private func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }
}
