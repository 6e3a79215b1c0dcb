public import Foundation

/// What a request would cost at one vendor, as far as that can be known before buying.
public enum Pricing: Sendable, Hashable {
    case priced(VendorPrice)
    /// The vendor says that it would refuse it; the price where it told one all the same.
    case refused(Refusal, price: VendorPrice?)
    /// No price can be known; the text says why, for a person.
    case unpriced(String, retryable: Bool = false)

    /// The price, where one is known.
    public var price: VendorPrice? {
        switch self {
        case .priced(let price): price
        case .refused(_, let price): price
        case .unpriced: nil
        }
    }
}

/// A price that is known before buying, and how well.
public struct VendorPrice: Sendable, Hashable {
    /// The whole order.
    public let total: Money
    /// One unit; nil where only a total was told.
    public let unit: UnitPrice?
    public let source: PriceSource
    /// When it was told; nil for a price list, which says nothing of its age.
    public let asOf: Date?
    /// How many there are; nil when the vendor does not tell.
    public var available: Int?
    /// Whether it is only the least that it may be: some of what the vendor may take tells no price. No ceiling is held
    /// against such a price. Default: false.
    public var isLeast = false
    /// What a buyer should know about it, for a person.
    public var warnings: [String]

    public init(
        total: Money, unit: UnitPrice? = nil, source: PriceSource, asOf: Date?, available: Int? = nil,
        warnings: [String] = []
    ) {
        self.total = total
        self.unit = unit
        self.source = source
        self.asOf = asOf
        self.available = available
        self.warnings = warnings
    }
}

/// Who told a price.
public enum PriceSource: String, Sendable, Hashable, CaseIterable {
    /// The vendor priced this very request.
    case quote
    /// The vendor's list of what it has.
    case inventory
    /// What the vendor charged for an earlier order.
    case lastOrder = "last_order"
    /// The configuration.
    case priceList = "price_list"
}
