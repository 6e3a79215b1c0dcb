import ExactJSON
import Purchasing

/// An order as callers read it.
///
/// Every member is always there, with `null` for what is not known, so that a reader never has to guess whether a name
/// was misspelt. The attempts' bodies and keys, the baseline and the trace are Purser's own affair.
struct OrderBody {
    let order: Order

    init(_ order: Order) { self.order = order }

    /// The names of its members.
    static let members = [
        "id", "status", "money_state", "product", "vendor", "vendor_order_id",
        "vendor_order_number", "batch_id", "request", "total", "total_source", "routing",
        "attempts", "unknown", "error", "flags", "client", "idempotency_key",
        "metadata", "request_id", "created_at", "updated_at", "settled_at", "expires_at",
        "auto_renew", "vendor_details",
    ]

    /// The document.
    var json: JSON {
        .object([
            ("id", .string(order.id.text)),
            ("status", .string(order.status.rawValue)),
            ("money_state", .string(order.moneyState.rawValue)),
            ("product", .string(order.request.product.rawValue)),
            ("vendor", .optional(order.vendor)),
            ("vendor_order_id", .optional(order.vendorOrderID)),
            ("vendor_order_number", .optional(order.vendorOrderNumber)),
            ("batch_id", .optional(order.batchID)),
            ("request", request),
            ("total", order.total?.json ?? .null),
            ("total_source", .optional(order.totalSource?.rawValue)),
            ("routing", order.routing.json),
            ("attempts", .array(order.attempts.map(\.json))),
            ("unknown", order.unknown?.json ?? .null),
            ("error", order.problem?.json ?? .null),
            ("flags", .array(order.flags.map(JSON.string))),
            ("client", .string(order.client)),
            ("idempotency_key", .optional(order.idempotencyKey)),
            ("metadata", .object(order.request.metadata.map { ($0.name, .string($0.value)) })),
            ("request_id", .string(order.requestID)),
            ("created_at", .string(order.createdAt.rfc3339)),
            ("updated_at", .string(order.updatedAt.rfc3339)),
            ("settled_at", .optional(order.settledAt?.rfc3339)),
            ("expires_at", .optional(order.expiresAt?.rfc3339)),
            ("auto_renew", order.autoRenewal?.autoRenewal ?? .null),
            ("vendor_details", order.vendorDetails ?? .null),
        ])
    }

    /// What was asked, in normal form; the metadata stands beside it.
    private var request: JSON {
        var request = order.request
        request.metadata = []
        return request.json
    }
}

extension Routing {
    fileprivate var json: JSON {
        [
            "policy": .string(policy.rawValue), "chosen": .optional(chosen),
            "candidates": .array(candidates.map(\.json)),
        ]
    }
}

extension Routing.Candidate {
    fileprivate var json: JSON {
        [
            "vendor": .string(vendor), "price": price?.json ?? .null, "price_source": .optional(priceSource?.rawValue),
            "price_as_of": .optional(priceAsOf?.rfc3339), "unpriced": .optional(unpriced), "chosen": .bool(isChosen),
            "ruled_out": .optional(ruledOut), "unused": .array(unused.map(JSON.string)),
        ]
    }
}

extension Attempt {
    fileprivate var json: JSON {
        [
            "number": .int(number), "vendor": .string(vendor), "outcome": .optional(outcome?.rawValue),
            "started_at": .string(startedAt.rfc3339), "ended_at": .optional(endedAt?.rfc3339),
        ]
    }
}

extension RentalTime {
    /// How goods are renewed that are renewed by themselves, each time for as long.
    fileprivate var autoRenewal: JSON {
        switch self {
        case .months(let months): ["enabled": true, "months": .int(months)]
        case .days(let days): ["enabled": true, "days": .int(days)]
        }
    }
}

extension UnknownOutcome {
    var json: JSON {
        [
            "since": .string(since.rfc3339), "reason": .string(reason), "needs_review": .bool(needsReview),
            "findings": .array(findings.map(JSON.string)),
        ]
    }
}

extension OrderProblem {
    var json: JSON {
        ["code": .string(code.rawValue), "detail": .string(detail), "vendor": vendor?.json ?? .null]
    }
}
