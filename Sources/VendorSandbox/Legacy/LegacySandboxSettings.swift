/// How the pretend legacy vendor is set up. Over HTTP the names are in snake case and money is a decimal string.
public struct LegacySandboxSettings: Codable, Sendable, Hashable {
    /// The key in the path.
    public var apiKey = "sandbox-legacy-key"
    /// The account's balance: at first the opening one, then the present one.
    public var balance = SandboxDecimal.cents(100_000)
    /// `USD` in all samples.
    public var currency = "USD"
    /// What is sold where, at which price. Sales take from it.
    public var offers = LegacyOffer.examples
    /// The rent periods of each type.
    public var rentPeriods = LegacyRentPeriods.documented
    /// The mobile operators.
    public var operators = LegacyOperator.examples
    /// The promo codes of the account.
    public var promoCodes = LegacyPromoCode.examples
    /// Goals that give 14, besides an empty one.
    public var refusedGoals: [String] = []
    /// The largest quantity of an order. The vendor's pages name none; a reseller stops at 100.
    public var maxQuantity = 1000
    /// Added to the price of an order, and to no calculated price: a sale above the quote.
    public var saleSurcharge = SandboxDecimal.zero
    /// Milliseconds from the sale until the addresses are in the list.
    public var goodsAfterMs = 2000
    /// Milliseconds between an order's first, second, third … address in the list.
    public var goodsTrickleMs = 0
    /// How many addresses of each order stay out of the list.
    public var withheldGoods = 0
    /// In how many groups, each with an `orderId` of its own, an order's addresses are listed.
    public var groupsPerOrder = 1
    /// Whether the list has the `orderNumber` of the order's answer beside its own `orderId`. Not documented.
    public var listCarriesOrderNumber = false
    /// Whether the list shows addresses past their end. Not documented.
    public var listKeepsExpired = false
    /// Added to what each extension costs, and to no calculated price: a charge above the quote.
    public var extensionSurcharge = SandboxDecimal.zero
    /// Whether a promo code makes an extension cheaper. The samples show a valid one with the discount 0.
    public var promosDiscountExtensions = true
    /// Whether the vendor extends what is set to be extended, and charges for it, by its own clock.
    public var autoExtensionRuns = true
    /// Milliseconds before its end at which an address is extended by the vendor: a day. Not documented.
    public var autoExtensionAheadMs = 86_400_000
    /// Whether the answer of `extend/order/auto` has `orderIds`, as in one page, or `ipAddressIds`, as in the others.
    public var autoExtensionEchoesOrderIds = false
    /// Milliseconds that each call takes.
    public var latencyMs = 0
    /// Seconds by which the vendor's clock is ahead of the sandbox's.
    public var clockOffsetSeconds = 0
    /// The header field `Date` of every answer: `clock` tells the vendor's time, `clock-60` another beside it, `none`
    /// leaves it out, and anything else stands there as it is, such as the time at which a cache stopped.
    public var dateHeader = SandboxDateHeader.clock

    /// A vendor with $1,000.00, some countries, and addresses that are there after two seconds.
    public init() {}
}

/// The four types of proxy (`/api-reference/create-an-order`).
public enum LegacyProxyType: String, Codable, Sendable, Hashable, CaseIterable {
    /// Single IPv4 addresses.
    case ipv4 = "IPv4"
    /// IPv6 addresses; an order of them names a protocol.
    case ipv6 = "IPv6"
    /// Mobile proxies; an order of them names an operator and a rotation time.
    case mobile = "MOBILE"
    /// Static residential addresses.
    case isp = "ISP"
}

/// One type in one country.
public struct LegacyOffer: Codable, Sendable, Hashable {
    /// The type.
    public var proxyType: LegacyProxyType
    /// Alpha-3: `USA`.
    public var country: String
    /// In words: `United States`.
    public var name: String
    /// How many addresses are left; with none, the country is not offered.
    public var available: Int
    /// Dollars per address and 30 days.
    public var price: SandboxDecimal

    /// One type in one country.
    public init(_ proxyType: LegacyProxyType, in country: String, name: String, available: Int, price: SandboxDecimal) {
        self.proxyType = proxyType
        self.country = country
        self.name = name
        self.available = available
        self.price = price
    }

    /// Each type in four countries; $1.31 for an IPv4 as in the calculation sample (`/api-reference/price-calculation`).
    public static let examples = LegacyProxyType.allCases.flatMap { type in
        [("USA", "United States"), ("DEU", "Germany"), ("GBR", "United Kingdom"), ("FRA", "France")].map { code, name in
            LegacyOffer(type, in: code, name: name, available: 20_000, price: examplePrice(of: type))
        }
    }

