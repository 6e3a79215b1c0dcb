extension SandboxBooks {
    /// The books as `GET /sandbox/books` shows them: `{"vendor","opening_balance","balance","forgotten","entries","sold",
    /// "changes"}`.
    /// - Parameter sequence: leaves out the entries, sales and changes up to this one.
    public func json(after sequence: Int = 0) -> SandboxJSON {
        [
            "vendor": .string(vendor),
            "opening_balance": .string(openingBalance.description),
            "balance": .string(balance.description),
            "reckoned_balance": .string(reckonedBalance.description),
            "forgotten": .integer(forgotten),
            "entries": .array(entries.filter { $0.sequence > sequence }.map { $0.json(vendor: vendor) }),
            "sold": .array(sold.filter { $0.sequence > sequence }.map { $0.json(vendor: vendor) }),
            "changes": .array(changes.filter { $0.sequence > sequence }.map { $0.json(vendor: vendor) }),
        ]
    }
}

extension SandboxEntry {
    func json(vendor: String) -> SandboxJSON {
        var object = JSONObject()
        object.add("sequence", .integer(sequence))
        object.add("time", .string(time))
        object.add("vendor", .string(vendor))
        object.add("event", .string(event.rawValue))
        object.add("call", call?.rawValue)
        object.add("exchange", exchange)
        object.add("connection", connection)
        object.add("idempotency_key", idempotencyKey)
        object.add("body_sha256", bodyDigest)
        object.add("status", status)
        object.add("refusal", refusal)
        object.add("fault", fault)
        object.add("amount", amount?.description)
        object.add("balance", balance.description)
        if let sale { object.add("sale", sale.json(vendor: vendor)) }
        if let change { object.add("change", change.json(vendor: vendor)) }
        return object.json
    }
}

extension SandboxSale {
    /// Who made it happen: a client's call, a person at the sandbox, or the vendor's own clock.
    private var seller: String {
        switch kind {
        case .autoRenewal, .autoExtension: "vendor"
        case .order, .renewal, .replacement, .extension: exchange == nil ? "hand" : "api"
        }
    }

    func json(vendor: String) -> SandboxJSON {
        var object = JSONObject()
        object.add("sequence", .integer(sequence))
        object.add("time", .string(time))
        object.add("vendor", .string(vendor))
        object.add("exchange", exchange)
        object.add("kind", .string(kind.rawValue))
        object.add("by", .string(seller))
        object.add("charged", .bool(charged))
        object.add("order", .string(order))
        object.add("order_id", orderID)
        object.add("batch_id", batchID)
        object.add("product", .string(product))
        object.add("country", country)
        object.add("quantity", quantity)
        object.add("gb", gigabytes?.shortText)
        object.add("months", months)
        object.add("days", days)
        object.add("price", price.description)
        object.add("balance_after", balance.description)
        object.add("idempotency_key", idempotencyKey)
        object.add("body_sha256", bodyDigest)
        object.add("connection", connection)
        return object.json
    }
}
