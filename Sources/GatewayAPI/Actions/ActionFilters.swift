import ExactJSON
import Purchasing

/// The filters of `GET /actions`, read as those of `GET /orders`.
enum ActionFilters {
    /// Their names.
    static let names: Set<String> = ["status", "kind", "order_id", "needs_review", "client"]

    /// Reads the filters of a query. A buyer sees what was asked to be done to its own client's orders, whatever it asks.
    /// - Throws: `Problem` `invalid_request` naming every parameter that cannot be read; `forbidden` when a buyer asks by
    ///   client.
    static func query(_ parameters: QueryParameters, for caller: Caller) throws(Problem) -> ActionQuery {
        try OrderFilters.refuseClient(parameters, from: caller)
        var faults: [Fault] = []
        var query = ActionQuery()
        query.statuses = OrderFilters.choices("status", in: parameters, &faults)
        query.kinds = OrderFilters.choices("kind", in: parameters, &faults)
        query.clients =
            caller.role == .buyer ? [caller.client] : OrderFilters.names("client", in: parameters, &faults)
        if let text = parameters["order_id"] {
            query.order = OrderID(text, kind: .order)
            if query.order == nil { faults.append(Fault(.parameter("order_id"), "invalid_id", "an order's id, ord_…")) }
        }
        if let text = parameters["needs_review"] {
            query.needsReview = Bool(text)
            if query.needsReview == nil {
                faults.append(Fault(.parameter("needs_review"), "invalid_choice", "true or false"))
            }
        }
        query.limit = OrderFilters.limit(in: parameters, &faults)
        guard faults.isEmpty else { throw .badQuery(faults) }
        return query
    }
}

extension ActionQuery {
    /// The filters alone, in one form for all ways of writing them: what a cursor is bound to.
    var filters: JSON {
        [
            "status": .sorted(statuses.map(\.rawValue)), "kind": .sorted(kinds.map(\.rawValue)),
            "client": .sorted(clients), "order_id": .optional(order?.text),
            "needs_review": needsReview.map(JSON.bool) ?? .null,
        ]
    }
}
