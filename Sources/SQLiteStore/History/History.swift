import Foundation
import GRDB
import Purchasing

/// Pages of history, newest first by `(created_at, id)`; see `HistoryPlan` for how they are found.
struct History {
    /// The orders of a piece of a view.
    private static let pieceSize = 200

    private let query: OrderQuery
    private let limit: Int
    /// The last row to be seen; nil when new ones may be.
    private let lastRow: Int64?

    init(_ query: OrderQuery) {
        self.query = query
        lastRow = nil
        limit = min(max(query.limit, 1), 200)
    }

    /// For those who only want the places, many at a time.
    init(_ query: OrderQuery, pieceSize: Int) {
        self.query = query
        lastRow = nil
        limit = pieceSize
    }

    /// For a view of history as it was when a row was the last.
    init(_ query: OrderQuery, upTo lastRow: Int64) {
        self.query = query
        self.lastRow = lastRow
        limit = Self.pieceSize
    }

    /// Reads the page; everything in it is of one state of the database when a transaction is open.
    func page(_ db: Database) throws -> OrderPage {
        guard let start = try start(db) else { return OrderPage(orders: [], hasMore: false) }
        let piece = try piece(before: start, db)
        return OrderPage(orders: piece.orders, hasMore: piece.end != nil)
    }

    /// Reads the page that begins before a place.
    func piece(before start: HistoryPlace, _ db: Database) throws -> HistoryPiece {
        let (places, end) = try places(before: start, db)
        return HistoryPiece(orders: try OrderReading.orders(places.map(\.id), db), end: end)
    }

    /// Where the page's orders stand, newest first, and the last of these places when more follow.
    func places(before start: HistoryPlace, _ db: Database) throws -> (places: [HistoryPlace], end: HistoryPlace?) {
        let oldest = query.createdAfter?.firstMillisecond ?? .min
        let bounds = HistoryBounds(oldest: oldest, start: start, limit: limit + 1, lastRow: lastRow)
        let places = try merged(try HistoryPlan(query, bounds).statements(db), db)
        let page = Array(places.prefix(limit))
        return (page, places.count > limit ? page.last : nil)
    }

    /// The places that some questions find together, newest first.
    private func merged(_ statements: [HistoryStatement], _ db: Database) throws -> [HistoryPlace] {
        if statements.count == 1, statements[0].isOrdered { return try statements[0].places(db) }
        var places: Set<HistoryPlace> = []
        for statement in statements { places.formUnion(try statement.places(db)) }
        return places.sorted(by: HistoryPlace.isNewer)
    }

    /// Where to start: before the order at which the page before ended, and before `createdBefore`, whichever is
    /// earlier. One bound, because SQLite would take one of two for the index and walk to the other. Nil when there is no
    /// such order.
    func start(_ db: Database) throws -> HistoryPlace? {
        let newest = HistoryPlace(createdAt: query.createdBefore?.firstMillisecond ?? .max, id: "")
        guard let before = query.before else { return newest }
        let createdAt = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT created_at FROM purchase_order WHERE id = ?"), arguments: [before.text])
        guard let createdAt else { return nil }
        let place = HistoryPlace(createdAt: createdAt, id: before.text)
        return HistoryPlace.isNewer(place, than: newest) ? newest : place
    }
}

/// Orders that follow each other in history.
struct HistoryPiece: Sendable {
    let orders: [Order]
    /// The place of the last; nil when no more follow.
    let end: HistoryPlace?
}
