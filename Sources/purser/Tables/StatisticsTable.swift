import ExactJSON

/// Orders added up.
struct StatisticsTable {
    let statistics: JSON

    func text(colours: Bool) -> String {
        let groups = (statistics["group_by"]?.array ?? []).compactMap(\.string)
        let rows = statistics["data"]?.array ?? []
        guard !rows.isEmpty else { return "No orders.\n" }
        // Charges of actions have their columns where there are any.
        let hasActions = rows.contains { $0["actions"]?.object != nil }
        let actions: [TextTable.Column] = [.numbers("ACTIONS SPENT"), .numbers("ACTIONS MAYBE")]
        var table = TextTable(
            groups.map { TextTable.Column(stringLiteral: $0.uppercased()) } + [
                .numbers("ORDERS"), .numbers("SOLD"), .numbers("SPENT"), .numbers("UNPRICED"), .numbers("UNKNOWN"),
                .numbers("MAYBE SPENT"), .numbers("IPS"), .numbers("GB"),
                .numbers("REFUNDED"),
            ] + (hasActions ? actions : []))
        for row in rows { table.add(groups.map { row[$0].cell } + Self.sums(row, hasActions), .plain) }
        if !groups.isEmpty {
            for total in statistics["totals"]?.array ?? [] {
                let name = groups.indices.map { $0 == 0 ? "total" : "" }
                table.add(name + Self.sums(total, hasActions), .good)
            }
        }
        return table.text(colours: colours)
    }

    private static func sums(_ row: JSON, _ hasActions: Bool) -> [String] {
        let actions = [row["actions"]?["spent"], row["actions"]?["maybe_spent"]].map(\.moneyCell)
        return [
            row["orders"].cell, row["spent_orders"].cell, row["spent"].moneyCell, row["unpriced_orders"].cell,
            row["maybe_spent_orders"].cell, row["maybe_spent"].moneyCell, row["quantity"].cell, row["gb"].cell,
            row["refunded"].moneyCell,
        ] + (hasActions ? actions : [])
    }
}
