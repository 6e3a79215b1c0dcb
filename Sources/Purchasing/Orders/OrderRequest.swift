/// What a caller wants to buy, in Purser's own words and in normal form: two requests that mean the same are equal.
public struct OrderRequest: Sendable, Hashable {
    public var product: Product
    /// How much traffic, exact; for `residential` and `mobile` by GB.
    public var gb: Millionths?
    /// How many IPs; for everything but traffic.
    public var quantity: Int?
    public var rental: RentalTime?
    public var country: Country?
    /// Lower case, letters only: `newyork`.
    public var city: String?
    public var asn: Int?
    /// HeloData's sub-user, `sub_…`.
    public var subuser: String?
    public var goal: String?
    public var auth: ProxyAuth
    public var proxyProtocol: ProxyProtocol?
    public var mobileOperator: String?
    /// How often a mobile IP changes, in seconds.
    public var rotationSeconds: Int?
    public var promoCode: String?
    public var vendor: VendorChoice
    /// Never buy above this.
    public var maxTotal: Money?
    /// Whether to buy under a ceiling although no price can be known before.
    public var allowUnknownPrice: Bool
    /// The caller's own labels, sorted by name; stored, never sent to a vendor.
    public var metadata: [Label]

    /// A caller's own label.
    public struct Label: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        product: Product, gb: Millionths? = nil, quantity: Int? = nil, rental: RentalTime? = nil,
        country: Country? = nil, city: String? = nil, asn: Int? = nil, subuser: String? = nil, goal: String? = nil,
        auth: ProxyAuth = .login, proxyProtocol: ProxyProtocol? = nil, mobileOperator: String? = nil,
        rotationSeconds: Int? = nil, promoCode: String? = nil, vendor: VendorChoice = .auto, maxTotal: Money? = nil,
        allowUnknownPrice: Bool = false, metadata: [Label] = []
    ) {
        self.product = product
        self.gb = gb
        self.quantity = quantity
        self.rental = rental
        self.country = country
        self.city = city
        self.asn = asn
        self.subuser = subuser
        self.goal = goal
        self.auth = auth
        self.proxyProtocol = proxyProtocol
        self.mobileOperator = mobileOperator
        self.rotationSeconds = rotationSeconds
        self.promoCode = promoCode
        self.vendor = vendor
        self.maxTotal = maxTotal
        self.allowUnknownPrice = allowUnknownPrice
        self.metadata = metadata
    }

    /// What is being bought: the product, with the two kinds of `mobile` told apart.
    public var shape: ProductShape {
        switch product {
        case .residential: .residential
        case .mobile: gb == nil ? .mobileByIP : .mobileByGB
        case .isp: .isp
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }
}

/// The `product` of a request.
public enum Product: String, Sendable, Hashable, CaseIterable {
    case residential, mobile, isp, ipv4, ipv6
}

/// A product as vendors sell it.
public enum ProductShape: String, Sendable, Hashable, CaseIterable {
    case residential
    case mobileByGB = "mobile_by_gb"
    case mobileByIP = "mobile_by_ip"
    case isp, ipv4, ipv6

    /// The `product` of requests for it.
    public var product: Product {
        switch self {
        case .residential: .residential
        case .mobileByGB, .mobileByIP: .mobile
        case .isp: .isp
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }

    /// The word for a person: `mobile by GB`.
    public var words: String {
        rawValue.replacing("_", with: " ").replacing("gb", with: "GB").replacing(" ip", with: " IP")
    }
}

/// How a user of the bought IPs proves who they are.
public enum ProxyAuth: Sendable, Hashable {
    case login
    /// Only this address may use them; in the address family's normal text form.
    case ip(String)
}

/// What a bought IPv6 proxy speaks.
public enum ProxyProtocol: String, Sendable, Hashable, CaseIterable {
    case http, socks
}

/// Which vendor a request wants.
public enum VendorChoice: Sendable, Hashable {
    case auto
    case named(String)

    public var text: String {
        switch self {
        case .auto: "auto"
        case .named(let name): name
        }
    }
}
