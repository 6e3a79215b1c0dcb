import Foundation
import GRDB
import Purchasing
import Synchronization

/// How orders were before they changed, for the views that are being read.
///
/// Only orders that were there when a view began are kept, each once; so what a view keeps grows with the orders that were
/// open then, not with what is bought meanwhile. The writer keeps an order before it changes it, and readers look here
/// after they have read: what they could have seen changed is here by then.
final class KeptOrders: Sendable {
    /// A view that would keep more than this is given up.
    static let limit = 50_000

    private struct View {
        /// The last row that was there when the view began. Rows are numbered as they come, and none is ever deleted.
        let lastRow: Int64
        var orders: [OrderID: Order] = [:]
        var isGivenUp = false

        mutating func keep(_ order: Order, row: Int64) {
            guard row <= lastRow, !isGivenUp, orders[order.id] == nil else { return }
            isGivenUp = orders.count >= limit
            if isGivenUp { orders = [:] } else { orders[order.id] = order }
        }
    }

    private let views = Mutex<[UUID: View]>([:])

    /// Begins a view: on the writer's connection, so that each change is before it or after it.
    /// - Returns: the last row that is there.
    func begin(_ view: UUID, _ db: Database) throws -> Int64 {
        let sql = "SELECT coalesce(max(rowid), 0) FROM purchase_order"
        let lastRow = try Int64.fetchOne(db.cachedStatement(sql: sql)) ?? 0
        views.withLock { $0[view] = View(lastRow: lastRow) }
        return lastRow
    }

    /// Forgets a view, whether it began or not.
    func end(_ view: UUID) { views.withLock { $0[view] = nil } }

    /// Keeps an order as it is, for every view that does not have it: before the writer changes it.
    func keep(_ id: OrderID, _ db: Database) throws {
        let isWanted = views.withLock { state in
            state.values.contains { !$0.isGivenUp && $0.orders[id] == nil }
        }
        guard isWanted, let order = try OrderReading.order(id, db) else { return }
        let sql = "SELECT rowid FROM purchase_order WHERE id = ?"
        let row = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [id.text]) ?? .max
        views.withLock { state in
            for view in state.keys { state[view]?.keep(order, row: row) }
        }
    }

    /// Answers from what was kept for a view so far: in its place, since what is handed out would be copied by the next
    /// change.
    /// - Throws: `StoreError.unavailable` when it was given up.
    func read<Answer: Sendable>(_ view: UUID, _ answer: ([OrderID: Order]) -> Answer) throws(StoreError) -> Answer {
        let answer = views.withLock { views in
            views[view].flatMap { $0.isGivenUp ? nil : answer($0.orders) }
        }
        guard let answer else {
            throw .unavailable("too many orders changed while they were read; ask for less at a time")
        }
        return answer
    }
}
