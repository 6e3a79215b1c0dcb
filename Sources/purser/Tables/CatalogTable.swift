import ExactJSON
import Foundation

/// What may be asked for at each vendor, product by product; the lists themselves are in the JSON.
struct CatalogTable {
    let catalog: JSON
    let now: Date

    /// How many countries are named; of more only the number is told.
    private static let namedCountries = 6

    func text(colours: Bool) -> String {
        var table = TextTable(
            "VENDOR", "PRODUCT", "SOLD BY", .numbers("QUANTITY"), "RENTAL", "REQUIRED", "OPTIONAL", "COUNTRIES",
            .numbers("AGE"), "NOTE")
        for entry in catalog["data"]?.array ?? [] {
            let isStale = entry["stale"]?.bool == true
            let notes = [isStale ? "stale" : nil, entry["error"]?.string]
            table.add(
                [
                    entry["vendor"].cell, entry["product"].cell, entry["sold_by"].cell, Self.quantity(entry),
                    entry["rental"].cell, Self.required(entry), entry["optional"].cell, Self.countries(entry),
                    entry["as_of"].ageCell(at: now), notes.compactMap(\.self).joined(separator: "; "),
                ], isStale ? .doubtful : .plain)
        }
        return table.text(colours: colours)
    }

    /// A rental time may be given in days, too.
    private static func required(_ entry: JSON) -> String {
        entry["required"].cell.replacing("months", with: "months or days")
    }

    private static func quantity(_ entry: JSON) -> String {
        guard let bounds = entry["quantity"], bounds.object != nil else { return "-" }
        return "\(bounds["min"].cell) to \(bounds["max"].cell)"
    }

    private static func countries(_ entry: JSON) -> String {
        guard let countries = entry["countries"]?.array, countries.count > namedCountries else {
            return entry["countries"].cell
        }
        return String(countries.count)
    }
}
