import ExactJSON
import Purchasing

/// A batch as callers read it: one form for all vendors, with `null` for what its vendor does not tell.
struct BatchBody {
    let batch: Batch

    init(_ batch: Batch) { self.batch = batch }

    /// The document.
    var json: JSON {
        let goods = batch.goods
        return .object([
            ("id", .string(goods.id)),
            ("status", .optional(goods.status)),
            ("vendor", .string(batch.vendor)),
            ("country", .optional(goods.country?.alpha2)),
            ("city", .optional(goods.city)),
            ("asn", .optional(goods.asn)),
            ("quantity", .optional(goods.quantity)),
            ("expires_at", .optional((goods.endsAt ?? batch.order?.expiresAt)?.rfc3339)),
            ("order_id", .optional(batch.order?.id.text)),
            ("replacements", batch.replacements?.json ?? .null),
            ("vendor_details", goods.details),
        ])
    }
}

extension ReplacementAllowance {
    fileprivate var json: JSON { ["free_until": .string(freeUntil.rfc3339), "remaining": .int(remaining)] }
}

extension WhitelistEntry {
    /// `{"id","address","label","created_at"}`.
    var json: JSON {
        [
            "id": .string(id), "address": .string(address), "label": .optional(label),
            "created_at": .optional(createdAt?.rfc3339),
        ]
    }
}
