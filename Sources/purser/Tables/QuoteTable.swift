import ExactJSON
import Foundation

/// What an order would cost at each vendor, and which would be taken.
struct QuoteTable {
    let quotation: JSON
    let now: Date

    /// The lines, the chosen vendor's marked with `*`.
    func text(colours: Bool) -> String {
        let chosen = quotation["chosen"]?.string
        var table = TextTable(
            "", "VENDOR", .numbers("TOTAL"), .numbers("UNIT PRICE"), "SOURCE", .numbers("AGE"), .numbers("IN STOCK"),
            "NOTE")
        for line in quotation["data"]?.array ?? [] {
            let isChosen = chosen != nil && line["vendor"]?.string == chosen
            let style: TextTable.Style =
                isChosen ? .good : line["ruled_out"]?.string != nil ? .faint : .plain
            table.add(
                [
                    isChosen ? "*" : "", line["vendor"].cell, line["total"].moneyCell, line["unit_price"].moneyCell,
                    line["price_source"].cell.replacing("_", with: " "), line["as_of"].ageCell(at: now),
                    line["available"].cell,
                    Self.note(line),
                ], style)
        }
        return table.text(colours: colours) + "\n" + conclusion
    }

    private var conclusion: String {
        let policy = quotation["policy"].cell.terminalText(limit: 40)
        guard let chosen = quotation["chosen"]?.string?.terminalText(limit: 80) else {
            return "No vendor could take the order (\(policy)).\n"
        }
        let pause = quotation["buying_paused"]?.isNull ?? true ? "" : "Buying is paused: nothing is bought now.\n"
        return "* \(chosen) would be asked first (\(policy)).\n" + pause
    }

    private static func note(_ line: JSON) -> String {
        // A vendor that is ruled out was not asked, which goes without saying.
        let ruledOut = line["ruled_out"]?.string.map { "ruled out: \($0)" }
        let reason = ruledOut ?? line["unpriced"]?.string.map { "no price: \($0)" }
        let unused = line["unused"]?.array?.isEmpty == false ? ["no use for \(line["unused"].cell)"] : []
        let budget = line["budget_problem"]?["detail"]?.string.map { "the budget would refuse it: \($0)" }
        let warnings = line["warnings"]?.array?.compactMap(\.string) ?? []
        return ([reason, budget].compactMap(\.self) + warnings + unused).joined(separator: "; ")
    }
}
