/// What a caller wants to see of what can be bought; what is nil is not narrowed. Two queries that mean the same are equal.
public struct InventoryQuery: Sendable, Hashable {
    /// `mobile` means both kinds of it.
    public var product: Product?
    public var country: Country?
    /// Lower case, letters only, as in `OrderRequest.city`: `newyork`.
    public var city: String?
    public var asn: Int?
    /// A vendor's name in the configuration.
    public var vendor: String?

    public init(
        product: Product? = nil, country: Country? = nil, city: String? = nil, asn: Int? = nil, vendor: String? = nil
    ) {
        self.product = product
        self.country = country
        self.city = city
        self.asn = asn
        self.vendor = vendor
    }

    /// Whether a product is one that was asked for.
    func wants(_ shape: ProductShape) -> Bool {
        switch product {
        case nil: true
        case .residential: shape == .residential
        case .mobile: shape == .mobileByGB || shape == .mobileByIP
        case .isp: shape == .isp
        case .ipv4: shape == .ipv4
        case .ipv6: shape == .ipv6
        }
    }

    /// The fields of an order that the query narrows by.
    var filters: [RequestField] {
        [country.map { _ in .country }, city.map { _ in .city }, asn.map { _ in .asn }].compactMap(\.self)
    }
}
