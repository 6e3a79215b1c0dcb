/// The legacy vendor says no: a number and a text, in an answer of HTTP status 200.
///
/// Documented by example are 2, 4, 8, 13, 14 and 16; of the others a reseller's client knows the meaning and nobody the
/// text. The code for a wrong rotation time is assumed to be 9, one of the numbers that no page shows.
struct LegacyRefusal: Error, Hashable {
    let code: Int
    let message: String

    static let apiKey = LegacyRefusal(code: 2, message: "Error api key")
    static let proxyType = LegacyRefusal(code: 4, message: "Incorrect proxy type")
    static let country = LegacyRefusal(code: 6, message: "Incorrect country")
    static let countryNotOffered = LegacyRefusal(code: 7, message: "Country is not available")
    static let mobileOperator = LegacyRefusal(code: 8, message: "Incorrect mobile operator")
    static let rotationTime = LegacyRefusal(code: 9, message: "Incorrect rotation time")
    static let authType = LegacyRefusal(code: 10, message: "Incorrect auth type")
    static let rentPeriod = LegacyRefusal(code: 11, message: "Incorrect rent period")
    static let `protocol` = LegacyRefusal(code: 13, message: "Incorrect protocol")
    static let goal = LegacyRefusal(code: 14, message: "Incorrect goal")
    static let funds = LegacyRefusal(code: 16, message: "Insufficient funds on balance")
    static let quantity = LegacyRefusal(code: 19, message: "Incorrect quantity")
    static let authIP = LegacyRefusal(code: 23, message: "Incorrect auth ip")
    /// Documented by example (`/api-reference/extend/extend-by-ip-addresses`).
    static let addresses = LegacyRefusal(code: 24, message: "Incorrect ip addresses")
    /// A reseller's client knows the meaning; the text is assumed.
    static let wholeOrder = LegacyRefusal(code: 28, message: "All ip addresses of the order must be selected")
    /// Documented by example (`/api-reference/extend/extend-by-order-ids`).
    static let orders = LegacyRefusal(code: 29, message: "Incorrect orderIds")
    /// For a body that is not JSON; what the vendor does with one is not documented.
    static let unknown = LegacyRefusal(code: 35, message: "Unknown error")

    var json: SandboxJSON {
        ["code": .integer(code), "message": .string(message)]
    }
}
