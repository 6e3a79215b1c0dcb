public import ExactJSON
public import Foundation

/// What a vendor lists as possible values for orders of one product. A list that was not told is nil and rules nothing out.
public struct ReferenceLists: Sendable, Hashable {
    public var countries: [Country]?
    /// For how many days may be rented, ascending.
    public var rentalDays: [Int]?
    public var mobileOperators: [MobileOperator]?
    public var promoCodes: [PromoCode]?

    /// A mobile operator and how often its IPs may change.
    public struct MobileOperator: Sendable, Hashable {
        /// The vendor's own tag, as it goes into an order.
        public let name: String
        /// Nil when the vendor does not tell.
        public let country: Country?
        /// In seconds, ascending; empty when the vendor does not tell.
        public let rotationSeconds: [Int]

        public init(name: String, country: Country? = nil, rotationSeconds: [Int] = []) {
            self.name = name
            self.country = country
            self.rotationSeconds = rotationSeconds
        }
    }

    /// A promo code of the account.
    public struct PromoCode: Sendable, Hashable {
        public let code: String
        /// Per cent, as the vendor says it.
        public let discount: JSONNumber?
        public let startsAt: Date?
        public let endsAt: Date?

        public init(code: String, discount: JSONNumber? = nil, startsAt: Date? = nil, endsAt: Date? = nil) {
            self.code = code
            self.discount = discount
            self.startsAt = startsAt
            self.endsAt = endsAt
        }
    }

    public init(
        countries: [Country]? = nil, rentalDays: [Int]? = nil, mobileOperators: [MobileOperator]? = nil,
        promoCodes: [PromoCode]? = nil
    ) {
        self.countries = countries
        self.rentalDays = rentalDays
        self.mobileOperators = mobileOperators
        self.promoCodes = promoCodes
    }
}
