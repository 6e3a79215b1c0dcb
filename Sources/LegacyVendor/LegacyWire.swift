import ExactJSON
import Purchasing
import VendorHTTP

/// The vendor's words for what it sells (/api-reference/create-an-order).
enum LegacyProxyType: String, Sendable, CaseIterable {
    case ipv4 = "IPv4"
    case ipv6 = "IPv6"
    case mobile = "MOBILE"
    case isp = "ISP"

    /// Nil for what the vendor does not sell: traffic by the GB.
    init?(_ shape: ProductShape) {
        switch shape {
        case .ipv4: self = .ipv4
        case .ipv6: self = .ipv6
        case .mobileByIP: self = .mobile
        case .isp: self = .isp
        case .residential, .mobileByGB: return nil
        }
    }

    /// Reads the word in any case, since whether case matters is not documented.
    init?(anyCase text: String) {
        guard let type = Self.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
            return nil
        }
        self = type
    }

    var shape: ProductShape {
        switch self {
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        case .mobile: .mobileByIP
        case .isp: .isp
        }
    }
}

/// The bodies of the calls that take one, field by field as documented, in the documented order.
struct LegacyBodies: Sendable {
    /// The goal of requests that state none.
    let defaultGoal: String?

    /// `POST order` (/api-reference/create-an-order): one shape for each type.
    func order(_ request: OrderRequest) -> JSON {
        .object([
            ("proxyType", proxyType(request)),
            ("authType", request.auth == .login ? "LOGIN" : "IP"),
            ("authIp", authIP(request)),
            ("goal", goal(request)),
            ("country", country(request)),
            ("quantity", request.quantity.map(JSON.int)),
            ("rentPeriodDays", request.rental.map { .int($0.asDays) }),
            ("promoCode", request.promoCode.map(JSON.string)),
            ("protocol", request.proxyProtocol.map { $0 == .http ? "HTTP" : "SOCKS" }),
            ("rotationTime", request.rotationSeconds.map(JSON.int)),
            ("mobileOperator", request.mobileOperator.map(JSON.string)),
        ])
    }

    /// `POST calculate/order` (/price-calculation/calculate-an-order): no authType, authIp and protocol. `rotationTime`
    /// is said to be in seconds there.
    func quote(_ request: OrderRequest) -> JSON {
        .object([
            ("proxyType", proxyType(request)),
            ("quantity", request.quantity.map(JSON.int)),
            ("rentPeriodDays", request.rental.map { .int($0.asDays) }),
            ("country", country(request)),
            ("goal", goal(request)),
            ("promoCode", request.promoCode.map(JSON.string)),
            ("rotationTime", request.rotationSeconds.map(JSON.int)),
            ("mobileOperator", request.mobileOperator.map(JSON.string)),
        ])
    }

    private func proxyType(_ request: OrderRequest) -> JSON? {
        LegacyProxyType(request.shape).map { .string($0.rawValue) }
    }

    private func country(_ request: OrderRequest) -> JSON? { request.country.map { .string($0.alpha3) } }

    private func goal(_ request: OrderRequest) -> JSON? { (request.goal ?? defaultGoal).map(JSON.string) }

    private func authIP(_ request: OrderRequest) -> JSON? {
        switch request.auth {
        case .login: nil
        case .ip(let address): .string(address)
        }
    }
}

/// The parts that the vendor's answers share: `success`, `error {code, message}`, `balance` and `currency`
/// (`currencyCode` in the balance answer). All come with status 200 (/price-calculation/auto-extend-by-ips).
struct LegacyAnswer {
    let json: JSON
    let success: Bool
    let errorCode: Int?
    let errorMessage: String?
    let balance: Money?

    /// Nil when the body is not JSON or does not say whether it is a success.
    init?(_ answer: VendorAnswer) {
        guard let json = answer.json, let success = json["success"]?.bool else { return nil }
        self.json = json
        self.success = success
        errorCode = json["error"]?["code"]?.int
        errorMessage = json["error"]?["message"]?.string
        balance = Self.money(json["balance"], in: json)
    }

    /// An amount in the answer's currency; nil when either cannot be read.
    static func money(_ amount: JSON?, in json: JSON) -> Money? {
        guard let amount = amount?.exactAmount(allowsSign: true),
            let currency = json.first(of: "currency", "currencyCode")?.string, currency.utf8.count == 3,
            currency.allSatisfy({ $0.isASCII && $0.isLetter })
        else { return nil }
        return Money(amount, currency: currency.uppercased())
    }

    /// Whether a balance stands there, readable or not; with a wrong key there is none (/api-reference/balance).
    var tellsBalance: Bool { json.first(of: "balance") != nil }

    /// Whether `error` is absent or null.
    var saysNoError: Bool { json["error"]?.isNull ?? true }

    /// Whether the answer speaks of this type; it leaves `proxyType` empty where it has nothing to say.
    func isAbout(_ shape: ProductShape) -> Bool {
        guard let echo = json.first(of: "proxyType") else { return true }
        guard let type = echo.string.flatMap(LegacyProxyType.init(anyCase:)) else { return false }
        return type == LegacyProxyType(shape)
    }

    /// `VALID` or `NO_VALID` when a promo code was sent (/api-reference/create-an-order).
    var promoCodeStatus: String? { json["promoCodeStatus"]?.string }
}
