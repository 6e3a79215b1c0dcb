import Foundation
import GRDB
import Purchasing
import Synchronization

/// A view of history: pieces that are read as they are now, with what changed put back as it was.
final class SQLiteOrderView: OrderView {
    private let store: SQLiteOrderStore
    private let kept: KeptOrders
    private let query: OrderQuery
    private let id: UUID
    private let lastRow: Int64
    /// Where the next piece begins; nil at the end.
    private let start: Mutex<HistoryPlace?>

    /// - Parameter start: before which place the first piece begins; nil for none at all.
    init(
        _ query: OrderQuery, store: SQLiteOrderStore, kept: KeptOrders, id: UUID, lastRow: Int64, start: HistoryPlace?
    ) {
        self.store = store
        self.kept = kept
        self.query = query
        self.id = id
        self.lastRow = lastRow
        self.start = Mutex(start)
    }

    deinit { kept.end(id) }

    func next() async throws(StoreError) -> [Order]? {
        guard let start = start.withLock({ $0 }) else { return nil }
        let history = History(query, upTo: lastRow)
        let piece = try await store.readApart { db in try history.piece(before: start, db) }
        self.start.withLock { $0 = piece.end }
        return try kept.read(id) { restored(piece, before: start, $0) }
    }

    /// The piece with every order that changed as it was, or without it where it did not match then.
    private func restored(
        _ piece: HistoryPiece, before start: HistoryPlace, _ kept: [OrderID: Order]
    ) -> [Order] {
        if kept.isEmpty { return piece.orders }
        let earlier = kept.values.filter { order in
            let place = HistoryPlace(createdAt: order.createdAt.milliseconds, id: order.id.text)
            return HistoryPlace.isNewer(start, than: place)
                && !(piece.end.map { HistoryPlace.isNewer($0, than: place) } ?? false) && query.matches(order)
        }
        return (piece.orders.filter { kept[$0.id] == nil } + earlier)
            .sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
    }
}
