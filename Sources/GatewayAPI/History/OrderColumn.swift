import ExactJSON
import Purchasing

/// A column of an exported table.
enum OrderColumn: String, CaseIterable, Sendable {
    case id
    case status
    case moneyState = "money_state"
    case product
    case vendor
    case vendorOrderID = "vendor_order_id"
    case batchID = "batch_id"
    case country
    case city
    case asn
    case quantity
    case gb
    case months
    case days
    case total
    case currency
    case totalSource = "total_source"
    case held
    case refunded
    case client
    case idempotencyKey = "idempotency_key"
    case metadata
    case flags
    case unknownSince = "unknown_since"
    case unknownReason = "unknown_reason"
    case needsReview = "needs_review"
    case error
    case requestID = "request_id"
    case createdAt = "created_at"
    case updatedAt = "updated_at"
    case settledAt = "settled_at"
    case expiresAt = "expires_at"

    /// What stands in the column for an order; nil for an empty cell: an unknown total is none, never 0.
    func cell(of order: Order) -> String? {
        let request = order.request
        return switch self {
        case .id: order.id.text
        case .status: order.status.rawValue
        case .moneyState: order.moneyState.rawValue
        case .product: request.product.rawValue
        case .vendor: order.vendor
        case .vendorOrderID: order.vendorOrderID
        case .batchID: order.batchID
        case .country: request.country?.alpha2
        case .city: request.city
        case .asn: request.asn.map(String.init)
        case .quantity: request.quantity.map(String.init)
        case .gb: request.gb?.text(places: 0)
        case .months: if case .months(let months)? = request.rental { String(months) } else { nil }
        case .days: if case .days(let days)? = request.rental { String(days) } else { nil }
        case .total: order.total?.text
        case .currency: (order.total ?? order.held)?.currency
        case .totalSource: order.totalSource?.rawValue
        case .held: order.held?.text
        case .refunded: order.refunded?.text
        case .client: order.client
        case .idempotencyKey: order.idempotencyKey
        case .metadata: request.metadata.isEmpty ? nil : labels(request.metadata)
        case .flags: order.flags.isEmpty ? nil : order.flags.joined(separator: " ")
        case .unknownSince: order.unknown?.since.rfc3339
        case .unknownReason: order.unknown?.reason
        case .needsReview: order.unknown.map { String($0.needsReview) }
        case .error: order.problem?.code.rawValue
        case .requestID: order.requestID
        case .createdAt: order.createdAt.rfc3339
        case .updatedAt: order.updatedAt.rfc3339
        case .settledAt: order.settledAt?.rfc3339
        case .expiresAt: order.expiresAt?.rfc3339
        }
    }

    private func labels(_ labels: [OrderRequest.Label]) -> String {
        JSON.object(labels.map { ($0.name, .string($0.value)) }).text
    }
}
