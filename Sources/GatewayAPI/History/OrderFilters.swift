import ExactJSON
import Foundation
import Purchasing

/// The filters of history: of `GET /orders`, and of everything else that tells of some of the orders.
enum OrderFilters {
    /// Their names.
    static let names: Set<String> = [
        "status", "product", "vendor", "client", "country", "metadata", "idempotency_key", "vendor_order_id",
        "batch_id",
        "q", "min_total", "max_total", "created_after", "created_before", "expires_after", "expires_before",
    ]

    /// Reads the filters of a query. A buyer sees its own client's orders, whatever it asks.
    /// - Throws: `Problem` `invalid_request` naming every parameter that cannot be read; `forbidden` when a buyer asks by
    ///   client.
    static func query(_ parameters: QueryParameters, for caller: Caller) throws(Problem) -> OrderQuery {
        try refuseClient(parameters, from: caller)
        var faults: [Fault] = []
        var query = OrderQuery()
        query.statuses = choices("status", in: parameters, &faults)
        query.products = choices("product", in: parameters, &faults)
        query.vendors = names("vendor", in: parameters, &faults)
        query.clients = caller.role == .buyer ? [caller.client] : names("client", in: parameters, &faults)
        query.countries = countries(in: parameters, &faults)
        query.metadata = labels(in: parameters, &faults)
        query.idempotencyKey = text("idempotency_key", in: parameters, &faults)
        query.vendorOrderID = text("vendor_order_id", in: parameters, &faults)
        query.batchID = text("batch_id", in: parameters, &faults)
        query.search = text("q", in: parameters, &faults)
        query.minTotal = amount("min_total", in: parameters, &faults)
        query.maxTotal = amount("max_total", in: parameters, &faults)
        query.createdAfter = instant("created_after", in: parameters, &faults)
        query.createdBefore = instant("created_before", in: parameters, &faults)
        query.expiresAfter = instant("expires_after", in: parameters, &faults)
        query.expiresBefore = instant("expires_before", in: parameters, &faults)
        query.limit = limit(in: parameters, &faults)
        guard faults.isEmpty else { throw .badQuery(faults) }
        return query
    }

    /// A buyer's key sees its own client's orders, and so cannot ask for a client.
    /// - Throws: `Problem` `forbidden`.
    static func refuseClient(_ parameters: QueryParameters, from caller: Caller) throws(Problem) {
        guard caller.role == .buyer, parameters["client"] != nil else { return }
        throw Problem(
            .forbidden, "the parameter client is for auditors and operators; a key sees its own client's orders",
            moneyState: .unchanged)
    }

    static func choices<Choice: RawRepresentable & CaseIterable>(
        _ name: String, in parameters: QueryParameters, _ faults: inout [Fault]
    ) -> [Choice] where Choice.RawValue == String {
        guard let text = parameters[name] else { return [] }
        let choices = text.split(separator: ",", omittingEmptySubsequences: false).map { Choice(rawValue: String($0)) }
        if choices.contains(where: { $0 == nil }) {
            let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            faults.append(Fault(.parameter(name), "invalid_choice", "one or more, with commas between, of \(allowed)"))
        }
        return choices.compactMap { $0 }
    }

    static func names(_ name: String, in parameters: QueryParameters, _ faults: inout [Fault]) -> [String] {
        guard let text = parameters[name] else { return [] }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if names.count > 50 || names.contains(where: { !(1...64).contains($0.utf8.count) }) {
            faults.append(
                Fault(.parameter(name), "invalid_text", "1 to 50 names of 1 to 64 characters, with commas between"))
        }
        return names
    }

    private static func countries(in parameters: QueryParameters, _ faults: inout [Fault]) -> [Country] {
        guard let text = parameters["country"] else { return [] }
        let countries = text.split(separator: ",", omittingEmptySubsequences: false).map { Country(String($0)) }
        if countries.contains(nil) {
            faults.append(
                Fault(.parameter("country"), "unknown_country", "codes of ISO 3166-1 such as US, with commas between"))
        }
        return countries.compactMap(\.self)
    }

    private static func labels(in parameters: QueryParameters, _ faults: inout [Fault]) -> [OrderRequest.Label] {
        let pairs = parameters.family("metadata")
        for pair in pairs where !(1...40).contains(pair.key.count) || pair.value.count > 500 {
            faults.append(
                Fault(
                    .parameter("metadata[\(pair.key.prefix(64))]"), "invalid_text",
                    "a name of 1 to 40 characters, and a value of at most 500"))
        }
        return pairs.map { OrderRequest.Label(name: $0.key, value: $0.value) }
    }

    private static func text(_ name: String, in parameters: QueryParameters, _ faults: inout [Fault]) -> String? {
        guard let text = parameters[name] else { return nil }
        if (1...500).contains(text.count) { return text }
        faults.append(Fault(.parameter(name), "invalid_text", "1 to 500 characters"))
        return nil
    }

    private static func amount(_ name: String, in parameters: QueryParameters, _ faults: inout [Fault]) -> Millionths? {
        guard let text = parameters[name] else { return nil }
        if let amount = Millionths(text), Millionths.decimals(in: text) <= 6 { return amount }
        faults.append(Fault(.parameter(name), "invalid_amount", "an amount such as 120.00, with at most six decimals"))
        return nil
    }

    static func instant(_ name: String, in parameters: QueryParameters, _ faults: inout [Fault]) -> Date? {
        guard let text = parameters[name] else { return nil }
        // A bare + in a query is read as a blank; in a time it can only be the sign of an offset.
        if let date = Date(rfc3339: text.replacing(" ", with: "+")) { return date }
        faults.append(
            Fault(
                .parameter(name), "invalid_time",
                "RFC 3339 such as 2026-05-28T10:00:00Z, or a date such as 2026-05-28"))
        return nil
    }

    static func limit(in parameters: QueryParameters, _ faults: inout [Fault]) -> Int {
        guard let text = parameters["limit"] else { return 50 }
        if let limit = QueryParameters.whole(text), (1...200).contains(limit) { return limit }
        faults.append(QueryParameters.notInRange("limit", 1...200))
        return 50
    }
}

extension OrderQuery {
    /// The filters alone, in one form for all ways of writing them: what a cursor is bound to.
    var filters: JSON {
        [
            "status": .sorted(statuses.map(\.rawValue)), "product": .sorted(products.map(\.rawValue)),
            "vendor": .sorted(vendors), "client": .sorted(clients),
            "created_after": .optional(createdAfter?.rfc3339), "created_before": .optional(createdBefore?.rfc3339),
            "expires_after": .optional(expiresAfter?.rfc3339), "expires_before": .optional(expiresBefore?.rfc3339),
            "country": .sorted(countries.map(\.alpha2)),
            "metadata": .sorted(metadata.map { JSON.array([.string($0.name), .string($0.value)]).text }),
            "idempotency_key": .optional(idempotencyKey), "vendor_order_id": .optional(vendorOrderID),
            "batch_id": .optional(batchID), "q": .optional(search),
            "min_total": .optional(minTotal?.text(places: 2)), "max_total": .optional(maxTotal?.text(places: 2)),
        ]
    }
}

extension JSON {
    static func sorted(_ texts: [String]) -> JSON { .array(Set(texts).sorted().map(JSON.string)) }
}
