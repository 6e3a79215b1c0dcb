public import ExactJSON

/// Something that a vendor says can be bought. What the vendor did not tell is nil, never guessed.
///
/// A row without a city or a network speaks for all of them, so rows overlap and are never added up; its price may be only
/// the lowest of theirs.
public struct InventoryRow: Sendable, Hashable {
    public var shape: ProductShape
    public var country: Country?
    /// Lower case, letters only, as in `OrderRequest.city`: `newyork`.
    public var city: String?
    public var asn: Int?
    /// How many there are; nil when the vendor does not tell.
    public var available: Int?
    public var price: UnitPrice?
    /// For how many days it may be rented; empty when the vendor does not tell.
    public var rentalDays: [Int]
    public var mobileOperator: String?
    /// How often the IP may change, in seconds; empty when the vendor does not tell.
    public var rotationSeconds: [Int]
    /// What of the vendor's answer was not understood, as it said it, minus secrets.
    public var details: JSON?

    public init(
        _ shape: ProductShape, country: Country? = nil, city: String? = nil, asn: Int? = nil, available: Int? = nil,
        price: UnitPrice? = nil, rentalDays: [Int] = [], mobileOperator: String? = nil, rotationSeconds: [Int] = [],
        details: JSON? = nil
    ) {
        self.shape = shape
        self.country = country
        self.city = city
        self.asn = asn
        self.available = available
        self.price = price
        self.rentalDays = rentalDays
        self.mobileOperator = mobileOperator
        self.rotationSeconds = rotationSeconds
        self.details = details
    }
}

/// Which stock a vendor is asked for; what is nil is not narrowed.
public struct StockQuery: Sendable, Hashable {
    public let shape: ProductShape
    public let country: Country?
    public let asn: Int?

    public init(_ shape: ProductShape, country: Country? = nil, asn: Int? = nil) {
        self.shape = shape
        self.country = country
        self.asn = asn
    }
}
