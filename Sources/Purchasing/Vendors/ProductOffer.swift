/// What one vendor sells of one product: what an order needs, what it may say, and what can be known before buying.
///
/// An adapter states it once; orders are checked by it and `GET /catalog` shows it.
public struct ProductOffer: Sendable, Hashable {
    public let shape: ProductShape
    /// Fields without which the vendor cannot be asked.
    public let required: [RequestField]
    /// Fields that the vendor honours where they are there.
    public let optional: [RequestField]
    /// Fields that only state a purpose and that the vendor has no use for; they rule nothing out.
    public let unused: [RequestField]
    /// How many IPs one order may have; nil where no bound is documented.
    public let quantities: ClosedRange<Int>?
    /// What rental time is counted in; nil where nothing is rented.
    public let rental: RentalUnit?
    /// Whether the vendor prices an order before it is bought (`VendorAdapter.quote`).
    public let quotes: Bool
    /// Whether the vendor tells how many there are, and their unit prices (`VendorAdapter.stock`).
    public let tellsStock: Bool
    /// Whether the vendor lists what may be asked for (`VendorAdapter.lists`).
    public let tellsLists: Bool

    /// What a vendor counts rental time in.
    public enum RentalUnit: String, Sendable, Hashable {
        case months, days
    }

    public init(
        _ shape: ProductShape, required: [RequestField], optional: [RequestField] = [], unused: [RequestField] = [],
        quantities: ClosedRange<Int>? = nil, rental: RentalUnit? = nil, quotes: Bool = false, tellsStock: Bool = false,
        tellsLists: Bool = false
    ) {
        self.shape = shape
        self.required = required
        self.optional = optional
        self.unused = unused
        self.quantities = quantities
        self.rental = rental
        self.quotes = quotes
        self.tellsStock = tellsStock
        self.tellsLists = tellsLists
    }

    /// Everything about a request that cannot be honoured; nothing is ever dropped silently.
    /// - Parameter vendor: the vendor's name in the configuration, which each fault's text begins with.
    public func objections(to request: OrderRequest, vendor: String) -> [Fault] {
        let stated = request.fields
        let known = Set(required + optional + unused)
        var faults = stated.filter { !known.contains($0) }.map { field in
            field.fault("not_supported", "\(vendor) cannot honour \(field.rawValue) for \(shape.words)")
        }
        faults += required.filter { !stated.contains($0) }.map { field in
            field.fault("required", "\(vendor) needs \(field.rawValue)")
        }
        if let quantities, let quantity = request.quantity, !quantities.contains(quantity) {
            let bounds = "\(quantities.lowerBound) to \(quantities.upperBound)"
            faults.append(
                RequestField.quantity.fault("quantity_out_of_range", "\(vendor) sells \(bounds) IPs at once"))
        }
        if rental == .months, request.rental != nil, request.rental?.wholeMonths == nil {
            let detail = "\(vendor) rents by the month: a multiple of 30 days"
            faults.append(Fault(.pointer("/days"), "days_not_whole_months", detail))
        }
        return faults
    }

    /// The fields of a request that the vendor has no use for.
    public func unusedFields(of request: OrderRequest) -> [String] {
        request.fields.filter(unused.contains).map(\.rawValue)
    }
}

/// A field of an order that says what is wanted; the raw value is its name in the body.
public enum RequestField: String, Sendable, Hashable, CaseIterable {
    case gb, quantity
    /// `months` or `days`.
    case months
    case country, city, asn, subuser, goal, auth
    case proxyProtocol = "protocol"
    case mobileOperator = "mobile_operator"
    case rotationSeconds = "rotation_seconds"
    case promoCode = "promo_code"

    func fault(_ code: String, _ detail: String) -> Fault { Fault(.pointer("/" + rawValue), code, detail) }
}

extension OrderRequest {
    /// The fields that the request states; an `auth` of `login` is what goes without saying.
    var fields: [RequestField] {
        RequestField.allCases.filter { field in
            switch field {
            case .gb: gb != nil
            case .quantity: quantity != nil
            case .months: rental != nil
            case .country: country != nil
            case .city: city != nil
            case .asn: asn != nil
            case .subuser: subuser != nil
            case .goal: goal != nil
            case .auth: auth != .login
            case .proxyProtocol: proxyProtocol != nil
            case .mobileOperator: mobileOperator != nil
            case .rotationSeconds: rotationSeconds != nil
            case .promoCode: promoCode != nil
            }
        }
    }
}

extension VendorAdapter {
    /// What the vendor sells of a product; nil when it does not sell it.
    public func offer(of shape: ProductShape) -> ProductOffer? { offers.first { $0.shape == shape } }
}

extension Vendor {
    /// Everything about a request that the vendor cannot honour; empty when it can sell it.
    public func objections(to request: OrderRequest) -> [Fault] {
        if let offer = adapter.offer(of: request.shape) { return offer.objections(to: request, vendor: name) }
        let sold = adapter.offers.map(\.shape.words)
        let list = [sold.dropLast().joined(separator: ", "), sold.last ?? "nothing"].filter { !$0.isEmpty }
        return [Fault(.pointer("/product"), "not_supported", "\(name) sells \(list.joined(separator: " and "))")]
    }

    /// Fields that only state a purpose and that the vendor has no use for.
    public func unusedFields(of request: OrderRequest) -> [String] {
        adapter.offer(of: request.shape)?.unusedFields(of: request) ?? []
    }
}
