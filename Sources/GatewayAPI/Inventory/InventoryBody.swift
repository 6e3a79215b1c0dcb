import ExactJSON
import Purchasing

/// What can be bought, as callers read it.
struct InventoryBody {
    let report: InventoryReport

    init(_ report: InventoryReport) { self.report = report }

    /// The document.
    var json: JSON {
        ["data": .array(report.lines.map(\.json)), "vendors": .array(report.vendors.map(\.json))]
    }
}

extension InventoryLine {
    /// What every row has is always there, with `null` for what is not known; the rest is there where there is something.
    fileprivate var json: JSON {
        .object([
            ("vendor", .string(vendor)),
            ("product", .string(row.shape.product.rawValue)),
            ("country", .optional(row.country?.alpha2)),
            ("city", .optional(row.city)),
            ("asn", .optional(row.asn)),
            ("available", .optional(row.available)),
            ("price", row.price?.json ?? .null),
            ("as_of", .optional(asOf?.rfc3339)),
            ("stale", .bool(isStale)),
            ("rental_days", .unlessEmpty(row.rentalDays)),
            ("mobile_operator", row.mobileOperator.map(JSON.string)),
            ("rotation_seconds", .unlessEmpty(row.rotationSeconds)),
            ("vendor_details", row.details),
        ])
    }
}

extension VendorInventory {
    fileprivate var json: JSON {
        [
            "vendor": .string(vendor), "state": .string(state.rawValue), "as_of": .optional(asOf?.rfc3339),
            "error": .optional(error),
        ]
    }
}

extension JSON {
    fileprivate static func unlessEmpty(_ numbers: [Int]) -> JSON? {
        numbers.isEmpty ? nil : .array(numbers.map(JSON.int))
    }
}
