import ExactJSON
import Purchasing

extension RefundRequest {
    /// Reads what came back: `{"amount":"12.00","currency":"USD","note":"…","vendor_reference":"…"}`.
    /// - Throws: `Problem` `invalid_request` with every fault.
    init(json: JSON) throws(Problem) {
        var body = BodyReader(json, fields: ["amount", "currency", "note", "vendor_reference"])
        let amount = body.amount("amount")?.amount
        if !body.has("amount") { body.fault("/amount", "required", "what came back, such as \"12.00\"") }
        if amount == .zero { body.fault("/amount", "out_of_range", "more than 0") }
        let note = body.text("note", 1...500)
        if !body.has("note") { body.fault("/note", "required", "why, for those who read the timeline later") }
        let reference = body.text("vendor_reference", 1...128)
        let currency = body["currency"]?.string
        if body.has("currency"), currency?.isCurrencyCode != true {
            body.fault("/currency", "invalid_currency", "three capital letters, such as USD; left out, the order's own")
        }
        try body.finish()
        guard let amount, let note else { throw .badBody([]) }
        self.init(amount: amount, currency: currency, note: note, vendorReference: reference)
    }
}

extension String {
    fileprivate var isCurrencyCode: Bool { utf8.count == 3 && utf8.allSatisfy { (65...90).contains($0) } }
}

extension Refund {
    /// A refund as callers see it.
    var json: JSON { .object(members) }

    fileprivate var members: [(String, JSON?)] {
        [
            ("id", .string(id.text)), ("order_id", .string(orderID.text)), ("number", .int(number)),
            ("amount", amount.json), ("note", .string(note)), ("vendor_reference", .optional(vendorReference)),
            ("by", .string(by)), ("idempotency_key", .string(idempotencyKey)), ("request_id", .string(requestID)),
            ("at", .string(at.rfc3339)),
        ]
    }
}

extension ListedRefund {
    /// A refund as it is listed: with what its order says.
    var json: JSON { .object(refund.members + [("vendor", .optional(vendor)), ("client", .string(client))]) }

    /// The columns of a table of refunds.
    static let columns = [
        "id", "order_id", "number", "amount", "currency", "vendor", "client", "note", "vendor_reference", "by", "at",
    ]

    /// What stands in them.
    var cells: [String?] {
        [
            refund.id.text, refund.orderID.text, String(refund.number), refund.amount.text, refund.amount.currency,
            vendor, client, refund.note, refund.vendorReference, refund.by, refund.at.rfc3339,
        ]
    }
}
