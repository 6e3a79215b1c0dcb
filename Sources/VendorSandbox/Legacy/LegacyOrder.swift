/// The body of `POST order` (`/api-reference/create-an-order`), checked against what is on offer.
struct LegacyOrder: Hashable, Sendable {
    /// How the client of the proxies shows who it is.
    enum Authorization: Hashable, Sendable {
        case login
        case ip(String)
    }

    var terms: LegacyTerms
    var authorization: Authorization
    /// `HTTP` or `SOCKS`, IPv6 only.
    var `protocol`: String?

    /// Reads and checks a body. The order of the checks is assumed.
    init(_ json: SandboxJSON, _ settings: LegacySandboxSettings) throws(LegacyRefusal) {
        terms = try LegacyTerms(json, settings)
        authorization = try Self.authorization(json)
        `protocol` = try terms.type == .ipv6 ? Self.protocol(json) : nil
        guard terms.hasGoodGoal else { throw .goal }
    }

    private static func authorization(_ json: SandboxJSON) throws(LegacyRefusal) -> Authorization {
        switch json["authType"]?.string {
        case "LOGIN"?: return .login
        case "IP"?:
            guard let text = json["authIp"]?.string, isIPv4(text) else { throw .authIP }
            return .ip(text)
        default: throw .authType
        }
    }

    private static func `protocol`(_ json: SandboxJSON) throws(LegacyRefusal) -> String {
        guard let text = json["protocol"]?.string, ["HTTP", "SOCKS"].contains(text) else { throw .protocol }
        return text
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// What a price depends on: the part of the body that `POST calculate/order` has as well
/// (`/api-reference/price-calculation/calculate-an-order`).
struct LegacyTerms: Hashable, Sendable {
    /// A promo code that was sent, and whether the vendor knows it.
    enum Promo: Hashable, Sendable {
        case none
        case valid(index: Int)
        case unknown
    }

    var type: LegacyProxyType
    var country: String
    /// Where the offer stands in the settings.
    var offer: Int
    var quantity: Int
    var days: Int
    var operatorTag: String?
    var rotationTime: Int?
    var promo: Promo
    var hasGoodGoal: Bool

    /// Reads and checks a body, all but the goal, which is a warning in a calculation and an error in an order.
    init(_ json: SandboxJSON, _ settings: LegacySandboxSettings) throws(LegacyRefusal) {
        guard let type = json["proxyType"]?.string.flatMap(LegacyProxyType.init(rawValue:)) else { throw .proxyType }
        self.type = type
        (country, offer) = try Self.offer(of: type, json, settings)
        guard let quantity = json["quantity"]?.integer, (1...settings.maxQuantity).contains(quantity) else {
            throw .quantity
        }
        self.quantity = quantity
        guard let days = json["rentPeriodDays"]?.integer, settings.rentPeriods.days(of: type).contains(days) else {
            throw .rentPeriod
        }
        self.days = days
        promo = Self.promo(json["promoCode"]?.string, settings)
        hasGoodGoal = Self.isGood(json["goal"]?.string, settings)
        if type == .mobile { try readMobile(json, settings) }
        guard quantity <= settings.offers[offer].available else { throw .countryNotOffered }
    }

    private static func offer(
        of type: LegacyProxyType, _ json: SandboxJSON, _ settings: LegacySandboxSettings
    ) throws(LegacyRefusal) -> (String, Int) {
        guard let country = json["country"]?.string, country.utf8.count == 3,
            country.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { throw .country }
        guard let index = settings.offers.firstIndex(where: { $0.proxyType == type && $0.country == country }) else {
            throw .countryNotOffered
        }
        return (country, index)
    }

    private mutating func readMobile(_ json: SandboxJSON, _ settings: LegacySandboxSettings) throws(LegacyRefusal) {
        let tag = json["mobileOperator"]?.string
        guard let known = settings.operators.first(where: { $0.country == country && $0.tag == tag }) else {
            throw .mobileOperator
        }
        guard let time = json["rotationTime"]?.integer, known.rotationTimes.contains(time) else { throw .rotationTime }
        operatorTag = known.tag
        rotationTime = time
    }

    static func promo(_ code: String?, _ settings: LegacySandboxSettings) -> Promo {
        guard let code, !code.isEmpty else { return .none }
        return settings.promoCodes.firstIndex { $0.code == code }.map(Promo.valid) ?? .unknown
    }

    private static func isGood(_ goal: String?, _ settings: LegacySandboxSettings) -> Bool {
        guard let goal, goal.contains(where: { !$0.isWhitespace }) else { return false }
        return !settings.refusedGoals.contains(goal)
    }
}

extension LegacyTerms.Promo {
    /// `promoCodeStatus`: null, `VALID`, `NO_VALID` (`/api-reference/create-an-order`).
    var json: SandboxJSON {
        switch self {
        case .none: .null
        case .valid: "VALID"
        case .unknown: "NO_VALID"
        }
    }
}
