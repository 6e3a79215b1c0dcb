/// The body of `POST /orders` (`/api-reference/orders`).
enum HeloDataOrder: Hashable {
    case bandwidth(product: String, gigabytes: SandboxDecimal)
    case isp(HeloDataISPOrder)

    /// Reads a body, and refuses what no documented order looks like. Fields that are not known are ignored.
    init(_ json: SandboxJSON) throws(HeloDataRefusal) {
        guard case .object = json else { throw .invalid("The body must be a JSON object") }
        switch json["product"]?.string {
        case "residential"?: self = try Self.bandwidth("residential", json)
        case "mobile"?: self = try Self.bandwidth("mobile", json)
        case "isp"?: self = .isp(try HeloDataISPOrder(json))
        default: throw .invalid("product must be residential, mobile or isp")
        }
    }

    /// KYC guards mobile and ISP (`/account-and-billing/kyc`).
    var needsKYC: Bool {
        if case .bandwidth("residential", _) = self { false } else { true }
    }

    /// Limits of `gb` are not documented: more than nothing is assumed.
    private static func bandwidth(_ product: String, _ json: SandboxJSON) throws(HeloDataRefusal) -> HeloDataOrder {
        guard let gigabytes = json["gb"]?.digits.flatMap({ SandboxDecimal($0) }), gigabytes > .zero else {
            throw .invalid("gb must be a positive number")
        }
        return .bandwidth(product: product, gigabytes: gigabytes)
    }
}

/// The body of an ISP order.
struct HeloDataISPOrder: Hashable {
    var country: String
    var city: String?
    var asn: Int?
    var quantity: Int
    var months: Int
    var subuser: String?

    /// `country`, `quantity` and `months` are needed; the allowed `months` are not documented: 1 to 120 is assumed.
    init(_ json: SandboxJSON) throws(HeloDataRefusal) {
        guard let country = json["country"]?.string, country.utf8.count == 2 else {
            throw .invalid("country must be an alpha-2 code")
        }
        guard let quantity = json["quantity"]?.integer else { throw .invalid("quantity must be an integer") }
        guard let months = json["months"]?.integer, (1...120).contains(months) else {
            throw .invalid("months must be an integer from 1 to 120")
        }
        self.country = country
        self.quantity = quantity
        self.months = months
        self.city = try Self.optional(json["city"], "city must be a string") { $0.string }
        self.asn = try Self.optional(json["asn"], "asn must be an integer") { $0.integer }
        self.subuser = try Self.optional(json["subuser"], "subuser must be a string") { $0.string }
        guard (5...5000).contains(quantity) else { throw .quantityOutOfRange }
    }

    func fits(_ stock: HeloDataStock) -> Bool {
        stock.country == country && city.map { $0 == stock.city } ?? true && asn.map { $0 == stock.asn } ?? true
    }

    private static func optional<Value>(
        _ json: SandboxJSON?, _ message: String, _ read: (SandboxJSON) -> Value?
    ) throws(HeloDataRefusal) -> Value? {
        guard let json, json != .null else { return nil }
        guard let value = read(json) else { throw .invalid(message) }
        return value
    }
}
