import ExactJSON
import Foundation

/// Orders as the gateway's history has them.
struct OrderTable {
    let orders: JSON
    let now: Date

    func text(colours: Bool) -> String {
        let rows = orders["data"]?.array ?? []
        guard !rows.isEmpty else { return "No orders.\n" }
        var table = TextTable(
            "ORDER", "PRODUCT", "VENDOR", "STATUS", .numbers("TOTAL"), .numbers("AGE"), .numbers("LAPSES IN"), "CLIENT",
            "NOTE")
        for order in rows {
            let standing = OrderStanding(order)
            let style: TextTable.Style = standing.isDone ? .plain : standing.isNotDone ? .faint : .doubtful
            table.add(
                [
                    order["id"].cell, order["product"].cell, order["vendor"].cell, order["status"].cell,
                    order["total"].moneyCell, order["created_at"].ageCell(at: now),
                    order["expires_at"].remainderCell(at: now), order["client"].cell,
                    standing.notes.joined(separator: "; "),
                ], style)
        }
        return table.text(colours: colours) + orders.moreText
    }
}
