import ExactJSON
import Foundation

/// What was asked to be done to what an order bought.
struct ActionTable {
    let actions: JSON
    let now: Date
    /// Whether they are of one order, oldest first, rather than a page of all.
    var isOfOneOrder = true

    func text(colours: Bool) -> String {
        let rows = actions["data"]?.array ?? []
        guard !rows.isEmpty else { return isOfOneOrder ? "Nothing was done to it.\n" : "No actions.\n" }
        let places: [TextTable.Column] = isOfOneOrder ? [] : ["ORDER", "VENDOR"]
        var table = TextTable(
            ["ACTION"] + places + ["KIND", "STATUS", .numbers("TOTAL"), .numbers("AGE"), "NOTE"])
        for action in rows {
            let standing = ActionStanding(action)
            let style: TextTable.Style =
                standing.isDone ? .plain : standing.isNotDone ? .faint : .doubtful
            table.add(
                [action["id"].cell] + (isOfOneOrder ? [] : [action["order_id"].cell, action["vendor"].cell]) + [
                    standing.kindCell, action["status"].cell, action["total"].moneyCell,
                    action["created_at"].ageCell(at: now), standing.notes.joined(separator: "; "),
                ], style)
        }
        return table.text(colours: colours) + actions.moreText
    }
}