    private static func examplePrice(of type: LegacyProxyType) -> SandboxDecimal {
        switch type {
        case .ipv4: .cents(131)
        case .ipv6: .cents(27)
        case .mobile: .cents(1800)
        case .isp: .cents(240)
        }
    }
}

/// The rent periods of each type, in days.
public struct LegacyRentPeriods: Codable, Sendable, Hashable {
    /// For `IPv4`.
    public var ipv4: [Int]
    /// For `IPv6`.
    public var ipv6: [Int]
    /// For `MOBILE`.
    public var mobile: [Int]
    /// For `ISP`.
    public var isp: [Int]

    /// The periods of each type, in days.
    public init(ipv4: [Int], ipv6: [Int], mobile: [Int], isp: [Int]) {
        self.ipv4 = ipv4
        self.ipv6 = ipv6
        self.mobile = mobile
        self.isp = isp
    }

    /// As in `/api-reference/rent-period`; ISP, which cannot be read there, is assumed to be like IPv4.
    public static let documented = LegacyRentPeriods(
        ipv4: [30, 60, 90, 180, 360], ipv6: [90, 180, 360], mobile: [30, 360], isp: [30, 60, 90, 180, 360])

    func days(of type: LegacyProxyType) -> [Int] {
        switch type {
        case .ipv4: ipv4
        case .ipv6: ipv6
        case .mobile: mobile
        case .isp: isp
        }
    }
}

/// A mobile operator in a country.
public struct LegacyOperator: Codable, Sendable, Hashable {
    /// Alpha-3.
    public var country: String
    /// As in an order: `verizon`.
    public var tag: String
    /// In words.
    public var name: String
    /// In seconds.
    public var rotationTimes: [Int]

    /// An operator in a country.
    public init(country: String, tag: String, name: String, rotationTimes: [Int]) {
        self.country = country
        self.tag = tag
        self.name = name
        self.rotationTimes = rotationTimes
    }

    /// `verizon` and 300 seconds are the vendor's sample (`/price-calculation/calculate-an-order`).
    public static let examples = [
        LegacyOperator(country: "USA", tag: "verizon", name: "Verizon", rotationTimes: [300, 600, 1800]),
        LegacyOperator(country: "USA", tag: "tmobile", name: "T-Mobile", rotationTimes: [300, 600]),
        LegacyOperator(country: "DEU", tag: "telekom", name: "Telekom", rotationTimes: [300, 600]),
        LegacyOperator(country: "GBR", tag: "vodafone", name: "Vodafone", rotationTimes: [300, 600]),
        LegacyOperator(country: "FRA", tag: "orange", name: "Orange", rotationTimes: [300, 600]),
    ]
}

/// A promo code, with the members of `/api-reference/promo-codes`.
public struct LegacyPromoCode: Codable, Sendable, Hashable {
    /// What a client sends.
    public var code: String
    /// How often it was used. The counting rule is not documented: once for each order is assumed.
    public var countUses = 0
    /// ISO 8601, shown and not acted upon.
    public var startDate = "2023-10-26T10:49:49.220+00:00"
    /// ISO 8601, shown and not acted upon.
    public var endDate = "2033-10-26T10:49:49.220+00:00"
    /// Shown and not acted upon.
    public var endless = false
    /// Per cent off the price.
    public var discount: Int
    /// In English.
    public var description = "Sandbox"

    /// A code and its discount in per cent.
    public init(_ code: String, discount: Int) {
        self.code = code
        self.discount = discount
    }

    /// The vendor's sample.
    public static let examples = [LegacyPromoCode("CLIENT-PROMO", discount: 10)]
}

extension LegacySandboxSettings: ChangeableSettings {
    func check() throws(SandboxInputError) {
        try require("balance", balance, in: Bounds.balance)
        for price in [saleSurcharge, extensionSurcharge] + offers.map(\.price) {
            try require("a price", price, in: Bounds.price)
        }
        for delay in [goodsAfterMs, goodsTrickleMs, autoExtensionAheadMs, latencyMs] {
            try require("a delay", delay, in: Bounds.delay)
        }
        for count in [withheldGoods] + offers.map(\.available) {
            try require("a count", count, in: Bounds.count)
        }
        for days in LegacyProxyType.allCases.flatMap(rentPeriods.days) {
            try require("a rent period", days, in: 1...3600)
        }
        for code in promoCodes {
            try require("discount", code.discount, in: 0...100)
            try require("count_uses", code.countUses, in: Bounds.count)
        }
        try require("max_quantity", maxQuantity, in: 1...100_000)
        try require("groups_per_order", groupsPerOrder, in: 1...1000)
        try require("clock_offset_seconds", clockOffsetSeconds, in: Bounds.offset)
        try SandboxDateHeader.check(dateHeader)
    }
}
