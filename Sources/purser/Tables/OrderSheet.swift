import ExactJSON
import Foundation

/// One order, a line for each thing that is known of it.
struct OrderSheet {
    let order: JSON
    let now: Date
    /// The order's timeline, where it tells of a decision; null where it was not read.
    var events = JSON.null

    var text: String {
        let expiry = order["expires_at"]
        let lines: [(name: String, value: String)] = [
            ("order", order["id"].cell), ("status", order["status"].cell),
            ("money", order["money_state"].cell.replacing("_", with: " ")), ("vendor", order["vendor"].cell),
            ("vendor's order", order["vendor_order_id"].cell), ("vendor's number", order["vendor_order_number"].cell),
            ("batch", order["batch_id"].cell), ("total", order["total"].moneyCell),
            ("total from", order["total_source"].cell),
            ("refunded", order["refunded"].moneyCell),
            ("expires", expiry.cell == "-" ? "-" : "\(expiry.cell) (\(expiry.remainderCell(at: now)))"),
            ("renews itself", order["auto_renew"].rentalCell), ("client", order["client"].cell),
            ("key", order["idempotency_key"].cell), ("made", order["created_at"].cell),
            ("settled", order["settled_at"].cell),
        ]
        let request = order["request"].lines.filter { $0.name != "vendor" }
        let metadata = order["metadata"].lines.map { ("metadata \($0.name)", $0.value) }
        let notes = OrderStanding(order).notes.map { "  \($0)\n" }.joined()
        return Sheet(lines: lines + decisions + request + metadata).text + notes
    }

    /// What persons decided, and why.
    private var decisions: [(name: String, value: String)] {
        (events["data"]?.array ?? []).compactMap { event in
            guard event["type"] == "decision.made", let data = event["data"], let reason = data["reason"]?.string,
                let by = data["by"]?.string
            else { return nil }
            let what = event["cause"] == "goods_named" ? "goods named" : data["outcome"].cell.replacing("_", with: " ")
            return ("decided", "\(what), by \(by): \(reason)")
        }
    }

    /// Whether a person may have decided about an order, so that its timeline tells why.
    static func mayBeDecided(_ order: JSON) -> Bool {
        order["money_state"] != "maybe_spent" && order["attempts"]?.array?.last?["outcome"] == "unknown"
            || order["total_source"] == "operator"
    }
}
