import ExactJSON
import Foundation

/// Who may use a batch without a password.
struct WhitelistTable {
    let entries: JSON
    let now: Date

    func text(colours: Bool) -> String {
        let rows = entries["data"]?.array ?? []
        guard !rows.isEmpty else { return "No addresses; everybody needs the password.\n" }
        var table = TextTable("ENTRY", "ADDRESS", "LABEL", .numbers("AGE"))
        for entry in rows {
            table.add(
                [entry["id"].cell, entry["address"].cell, entry["label"].cell, entry["created_at"].ageCell(at: now)],
                .plain)
        }
        return table.text(colours: colours)
    }
}
