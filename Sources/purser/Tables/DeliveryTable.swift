import ExactJSON
import Foundation

/// What a receiver of events was sent, and is owed.
struct DeliveryTable {
    let deliveries: JSON
    let now: Date

    func text(colours: Bool) -> String {
        let rows = deliveries["data"]?.array ?? []
        guard !rows.isEmpty else { return "No deliveries.\n" }
        var table = TextTable(
            "EVENT", "TYPE", "ORDER", .numbers("AGE"), "STATUS", .numbers("ATTEMPTS"), "LAST", .numbers("NEXT IN"))
        for delivery in rows { table.add(cells(of: delivery), style(of: delivery)) }
        return table.text(colours: colours) + deliveries.moreText
    }

    private func cells(of delivery: JSON) -> [String] {
        let last = delivery["last_error"].cell == "-" ? delivery["last_status"].cell : delivery["last_error"].cell
        let waits = delivery["waits_for_earlier"]?.bool == true
        return [
            delivery["event_id"].cell, delivery["type"].cell, delivery["order_id"].cell,
            delivery["event_at"].ageCell(at: now), delivery["status"].cell, delivery["attempts"].cell, last,
            waits ? "an earlier one" : delivery["next_attempt_at"].remainderCell(at: now),
        ]
    }

    private func style(of delivery: JSON) -> TextTable.Style {
        switch delivery["status"]?.string {
        case "failed": .doubtful
        case "delivered": .faint
        default: .plain
        }
    }
}
