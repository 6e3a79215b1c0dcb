import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// Every way in which a purchase is refused, seen from outside: the status, the code, what is said of the money, whether an
/// order is stored, and that the vendors sold nothing.
@Suite(.serialized) struct RefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String { name }
        let name: String
        let body: String
        let status: Int
        let code: String
        let isStored: Bool
        var retry = "new_key"
        var set: @Sendable (Rig) throws -> Void = { _ in }
    }

    static func patch(_ json: String) throws -> SandboxJSON { try SandboxJSON(parsing: json) }

    static let vendorRows: [Row] = [
        Row(
            name: "balance at helodata", body: Body.residential, status: 409, code: "insufficient_balance",
            isStored: true
        ) {
            try $0.vendors.heloData.change(settings: try patch(#"{"balance":"1.00"}"#))
        },
        Row(name: "balance at legacy", body: Body.ipv4, status: 409, code: "insufficient_balance", isStored: true) {
            try $0.vendors.legacy.change(settings: try patch(#"{"balance":"0.10"}"#))
        },
        Row(
            name: "kyc", body: Body.mobileByGB, status: 409, code: "kyc_required", isStored: true, retry: "ask_operator"
        ) {
            try $0.vendors.heloData.change(settings: try patch(#"{"kyc_status":"pending"}"#))
        },
        Row(name: "stock at helodata", body: Body.isp, status: 422, code: "insufficient_inventory", isStored: true) {
            try $0.vendors.heloData.change(settings: try patch(#"{"stock":[]}"#))
        },
        Row(name: "stock at legacy", body: Body.ipv4, status: 422, code: "insufficient_inventory", isStored: true) {
            try $0.vendors.legacy.change(settings: try patch(#"{"offers":[]}"#))
        },
        Row(
            name: "unknown operator", body: Body.mobileByIP.replacing("verizon", with: "nobody"), status: 422,
            code: "vendor_rejected", isStored: true, retry: "fix_request"),
        Row(name: "goal", body: Body.ipv4, status: 422, code: "vendor_rejected", isStored: true, retry: "fix_request") {
            try $0.vendors.legacy.change(settings: try patch(#"{"refused_goals":["scraping"]}"#))
        },
        Row(
            name: "rental time", body: Body.ipv4.replacing(#""days":30"#, with: #""days":31"#), status: 422,
            code: "vendor_rejected", isStored: true, retry: "fix_request"),
        Row(
            name: "promo code", body: Body.ipv4.replacing("}", with: #","promo_code":"NOPE"}"#), status: 422,
            code: "promo_code_invalid", isStored: true, retry: "fix_request"),
        Row(
            name: "credentials at helodata", body: Body.residential, status: 502, code: "vendor_auth_failed",
            isStored: true, retry: "ask_operator"
        ) {
            try $0.vendors.heloData.change(settings: try patch(#"{"token":"another"}"#))
        },
        Row(
            name: "credentials at legacy", body: Body.ipv4, status: 502, code: "vendor_auth_failed", isStored: true,
            retry: "ask_operator"
        ) {
            try $0.vendors.legacy.change(settings: try patch(#"{"api_key":"another"}"#))
        },
        Row(
            name: "quote above the ceiling", body: Body.ipv4.replacing("}", with: #","max_total":"0.50"}"#),
            status: 409, code: "price_above_limit", isStored: true, retry: "fix_request"),
    ]

    static let ownRows: [Row] = [
        Row(
            name: "list price above the ceiling",
            body: Body.residential.replacing("}", with: #","max_total":"22.49"}"#), status: 409,
            code: "price_above_limit", isStored: false),
        Row(
            name: "nobody sells it", body: Body.ipv4.replacing("}", with: #","vendor":"helodata"}"#), status: 422,
            code: "invalid_request", isStored: false, retry: "fix_request"),
        Row(
            name: "no vendor for it", body: #"{"product":"isp","country":"US","quantity":3,"days":45,"asn":7922}"#,
            status: 422, code: "no_vendor", isStored: false, retry: "fix_request"),
        Row(
            name: "unknown vendor", body: Body.residential.replacing("}", with: #","vendor":"nobody"}"#), status: 422,
            code: "invalid_request", isStored: false, retry: "fix_request"),
        Row(
            name: "unknown field", body: Body.residential.replacing("}", with: #","gbs":5}"#), status: 422,
            code: "invalid_request", isStored: false, retry: "fix_request"),
        Row(name: "not JSON", body: "{", status: 400, code: "malformed_request", isStored: false, retry: "fix_request"),
        Row(
            name: "duplicate keys", body: #"{"product":"residential","gb":5,"gb":6}"#, status: 400,
            code: "malformed_request", isStored: false, retry: "fix_request"),
    ]

    @Test(arguments: vendorRows + ownRows) func `a refusal tells the truth about the money`(row: Row) async throws {
        try await Rig.run { rig in
            try row.set(rig)
            try await rig.serving { api in
                let answer = try await api.buy(row.body, key: "k-1")
                #expect(answer.status == row.status, "\(answer.text)")
                #expect(answer.word == row.code, "\(answer.text)")
                #expect(answer.headers["content-type"] == "application/problem+json")
                let money = answer.json["money_state"]?.string
                #expect(money == "not_spent" || !row.isStored && money == "unchanged")
                #expect((answer.json["order_id"]?.string != nil) == row.isStored)
                if row.isStored {
                    let again = try await api.buy(row.body, key: "k-1")
                    #expect(again.status == row.status)
                    #expect(again.orderID == answer.orderID)
                    #expect(again.json["retry_action"]?.string == row.retry)
                    #expect(try await api.get("/orders/\(answer.orderID)").json["status"]?.string == "failed")
                }
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.isEmpty)
                #expect(rig.vendors.legacy.books.sold.isEmpty)
            }
        }
    }

    /// That it is in no log line is checked at the end of every case.
    @Test func `a caller's key in the wrong place opens nothing`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let nobody = api.with(nil)
                for path in ["/\(rig.buyer)", "/orders/\(rig.buyer)/cancel", "/orders?key=\(rig.buyer)"] {
                    let answer = try await nobody.call("POST", path, body: Body.residential)
                    #expect([401, 404].contains(answer.status), "\(answer.text)")
                    #expect(!answer.text.contains(rig.buyer.suffix(43)))
                }
            }
        }
    }

    @Test func `a vendor that is not there fails the order, unspent`() async throws {
        var tuning = Tuning()
        tuning.deadline = "1s"
        try await Rig.run(tuning: tuning) { rig in
            try await rig.serving { api in
                await rig.vendors.stop()
                for body in [Body.residential, Body.ipv4] {
                    let answer = try await api.buy(body, key: "gone-\(body.count)")
                    #expect(answer.status == 503, "\(answer.text)")
                    #expect(answer.word == "vendor_unavailable")
                    #expect(answer.json["money_state"]?.string == "not_spent")
                }
                try await rig.booksAgree(api)
            }
        }
    }
}
