import ExactJSON
import Foundation

/// Who is sent events.
struct WebhookTable {
    let webhooks: JSON
    let now: Date

    func text(colours: Bool) -> String {
        let rows = webhooks["data"]?.array ?? []
        guard !rows.isEmpty else { return "No webhooks.\n" }
        var table = TextTable("WEBHOOK", "STATUS", "URL", "EVENTS", "CLIENTS", .numbers("DELIVERED"), "NOTE")
        for webhook in rows {
            let status = webhook["status"].cell
            let style: TextTable.Style =
                status == "active" ? .plain : status == "resting" ? .doubtful : .faint
            table.add(
                [
                    webhook["id"].cell, status, webhook["url"].cell, Self.list(webhook["events"]),
                    Self.list(webhook["clients"]), webhook["last_delivered_at"].ageCell(at: now),
                    Self.note(on: webhook),
                ], style)
        }
        return table.text(colours: colours)
    }

    /// An empty list means all.
    static func list(_ list: JSON?) -> String { list?.array?.isEmpty == true ? "all" : list.cell }

    /// Why it rests, or is disabled.
    static func note(on webhook: JSON) -> String {
        if let disabled = webhook["disabled"], !disabled.isNull { return "disabled: \(disabled["reason"].cell)" }
        guard let resting = webhook["resting"], !resting.isNull else { return "-" }
        return "rests since \(resting["since"].minuteCell): \(resting["reason"].cell)"
    }
}
