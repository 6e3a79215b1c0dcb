import ExactJSON
import Foundation

/// One batch, a line for each thing that is known of it.
struct BatchSheet {
    let batch: JSON
    let now: Date

    var text: String {
        let expiry = batch["expires_at"]
        let replacements = batch["replacements"]
        let lines: [(name: String, value: String)] = [
            ("batch", batch["id"].cell), ("status", batch["status"].cell), ("vendor", batch["vendor"].cell),
            ("country", batch["country"].cell), ("city", batch["city"].cell), ("asn", batch["asn"].cell),
            ("ips", batch["quantity"].cell),
            ("expires", expiry.cell == "-" ? "-" : "\(expiry.cell) (\(expiry.remainderCell(at: now)))"),
            ("order", batch["order_id"].cell),
            ("free replacements", (replacements?["remaining"]).cell),
            ("free as a new batch until", (replacements?["free_until"]).cell),
        ]
        let vendorLines =
            (batch["vendor_details"]?.object).map { $0.map { ("vendor's \($0.key)", JSON?.some($0.value).cell) } } ?? []
        return Sheet(lines: lines + vendorLines).text
    }
}
