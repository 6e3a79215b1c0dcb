import ExactJSON
import Purchasing

/// An action as callers read it.
///
/// As with orders, every member is always there, with `null` for what is not known. The baseline and the trace are Purser's
/// own affair.
struct ActionBody {
    let action: Action
    /// The order that it changes.
    let order: Order

    init(_ action: Action, on order: Order) {
        self.action = action
        self.order = order
    }

    /// The document.
    var json: JSON {
        .object([
            ("id", .string(action.id.text)),
            ("kind", .string(action.kind.rawValue)),
            ("order_id", .string(action.orderID.text)),
            ("batch_id", .optional(order.batchID)),
            ("vendor", .string(action.vendor)),
            ("status", .string(action.status.rawValue)),
            ("money_state", .string(action.moneyState.rawValue)),
            ("request", action.request.json),
            ("quoted", action.quotedPrice?.json ?? .null),
            ("total", action.total?.json ?? .null),
            ("total_source", .optional(action.totalSource?.rawValue)),
            ("result", action.result ?? .null),
            ("unknown", action.unknown?.json ?? .null),
            ("error", action.problem?.json ?? .null),
            ("client", .string(action.client)),
            ("idempotency_key", .string(action.idempotencyKey)),
            ("request_id", .string(action.requestID)),
            ("created_at", .string(action.createdAt.rfc3339)),
            ("updated_at", .string(action.updatedAt.rfc3339)),
            ("settled_at", .optional(action.settledAt?.rfc3339)),
            ("vendor_details", action.vendorDetails ?? .null),
        ])
    }
}
