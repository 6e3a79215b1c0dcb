import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `GET /catalog`: what may be asked for at each vendor, product by product.
    func showCatalog(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let (vendor, products) = try catalogFilter(call.query)
        let entries = await purchaser.catalog(vendor: vendor, products: products)
        return call.tagged(
            JSON.list(entries.map { CatalogBody($0).json }).bytes, as: .json, cacheControl: "private, no-cache")
    }

    private func catalogFilter(_ query: QueryParameters) throws(Problem) -> (String?, [Product]) {
        var faults: [Fault] = []
        let vendor = query["vendor"]
        if let vendor, !purchaser.vendorNames.contains(vendor) {
            let names = purchaser.vendorNames.joined(separator: ", ")
            faults.append(Fault(.parameter("vendor"), "unknown_vendor", "configured vendors are \(names)"))
        }
        let product = query["product"].map { ($0, Product(rawValue: $0)) }
        if let product, product.1 == nil {
            let names = Product.allCases.map(\.rawValue).joined(separator: ", ")
            faults.append(Fault(.parameter("product"), "unknown_product", "products are \(names)"))
        }
        guard faults.isEmpty else { throw .badQuery(faults) }
        return (vendor, [product?.1].compactMap(\.self))
    }
}

/// What a vendor sells of a product, with what it lists, as callers see it.
struct CatalogBody {
    let json: JSON

    init(_ entry: CatalogEntry) {
        var lists = ReferenceLists()
        if case .lists(let known) = entry.lists?.value { lists = known }
        json = .object(
            [("vendor", .string(entry.vendor))] + ProductBody.members(of: entry.offer) + [
                ("countries", lists.countries.map { .array($0.map { .string($0.alpha2) }) } ?? .null),
                ("rental_days", lists.rentalDays.map { .array($0.map(JSON.int)) } ?? .null),
                ("mobile_operators", lists.mobileOperators.map { .array($0.map(\.json)) } ?? .null),
                ("promo_codes", lists.promoCodes.map { .array($0.map(\.json)) } ?? .null),
                ("as_of", .optional(entry.lists?.readAt?.rfc3339)),
                ("stale", .bool(entry.lists.map { $0.isStale } ?? false)),
                ("error", .optional(entry.lists?.failure?.reason)),
            ])
    }
}

extension ReferenceLists.MobileOperator {
    fileprivate var json: JSON {
        [
            "name": .string(name), "country": .optional(country?.alpha2),
            "rotation_seconds": .array(rotationSeconds.map(JSON.int)),
        ]
    }
}

extension ReferenceLists.PromoCode {
    fileprivate var json: JSON {
        [
            "code": .string(code), "discount_percent": .optional(discount?.literal),
            "starts_at": .optional(startsAt?.rfc3339), "ends_at": .optional(endsAt?.rfc3339),
        ]
    }
}
