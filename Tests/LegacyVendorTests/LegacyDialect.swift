import Foundation
import LegacyVendor
import Purchasing
import PurchasingTestKit

/// Reads a fixture of this folder.
func fixture(_ name: String) -> String {
    guard let url = Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json"),
        let text = try? String(contentsOf: url, encoding: .utf8)
    else { fatalError("there is no fixture \(name)") }
    return text.trimmingCharacters(in: .newlines)
}

extension OrderRequest {
    static let ipv4 = OrderRequest(
        product: .ipv4, quantity: 2, rental: .days(30), country: Country("US"), goal: "scraping")
    static let ipv6 = OrderRequest(
        product: .ipv6, quantity: 5, rental: .months(12), country: Country("FR"), goal: "scraping",
        auth: .ip("203.0.113.7"), proxyProtocol: .socks)
    static let mobile = OrderRequest(
        product: .mobile, quantity: 1, rental: .months(1), country: Country("US"), goal: "scraping",
        mobileOperator: "verizon", rotationSeconds: 300, promoCode: "SAVE10")
    static let isp = OrderRequest(product: .isp, quantity: 2, rental: .days(30), country: Country("DE"))
}

/// The legacy vendor's words for the conformance suite, and adapters that speak to a scripted server.
enum LegacyDialect {
    static let key = "Canary_0123456789-canary"

    /// What a vendor that leaks would say: the key in its URL, in base 64 and in capitals.
    static let leak: String = {
        let base64 = Data(key.utf8).base64EncodedString()
        return "/client/api/v1/\(key)/order \(base64) \(key.uppercased()) is bad"
    }()

    static func adapter(_ url: String, timeout: Duration = .seconds(10), time: Timepiece = .system) throws
        -> LegacyAdapter
    {
        try LegacyAdapter(
            settings: LegacySettings(baseURL: url, apiKey: Secret(key), timeout: timeout, goal: "testing"), time: time)
    }

    /// The sale of `OrderRequest.ipv4` for 2.61, from a balance of 7.18 to 4.57.
    static let dialect = VendorDialect(
        key: key, request: .ipv4, baseline: Baseline(balance: .usd("7.18"), goods: []), quotedPrice: .usd("2.61"),
        sale: fixture("order.ipv4-success"), answers: refusals + doubts + sales,
        readings: quotes + lists, goods: goods,
        makeAdapter: { url, timeout in
            let adapter = try adapter(url, timeout: timeout)
            return (adapter, { await adapter.close() })
        })

    /// The IPs of one order among others.
    private static let goods = VendorProxiesDialect(
        Sale(
            orderID: IdentifierSource(milliseconds: { 1_780_000_000_000 }).next(.order), request: .ipv4,
            vendorOrderID: "1112223334283d122", batchID: nil),
        finds: ["198.51.100.42", "198.51.100.43"].compactMap { ip in
            BoughtProxy(
                ip: ip, httpPort: 8000, socks5Port: 8001, user: "alice", password: "Mz4yQv8R", country: Country("US"),
                expiresAt: Date(rfc3339: "2026-06-27T10:00:00.220Z"))
        },
        failures: [
            #"{"success":true,"error":null}"#, #"{"success":false,"error":{"code":2,"message":"\#(leak)"}}"#,
            #"{"success":true,"error":null,"ISP":[{"orderId":"1112223334283d122","ips":[{"id":"1"}]}]}"#,
        ]
    ) { _ in fixture("ipAddress.assumed-grouped") }

    /// A quote of each type, for 2.61.
    private static let quotes: [VendorReadingDialect] = [OrderRequest.ipv4, .ipv6, .mobile, .isp].map { request in
        VendorReadingDialect(
            "quote of \(request.shape.words)", .quote(request),
            finds: .quote(Money.usd("2.61").map { .priced($0) } ?? .unavailable(reason: "", retryAfter: nil)),
            failures: [
                ("with 2", failure("2"), .authFailed), ("with 3", failure("3"), .unavailable(["vendor_error_3"])),
                ("with 35", failure("35"), .unavailable(["vendor_error_35"])),
                ("without a code", failure("null"), .unreadable),
            ]
        ) { _ in
            #"{"success":true,"proxyType":null,"balance":7.18,"price":2.61,"currency":"USD","discount":0,"#
                + #""promoCodeStatus":null,"error":null,"warnings":null}"#
        }
    }

