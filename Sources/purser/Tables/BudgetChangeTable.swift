import ExactJSON

/// Who changed a client's budget, the newest change first.
struct BudgetChangeTable {
    let changes: [JSON]

    func text(colours: Bool) -> String {
        var table = TextTable(.numbers("#"), "AT", .numbers("LIMIT"), "PERIOD", "BY", "REASON")
        for change in changes {
            let isRemoval = change["limit"]?.isNull ?? true
            table.add(
                [
                    change["number"].cell, change["at"].cell, isRemoval ? "none" : change["limit"].moneyCell,
                    change["period"].cell, change["by"].cell, change["reason"].cell,
                ], isRemoval ? .doubtful : .plain)
        }
        return table.text(colours: colours)
    }
}
