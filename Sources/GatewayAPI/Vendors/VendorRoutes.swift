import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `GET /vendors`: how each configured vendor stands.
    func listVendors(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let reports = try await purchaser.vendorReports()
        return Response(.ok, .list(reports.map { VendorBody($0).json }), headers: Self.unkept)
    }

    /// `GET /vendors/{name}`: how one stands.
    func showVendor(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        guard let report = try await purchaser.vendorReports().first(where: { $0.name == call.names["name"] }) else {
            throw Problem(.notFound, "there is no such vendor", moneyState: .unchanged)
        }
        return Response(.ok, VendorBody(report).json, headers: Self.unkept)
    }

    private static let unkept: HTTPFields = [.cacheControl: "private, no-cache"]
}

/// A vendor's state as those who watch it see it.
struct VendorBody {
    let json: JSON

    init(_ report: VendorReport) {
        json = [
            "name": .string(report.name), "kind": .string(report.traits.kind), "enabled": .bool(report.isEnabled),
            "products": .array(report.offers.map { ProductBody($0).json }),
            "idempotent": .bool(report.traits.isIdempotent), "key_holds": report.keyHolds.map(JSON.bool) ?? .null,
            "health": Self.health(report), "account": Self.account(report.account),
            "overdraft": report.health.overdraft.map { Self.overdraft($0) } ?? .null,
            "purchases_in_flight": .int(report.inFlight), "purchases_at_once": .int(report.width),
            "unknown_orders": .int(report.unknownOrders),
            "oldest_unknown": .optional(report.oldestUnknown?.rfc3339),
            "unknown_actions": .int(report.unknownActions),
            "oldest_unknown_action": .optional(report.oldestUnknownAction?.rfc3339),
        ]
    }

    private static func health(_ report: VendorReport) -> JSON {
        let health = report.health
        return [
            "circuit": report.rest == nil ? "closed" : "open",
            "rest_seconds": report.rest.map { .int(Int($0.seconds)) } ?? .null,
            "answered_at": .optional(health.answeredAt?.rfc3339),
            "failures_in_a_row": .int(health.failuresInARow),
            "last_failure": health.lastFailure.map { ["reason": .string($0.reason), "at": .string($0.at.rfc3339)] }
                ?? .null,
            "latency_ms": health.latency.map { .int(Int($0.seconds * 1000)) } ?? .null,
        ]
    }

    private static func overdraft(_ overdraft: Overdraft) -> JSON {
        ["balance": overdraft.balance.json, "since": .string(overdraft.since.rfc3339)]
    }

    private static func account(_ known: KnownReading) -> JSON {
        var account: VendorAccount?
        if case .account(let value) = known.value { account = value }
        return [
            "balance": account?.balance?.json ?? .null, "kyc_status": .optional(account?.kycStatus),
            "as_of": .optional(known.readAt?.rfc3339), "stale": .bool(known.isStale),
            "error": .optional(known.failure?.reason),
        ]
    }
}

/// What a vendor sells of a product.
struct ProductBody {
    let json: JSON

    init(_ offer: ProductOffer) { json = .object(Self.members(of: offer)) }

    static func members(of offer: ProductOffer) -> [(String, JSON?)] {
        [
            ("product", .string(offer.shape.product.rawValue)), ("sold_by", .string(offer.soldBy)),
            ("required", .fields(offer.required)), ("optional", .fields(offer.optional)),
            ("unused", .fields(offer.unused)),
            (
                "quantity",
                offer.quantities.map { ["min": .int($0.lowerBound), "max": .int($0.upperBound)] } ?? .null
            ),
            ("rental", .optional(offer.rental?.rawValue)), ("quotes", .bool(offer.quotes)),
            ("inventory", .bool(offer.tellsStock)),
        ]
    }
}

extension ProductOffer {
    /// What an order counts: `gb` or `ip`; it tells the two kinds of `mobile` apart.
    var soldBy: String { required.contains(.gb) ? "gb" : "ip" }
}

extension JSON {
    fileprivate static func fields(_ fields: [RequestField]) -> JSON { .array(fields.map { .string($0.rawValue) }) }
}
