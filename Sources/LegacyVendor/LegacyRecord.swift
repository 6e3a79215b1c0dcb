import ExactJSON
import Foundation
import Purchasing
import VendorHTTP

/// One IP of `GET ipAddress`. The field names are those that a reseller's client looks for; the credentials are not read.
struct LegacyRecord {
    /// What the groups around a record say of it.
    struct Context {
        var type: LegacyProxyType?
        var orderID: String?
        var orderNumber: String?
        /// The object of the order, where records stand inside one.
        var order: JSON?

        /// The context with what an object itself says.
        func with(_ json: JSON) -> Context {
            var context = self
            context.type = (json["proxyType"]?.string).flatMap(LegacyProxyType.init(anyCase:)) ?? type
            context.orderID = LegacyRecord.id(json["orderId"]) ?? orderID
            context.orderNumber = json["orderNumber"]?.visibleToken ?? orderNumber
            return context
        }
    }

    let orderID: String
    let orderNumber: String?
    let type: LegacyProxyType?
    let id: String?
    let address: String?
    let country: Country?
    let proxyProtocol: ProxyProtocol?
    let mobileOperator: String?
    let startsAt: Date?
    let endsAt: Date?
    let json: JSON
    let order: JSON?

    /// Nil when the record names no order, or neither an id nor an address of its own.
    init?(_ json: JSON, _ context: Context) {
        guard let orderID = context.orderID else { return nil }
        id = Self.id(json.first(of: "ipAddressId", "id"))
        address = json.first(of: "ipAddressIp", "ipAddress", "ip")?.visibleToken
        guard id != nil || address != nil else { return nil }
        self.orderID = orderID
        orderNumber = context.orderNumber
        type = context.type
        let order = context.order
        let country = json.first(of: "country", "countryCode") ?? order?.first(of: "country", "countryCode")
        self.country = (country?.string ?? country?.first(of: "alpha3", "alpha3code", "code")?.string)
            .flatMap(Country.init)
        proxyProtocol = Self.proxyProtocol(json, order)
        mobileOperator = (json["mobileOperator"] ?? order?["mobileOperator"])?.visibleText
        startsAt = (json["dateStart"] ?? order?["dateStart"]).flatMap(Self.date)
        endsAt = (json["dateEnd"] ?? order?["dateEnd"]).flatMap(Self.date)
        self.json = json
        self.order = order
    }

    /// What tells the record from the others of its order.
    var key: String? { id ?? address }

    /// An id: documented as a string (/api-reference/extend/extend-by-ip-addresses); a whole number is taken too.
    static func id(_ json: JSON?) -> String? { json?.visibleToken ?? json?.int.map(String.init) }

    /// ISO 8601 with milliseconds and `+00:00`, as promo codes have it (/api-reference/promo-codes).
    private static func date(_ json: JSON) -> Date? { json.string.flatMap(Date.init(rfc3339:)) }

    /// What the record says, or the one port that it has; a record with both ports speaks both.
    private static func proxyProtocol(_ json: JSON, _ order: JSON?) -> ProxyProtocol? {
        switch (json["protocol"] ?? order?["protocol"])?.string?.uppercased() {
        case "HTTP", "HTTPS": return .http
        case "SOCKS", "SOCKS5": return .socks
        default: break
        }
        let speaksHTTP = json.first(of: "httpsPort", "httpPort") != nil
        let speaksSOCKS = json.first(of: "socks5Port", "socksPort") != nil
        return speaksHTTP == speaksSOCKS ? nil : speaksHTTP ? .http : .socks
    }
}

extension Goods {
    /// The records of one order as goods. What the records do not agree on was not told.
    init(orderID: String, records: [LegacyRecord], redaction: Redaction) {
        let first = records.first
        self.init(
            id: orderID, orderNumber: records.agreed(\.orderNumber), shape: records.agreed(\.type)?.shape,
            country: records.agreed(\.country), quantity: records.count, proxyProtocol: records.agreed(\.proxyProtocol),
            mobileOperator: records.agreed(\.mobileOperator), startsAt: records.compactMap(\.startsAt).min(),
            endsAt: records.compactMap(\.endsAt).min(),
            isReady: !records.isEmpty && records.allSatisfy { $0.address != nil },
            details: redaction.details(first?.order ?? .array(records.map(\.json))))
    }
}

extension [LegacyRecord] {
    /// The value that all records have; nil when one of them differs.
    func agreed<Value: Equatable>(_ field: (LegacyRecord) -> Value?) -> Value? {
        guard let value = first.flatMap(field), allSatisfy({ field($0) == value }) else { return nil }
        return value
    }
}

extension JSON {
    /// A short text that can be shown; blanks are allowed.
    var visibleText: String? {
        guard let text = string, (1...128).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        return text
    }
}
