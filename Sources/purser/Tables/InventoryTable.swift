import ExactJSON
import Foundation

/// What vendors have, and how far each of them may be believed.
struct InventoryTable {
    let inventory: JSON
    let now: Date

    /// Columns that are there only where some row has something to say in them.
    private static let rare: [(member: String, column: TextTable.Column)] = [
        ("city", "CITY"), ("asn", .numbers("ASN")), ("mobile_operator", "OPERATOR"),
        ("rotation_seconds", .numbers("ROTATION S")), ("rental_days", .numbers("DAYS")),
    ]

    /// The rows, and below them a row for each vendor.
    func text(colours: Bool) -> String { rows(colours: colours) + "\n" + vendors(colours: colours) }

    private func rows(colours: Bool) -> String {
        let rows = inventory["data"]?.array ?? []
        guard !rows.isEmpty else { return "Nothing that was asked for is in any list.\n" }
        let rare = Self.rare.filter { column in
            rows.contains { row in
                guard let value = row[column.member] else { return false }
                return !value.isNull
            }
        }
        var table = TextTable(
            ["VENDOR", "PRODUCT", "COUNTRY"] + rare.map(\.column) + [
                .numbers("AVAILABLE"), .numbers("PRICE"), .numbers("AGE"), "",
            ])
        for row in rows {
            let isStale = row["stale"]?.bool == true
            let cells = [row["vendor"].cell, row["product"].cell, row["country"].cell]
            table.add(
                cells + rare.map { row[$0.member].cell } + [
                    row["available"].cell, row["price"].moneyCell, row["as_of"].ageCell(at: now),
                    isStale ? "stale" : "",
                ], isStale ? .doubtful : .plain)
        }
        return table.text(colours: colours)
    }

    private func vendors(colours: Bool) -> String {
        var table = TextTable("VENDOR", "LIST", .numbers("AGE"), "ERROR")
        for vendor in inventory["vendors"]?.array ?? [] {
            let state = vendor["state"]?.string
            let style: TextTable.Style =
                state == "fresh" ? .plain : state == "not_offered" ? .faint : .doubtful
            table.add(
                [
                    vendor["vendor"].cell, vendor["state"].cell.replacing("_", with: " "),
                    vendor["as_of"].ageCell(at: now), vendor["error"].cell,
                ], style)
        }
        return table.text(colours: colours)
    }
}
