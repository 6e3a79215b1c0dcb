import ExactJSON
import Foundation
import Purchasing

/// Batches as their vendors show them.
struct BatchTable {
    let batches: JSON
    let now: Date

    /// What lapses sooner than this is marked, in days.
    static let soon = 3

    func text(colours: Bool) -> String {
        let rows = batches["data"]?.array ?? []
        guard !rows.isEmpty else { return "No batches.\n" }
        var table = TextTable(
            "BATCH", "STATUS", "VENDOR", "COUNTRY", "CITY", .numbers("ASN"), .numbers("IPS"), "EXPIRES", .numbers("IN"),
            .numbers("FREE"), "ORDER")
        for batch in rows {
            let expiry = batch["expires_at"]
            table.add(
                [
                    batch["id"].cell, batch["status"].cell, batch["vendor"].cell, batch["country"].cell,
                    batch["city"].cell, batch["asn"].cell, batch["quantity"].cell, expiry.minuteCell,
                    expiry.remainderCell(at: now), (batch["replacements"]?["remaining"]).cell, batch["order_id"].cell,
                ], style(expiry))
        }
        return table.text(colours: colours) + batches.moreText
    }

    private func style(_ expiry: JSON?) -> TextTable.Style {
        guard let date = expiry?.string.flatMap(Date.init(rfc3339:)) else { return .plain }
        let left = date.timeIntervalSince(now)
        return left <= 0 ? .faint : left < Double(Self.soon) * 86_400 ? .doubtful : .plain
    }
}
