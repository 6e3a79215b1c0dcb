import ExactJSON
import Foundation
import HeloDataVendor
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
    static let twentyIPs = OrderRequest(
        product: .isp, quantity: 20, rental: .months(1), country: Country("US"), city: "newyork", asn: 7922)

    static let fiftyGB = OrderRequest(product: .residential, gb: Millionths("50"))
}

/// HeloData's words for the conformance suite, and adapters that speak to a scripted server.
enum HeloDataDialect {
    static let key = "hel_live_Canary+0123456789/canary"

    /// What a vendor that leaks would say: the key as it is, percent-encoded, in base 64 and in capitals.
    static let leak: String = {
        let base64 = Data(key.utf8).base64EncodedString()
        return "token \(key) hel_live_Canary%2B0123456789%2Fcanary \(base64) \(key.uppercased()) is bad"
    }()

    static func adapter(
        _ url: String, timeout: Duration = .seconds(10), time: Timepiece = .system, idempotency: Bool = true
    ) throws -> HeloDataAdapter {
        try HeloDataAdapter(
            settings: HeloDataSettings(
                baseURL: url + "/v1", apiKey: Secret(key), timeout: timeout, idempotency: idempotency),
            time: time)
    }

    static let dialect = VendorDialect(
        key: key, request: .twentyIPs, baseline: nil, quotedPrice: nil, sale: fixture("orders.isp-provisioning"),
        answers: refusals + doubts + delays + sales, readings: [stock],
        goods: VendorProxiesDialect(
            .twentyIPs, finds: [`HeloData's proxies`.documentedProxy].compactMap(\.self),
            failures: [
                "ip,port,user,pass\nx,8000,u,p\n", "ip,port\n198.51.100.42,8000\n", "ip,port,user,pass\n198.51.100.42",
                #"[{"ip":"198.51.100.42","port":8000}]"#,
            ]
        ) { _ in `HeloData's proxies`.documented },
        makeAdapter: { url, timeout in
            let adapter = try adapter(url, timeout: timeout)
            return (adapter, { await adapter.close() })
        })

    /// The inventory of one network.
    private static let stock = VendorReadingDialect(
        "stock", .stock(StockQuery(.isp, country: Country("US"), asn: 7922)),
        finds: .stock(
            [nil, "newyork", "losangeles"].map { city in
                InventoryRow(
                    .isp, country: Country("US"), city: city, asn: 7922, available: city == nil ? 25_000 : nil,
                    price: Money.usd("6.00").map { UnitPrice($0, per: .ipMonth) },
                    details: city == nil ? ["as_of": "2026-05-28T10:00:00Z"] : nil)
            }),
        failures: [
            ("with an error", error("internal"), .unreadable),
            ("with a list of nothing known", "[{\"a\":1}]", .unreadable),
            ("with a part", #"{"data":[],"has_more":true}"#, .unreadable),
        ]
    ) { _ in fixture("inventory.assumed-filtered") }

    private static func error(_ code: String) -> String { #"{"code":"\#(code)","message":"\#(leak)"}"# }

    private static let refusals: [VendorDialect.Answer] = [
        .init("409 insufficient_balance", 409, error("insufficient_balance"), .refused(.insufficientBalance)),
        .init("409 kyc_required", 409, error("kyc_required"), .refused(.kycRequired)),
        .init("422 insufficient_inventory", 422, error("insufficient_inventory"), .refused(.insufficientInventory)),
        .init("422 quantity_out_of_range", 422, error("quantity_out_of_range"), .refused(.quantityOutOfRange)),
        .init("400", 400, error("invalid_request"), .refused(.rejected)),
        .init("401", 401, error("unauthorized"), .refused(.authFailed)),
        .init("401 without a body", 401, "", .refused(.authFailed)),
        .init("403", 403, error("missing_scope"), .refused(.authFailed)),
        .init("409 inside error", 409, #"{"error":{"code":"kyc_required","message":"x"}}"#, .refused(.kycRequired)),
    ]

    private static let doubts: [VendorDialect.Answer] = [
        .init("409 with an unlisted code", 409, error("order_in_progress"), .unknown(["unlisted_refusal"])),
        .init("409 without a code", 409, "{}", .unknown(["unlisted_refusal"])),
        .init("409 with the code of a 422", 409, error("insufficient_inventory"), .unknown(["unlisted_refusal"])),
        .init("422 with the code of a 409", 422, error("insufficient_balance"), .unknown(["unlisted_refusal"])),
        .init("422 with another case", 422, error("INSUFFICIENT_INVENTORY"), .unknown(["unlisted_refusal"])),
        .init("409 key reused", 409, error("idempotency_key_reused"), .unknown(["key_reused"])),
        .init("422 key mismatch", 422, error("idempotency_mismatch"), .unknown(["key_reused"])),
        .init("400 key in use", 400, error("idempotency_in_progress"), .unknown(["unlisted_refusal"])),
        .init("500 with the key", 500, error("internal"), .unknown(["status_500"])),
        .init("402", 402, error("insufficient_balance"), .unknown(["status_402"])),
    ]

    private static let delays: [VendorDialect.Answer] = [
        .init(
            "429", 429, fixture("any.rate_limited"), headers: ["Retry-After": "8"], .notSent(["rate_limited"])),
        .init("429 without a wait", 429, "", .notSent(["rate_limited"])),
    ]

    private static let sales: [VendorDialect.Answer] = [
        .init("201", 201, fixture("orders.isp-provisioning"), .bought),
        .init("no id", 200, isp(id: "null"), .unknown(["no_order_id"])),
        .init("an empty id", 200, isp(id: #""""#), .unknown(["no_order_id"])),
        .init("a number for an id", 200, isp(id: "7"), .unknown(["no_order_id"])),
        .init("an id with blanks", 200, isp(id: #""ord 1""#), .unknown(["no_order_id"])),
        .init("a huge id", 200, isp(id: "\"" + String(repeating: "x", count: 129) + "\""), .unknown(["no_order_id"])),
        .init("another product", 200, isp(product: #""mobile""#), .unknown(["answer_mismatch"])),
        .init("no product", 200, isp(product: "null"), .unknown(["answer_mismatch"])),
        .init("another quantity", 200, isp(quantity: "19"), .unknown(["answer_mismatch"])),
        .init("a text for a quantity", 200, isp(quantity: #""20""#), .unknown(["answer_mismatch"])),
        .init("another country", 200, isp(country: "de"), .unknown(["answer_mismatch"])),
        .init("no price", 200, isp(total: "null"), .bought),
        .init("the key in the answer", 200, isp(status: "\"" + leak + "\""), .bought),
    ]

    /// The answer to an order of ISP IPs, with JSON texts put in.
    static func isp(
        id: String = #""ord_1""#, product: String = #""isp""#, status: String = #""provisioning""#,
        total: String = "120.00", quantity: String = "20", country: String = "us", batch: String = #""bat_1""#
    ) -> String {
        #"{"id":\#(id),"product":\#(product),"status":\#(status),"total_usd":\#(total),"details":{"batch_id":\#(batch),"#
            + #""quantity":\#(quantity),"country":"\#(country)","expires_at":"2026-06-28T10:00:00Z"}}"#
    }
}
