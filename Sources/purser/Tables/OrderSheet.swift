import ExactJSON
import Foundation

/// One order, a line for each thing that is known of it.
struct OrderSheet {
    let order: JSON
    let now: Date

    var text: String {
        let expiry = order["expires_at"]
        let lines: [(name: String, value: String)] = [
            ("order", order["id"].cell), ("status", order["status"].cell),
            ("money", order["money_state"].cell.replacing("_", with: " ")), ("vendor", order["vendor"].cell),
            ("vendor's order", order["vendor_order_id"].cell), ("vendor's number", order["vendor_order_number"].cell),
            ("batch", order["batch_id"].cell), ("total", order["total"].moneyCell),
            ("refunded", order["refunded"].moneyCell),
            ("expires", expiry.cell == "-" ? "-" : "\(expiry.cell) (\(expiry.remainderCell(at: now)))"),
            ("renews itself", order["auto_renew"].rentalCell), ("client", order["client"].cell),
            ("key", order["idempotency_key"].cell), ("made", order["created_at"].cell),
            ("settled", order["settled_at"].cell),
        ]
        let request = order["request"].lines.filter { $0.name != "vendor" }
        let metadata = order["metadata"].lines.map { ("metadata \($0.name)", $0.value) }
        let notes = OrderStanding(order).notes.map { "  \($0)\n" }.joined()
        return Sheet(lines: lines + request + metadata).text + notes
    }
}
