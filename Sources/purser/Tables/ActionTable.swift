import ExactJSON
import Foundation

/// What was asked to be done to what an order bought.
struct ActionTable {
    let actions: JSON
    let now: Date

    func text(colours: Bool) -> String {
        let rows = actions["data"]?.array ?? []
        guard !rows.isEmpty else { return "Nothing was done to it.\n" }
        var table = TextTable("ACTION", "KIND", "STATUS", .numbers("TOTAL"), .numbers("AGE"), "NOTE")
        for action in rows {
            let standing = ActionStanding(action)
            let style: TextTable.Style =
                standing.isDone ? .plain : standing.isNotDone ? .faint : .doubtful
            table.add(
                [
                    action["id"].cell, standing.kindCell, action["status"].cell, action["total"].moneyCell,
                    action["created_at"].ageCell(at: now), standing.notes.joined(separator: "; "),
                ], style)
        }
        return table.text(colours: colours)
    }
}
