import ExactJSON

/// How budgets stand.
struct BudgetTable {
    let budgets: [JSON]

    func text(colours: Bool) -> String {
        guard !budgets.isEmpty else { return "No budgets: no client is bounded.\n" }
        var table = TextTable(
            "CLIENT", .numbers("LIMIT"), "PERIOD", .numbers("SPENT"), .numbers("HELD"), .numbers("FREE"), "RESETS AT")
        for budget in budgets {
            let isUsedUp = budget["free"]?["amount"]?.string.map { $0.hasPrefix("-") || $0 == "0.00" } ?? false
            table.add(
                [
                    budget["client"].cell, budget["limit"].moneyCell, budget["period"].cell, budget["spent"].moneyCell,
                    budget["held"].moneyCell, budget["free"].moneyCell, budget["resets_at"].cell,
                ], isUsedUp ? .doubtful : .plain)
        }
        return table.text(colours: colours)
    }
}
