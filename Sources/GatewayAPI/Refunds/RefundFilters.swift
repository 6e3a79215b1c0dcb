import ExactJSON
import Purchasing

/// The filters of `GET /refunds`, read as those of `GET /orders`.
enum RefundFilters {
    /// Their names.
    static let names: Set<String> = ["vendor", "client", "order_id", "created_after", "created_before"]

    /// Reads the filters of a query. A buyer sees what came back for its own client's orders, whatever it asks.
    /// - Throws: `Problem` `invalid_request` naming every parameter that cannot be read; `forbidden` when a buyer asks by
    ///   client.
    static func query(_ parameters: QueryParameters, for caller: Caller) throws(Problem) -> RefundQuery {
        try OrderFilters.refuseClient(parameters, from: caller)
        var faults: [Fault] = []
        var query = RefundQuery()
        query.vendors = OrderFilters.names("vendor", in: parameters, &faults)
        query.clients =
            caller.role == .buyer ? [caller.client] : OrderFilters.names("client", in: parameters, &faults)
        if let text = parameters["order_id"] {
            query.order = OrderID(text, kind: .order)
            if query.order == nil { faults.append(Fault(.parameter("order_id"), "invalid_id", "an order's id, ord_…")) }
        }
        query.createdAfter = OrderFilters.instant("created_after", in: parameters, &faults)
        query.createdBefore = OrderFilters.instant("created_before", in: parameters, &faults)
        query.limit = OrderFilters.limit(in: parameters, &faults)
        guard faults.isEmpty else { throw .badQuery(faults) }
        return query
    }
}

extension RefundQuery {
    /// The filters alone, in one form for all ways of writing them: what a cursor is bound to.
    var filters: JSON {
        [
            "vendor": .sorted(vendors), "client": .sorted(clients), "order_id": .optional(order?.text),
            "created_after": .optional(createdAfter?.rfc3339), "created_before": .optional(createdBefore?.rfc3339),
        ]
    }
}