    /// The lists of each type.
    private static let lists: [VendorReadingDialect] = [ProductShape.ipv4, .ipv6, .mobileByIP, .isp].map { shape in
        var lists = ReferenceLists(countries: [Country("US")].compactMap(\.self), rentalDays: [30], promoCodes: [])
        if shape == .mobileByIP { lists.mobileOperators = [.init(name: "verizon", rotationSeconds: [300])] }
        return VendorReadingDialect(
            "lists of \(shape.words)", .lists(shape), finds: .lists(lists),
            failures: [
                ("with 2", failure("2"), .authFailed), ("with 3", failure("3"), .unavailable(["vendor_error_3"])),
                ("with 4", failure("4"), .refused), ("without a list", #"{"success":true}"#, .unreadable),
            ]
        ) { _ in
            #"{"success":true,"countries":["USA"],"rentPeriodDays":[30],"promoCodes":[],"#
                + #""mobileOperators":[{"tag":"verizon","rotationTime":300}]}"#
        }
    }

    /// A failure with an error's code, and JSON texts put in.
    static func failure(_ code: String, balance: String = "7.18", number: String = "null") -> String {
        #"{"success":false,"proxyType":null,"orderNumber":\#(number),"balance":\#(balance),"currency":"USD","#
            + #""error":{"code":\#(code),"message":"\#(leak)"},"promoCodeStatus":null}"#
    }

    /// A success, with JSON texts put in.
    static func success(
        success: String = "true", type: String = #""IPv4""#, number: String = #""NUMBER-1""#, balance: String = "4.57",
        error: String = "null", promo: String = "null"
    ) -> String {
        #"{"success":\#(success),"proxyType":\#(type),"orderNumber":\#(number),"balance":\#(balance),"currency":"USD","#
            + #""error":\#(error),"promoCodeStatus":\#(promo)}"#
    }

    private static let refusals: [VendorDialect.Answer] =
        [
            .init("2", 200, #"{"success":false,"error":{"code":2,"message":"Error api key"}}"#, .refused(.authFailed)),
            .init("7", 200, failure("7"), .refused(.insufficientInventory)),
            .init("16", 200, failure("16"), .refused(.insufficientBalance)),
            .init("14 with the balance as text", 200, failure("14", balance: #""7.180""#), .refused(.rejected)),
        ] + [4, 6, 8, 10, 11, 13, 14, 19, 23].map { .init("\($0)", 200, failure("\($0)"), .refused(.rejected)) }

    private static let doubts: [VendorDialect.Answer] =
        [1, 3, 5, 9, 12, 15, 24, 29, 35, 36, 1000, -2].map {
            .init("\($0)", 200, failure("\($0)"), .unknown(["unlisted_refusal"]))
        } + [
            .init("a text for a code", 200, failure(#""14""#), .unknown(["unlisted_refusal"])),
            .init("a fraction for a code", 200, failure("14.0"), .unknown(["unlisted_refusal"])),
            .init("no code", 200, failure("null"), .unknown(["unlisted_refusal"])),
            .init(
                "a listed code with no balance to read", 200, failure("14", balance: "{}"),
                .unknown(["unreadable_balance"])),
            .init(
                "a listed code with nothing said of the balance", 200, failure("14", balance: "null"),
                .unknown(["no_balance"])),
            .init(
                "2 without a balance, but with a number", 200, failure("2", balance: "null", number: #""N-1""#),
                .unknown(["contradictory_answer"])),
            .init(
                "a listed code, but the balance fell", 200, failure("14", balance: "4.57"), .unknown(["balance_moved"])),
            .init(
                "a listed code with an order number", 200, failure("14", number: #""N-1""#),
                .unknown(["contradictory_answer"])),
            .init("429", 429, failure("14"), headers: ["Retry-After": "8"], .unknown(["status_429"])),
            .init("401", 401, failure("2"), .unknown(["status_401"])),
            .init("400", 400, failure("14"), .unknown(["status_400"])),
            .init("201 with a sale", 201, success(), .unknown(["status_201"])),
            .init("no success", 200, #"{"orderNumber":"NUMBER-1"}"#, .unknown(["unreadable_body"])),
            .init("a text for success", 200, success(success: #""true""#), .unknown(["unreadable_body"])),
            .init("1 for success", 200, success(success: "1"), .unknown(["unreadable_body"])),
        ]

    private static let sales: [VendorDialect.Answer] = [
        .init("no number", 200, success(number: "null"), .unknown(["no_order_number"])),
        .init("an empty number", 200, success(number: #""""#), .unknown(["no_order_number"])),
        .init("a JSON number for a number", 200, success(number: "112233"), .unknown(["no_order_number"])),
        .init(
            "a huge number", 200, success(number: "\"" + String(repeating: "9", count: 10_240) + "\""),
            .unknown(["no_order_number"])),
        .init("another type", 200, success(type: #""ISP""#), .unknown(["answer_mismatch"])),
        .init("an unknown type", 200, success(type: #""IPv5""#), .unknown(["answer_mismatch"])),
        .init(
            "an error with success", 200, success(error: #"{"code":35,"message":"x"}"#),
            .unknown(["contradictory_answer"])),
        .init("another balance", 200, success(balance: "7.18"), .bought),
        .init("a balance that cannot be read", 200, success(balance: "1e400"), .bought),
        .init("the key in the answer", 200, success(promo: "\"" + leak + "\""), .bought),
    ]
}
