import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit
import Testing
import VendorHTTP

@testable import LegacyVendor

struct `What the legacy vendor answers to an order` {
    private let mapping = LegacyMapping(redaction: Redaction(hiding: Secret(LegacyDialect.key)))

    private func outcome(
        _ body: String, of request: OrderRequest = .ipv4, balance: String? = "7.18", quote: String? = "2.61"
    ) throws -> PurchaseOutcome {
        mapping.outcome(
            of: VendorAnswer(status: 200, body: Array(body.utf8)), to: try call(request, balance: balance, quote: quote)
        )
    }

    private func call(_ request: OrderRequest, balance: String?, quote: String?) throws -> PurchaseCall {
        let id = try #require(Identifier("ord_00000000000000000000000001", kind: .order))
        return PurchaseCall(
            request: request, body: [], key: nil,
            baseline: Baseline(
                balance: balance.flatMap { Millionths($0, allowsSign: true) }.map { Money($0) }, goods: []),
            quotedPrice: quote.flatMap(Money.usd), context: CallContext(orderID: id))
    }

    private func flags(
        _ body: String, of request: OrderRequest = .ipv4, balance: String? = "7.18", quote: String? = "2.61"
    )
        throws -> [String]?
    {
        guard case .bought(let receipt) = try outcome(body, of: request, balance: balance, quote: quote) else {
            return nil
        }
        return receipt.flags
    }

    @Test(arguments: [
        ("ipv4", OrderRequest.ipv4, "7.18", "2.61", "NUMBER-112233"),
        ("ipv6", .ipv6, "4.57", "0.81", "NUMBER-22334455"),
        ("mobile", .mobile, "3.76", "1.81", "NUMBER-4455566677"),
        ("isp", .isp, "7.18", "2.61", "NUMBER-112233"),
    ])
    func `each documented sale names its number and nothing else`(
        _ type: String, _ request: OrderRequest, _ balance: String, _ quote: String, _ number: String
    ) throws {
        var plain = request
        plain.promoCode = nil
        let body = fixture("order.\(type)-success")
        #expect(
            try outcome(body, of: plain, balance: balance, quote: quote)
                == .bought(
                    Receipt(vendorOrderNumber: number, isReady: false, details: try JSON(parsing: body))))
        var coded = request
        coded.promoCode = "SAVE10"
        #expect(try flags(fixture("order.\(type)-promo-valid"), of: coded, balance: balance, quote: quote) == [])
        #expect(
            try flags(fixture("order.\(type)-promo-no-valid"), of: coded, balance: balance, quote: quote)
                == ["promo_code_not_applied"])
    }

    @Test(arguments: [
        ("ipv4-incorrect-goal", OrderRequest.ipv4, "7.18", "14", "Incorrect goal"),
        ("ipv6-incorrect-protocol", .ipv6, "4.57", "13", "Incorrect protocol"),
        ("mobile-incorrect-operator", .mobile, "3.76", "8", "Incorrect mobile operator"),
        ("isp-incorrect-goal", .isp, "7.18", "14", "Incorrect goal"),
    ])
    func `each documented refusal keeps its words, while the balance stands`(
        _ name: String, _ request: OrderRequest, _ balance: String, _ code: String, _ message: String
    ) throws {
        let refusal = Refusal(.rejected, vendorCode: code, message: message)
        #expect(try outcome(fixture("order.\(name)"), of: request, balance: balance) == .refused(refusal))
        #expect(try outcome(fixture("order.\(name)"), of: request, balance: nil) == .refused(refusal))
        #expect(
            try outcome(fixture("order.\(name)"), of: request, balance: "9.00")
                == .unknown(Doubt("balance_moved", status: 200, vendorCode: code, message: message)))
    }

    @Test(
        arguments: [
            ("4.57", []), ("4.58", []), ("4.56", []), ("4.59", ["balance_mismatch"]), ("4.55", ["balance_mismatch"]),
            ("7.18", ["balance_mismatch"]), ("-4.57", ["balance_mismatch"]), (#""4.57""#, []), ("null", []),
            ("1e2", []),
        ] as [(String, [String])])
    func `a balance that did not fall by the quote is flagged`(_ balance: String, _ flags: [String]) throws {
        #expect(try self.flags(LegacyDialect.success(balance: balance)) == flags)
        #expect(try self.flags(LegacyDialect.success(balance: balance), quote: nil) == [])
    }

    @Test func `a promo code that the answer does not mention was not applied`() throws {
        #expect(
            try flags(LegacyDialect.success(type: #""MOBILE""#), of: .mobile, quote: nil) == ["promo_code_not_applied"])
    }

    @Test func `another currency is another balance`() throws {
        let body = LegacyDialect.failure("14").replacingOccurrences(of: "USD", with: "EUR")
        guard case .unknown(let doubt) = try outcome(body) else {
            Issue.record("7.18 EUR is not 7.18 USD")
            return
        }
        #expect(doubt.reason == "balance_moved")
    }

    @Test func `broken answers never buy without a number and never refuse without a listed code`() throws {
        var random = SeededRandom()
        let samples = [
            fixture("order.ipv4-success"), fixture("order.ipv4-incorrect-goal"), LegacyDialect.failure("16"),
            LegacyDialect.failure("2"), LegacyDialect.failure("35"), LegacyDialect.success(), "{}", "<html>",
        ]
        let call = try call(.ipv4, balance: "7.18", quote: "2.61")
        for _ in 0..<6000 {
            let body = DocumentBreaker().broken(samples.randomElement(using: &random) ?? "", with: &random)
            let status = [200, 200, 200, 201, 400, 401, 429, 500].randomElement(using: &random) ?? 200
            let outcome = mapping.outcome(of: VendorAnswer(status: status, body: body), to: call)
            if let fault = Self.fault(of: outcome, status, String(decoding: body, as: UTF8.self)) {
                Issue.record("\(fault): \(status) \(String(decoding: body, as: UTF8.self)) (seed \(random.seed))")
                return
            }
        }
    }

    /// What is wrong with an outcome, found out without the code under test.
    private static func fault(of outcome: PurchaseOutcome, _ status: Int, _ text: String) -> String? {
        let flat = text.filter { !$0.isWhitespace }
        switch outcome {
        case .bought(let receipt):
            let number = receipt.vendorOrderNumber ?? ""
            guard status == 200, flat.contains(#""success":true"#) else { return "bought without success" }
            return (1...128).contains(number.utf8.count) && text.contains("\"\(number)\"")
                ? nil : "bought without a number"
        case .refused(let refusal):
            let codes = [2, 4, 6, 7, 8, 10, 11, 13, 14, 16, 19, 23].map(String.init)
            guard status == 200, flat.contains(#""success":false"#) else { return "refused without success:false" }
            guard let code = refusal.vendorCode, codes.contains(code) else { return "refused without a listed code" }
            let balances =
                ["7.18", "null"] + ["[]", "{}", "true", "false", "\"", "1e", "NaN", "-0", "1234567", "120.0"]
            let isStill = balances.contains { flat.contains("\"balance\":\($0)") } || !flat.contains("\"balance\":")
            return isStill ? nil : "refused although the balance moved"
        case .notSent: return "an answer is never proof that nothing was sent"
        case .unknown: return nil
        }
    }
}

struct `What the legacy vendor quotes` {
    private let mapping = LegacyMapping(redaction: Redaction(hiding: Secret(LegacyDialect.key)))

    private func quote(_ body: String, for request: OrderRequest = .ipv4) -> Preparation {
        mapping.quote(in: VendorAnswer(status: 200, body: Array(body.utf8)), for: request).preparation
    }

    @Test func `the documented quotes are read to the cent`() {
        let baseline = Baseline(balance: .usd("7.18"), goods: nil)
        #expect(quote(fixture("calculate-order.ok")) == .ready(price: .usd("1.31"), baseline: baseline))
        #expect(quote(fixture("calculate-order.promo-valid")) == .ready(price: .usd("1.18"), baseline: baseline))
    }

    @Test func `the documented reasons not to order stop it`() {
        #expect(
            quote(fixture("calculate-order.warnings"))
                == .refused(Refusal(.rejected, vendorCode: "14", message: "Incorrect goal")))
        #expect(
            quote(fixture("calculate-order.promo-no-valid"))
                == .refused(Refusal(.promoCodeInvalid, vendorCode: "NO_VALID")))
        #expect(
            quote(fixture("calculate-order.failure"))
                == .refused(Refusal(.rejected, vendorCode: "4", message: "Incorrect proxy type")))
    }

    private func quoted(
        price: String = "1.31", type: String = #""IPv4""#, warnings: String = "null", promo: String = "null",
        error: String = "null"
    ) -> String {
        #"{"success":true,"proxyType":\#(type),"balance":7.18,"price":\#(price),"currency":"USD","#
            + #""promoCodeStatus":\#(promo),"error":\#(error),"warnings":\#(warnings)}"#
    }

    @Test func `a warning of too little money is that`() {
        #expect(
            quote(quoted(warnings: #"[{"code":16,"message":"Insufficient funds on balance"}]"#))
                == .refused(
                    Refusal(.insufficientBalance, vendorCode: "16", message: "Insufficient funds on balance")))
        #expect(quote(quoted(warnings: "[{}]")) == .refused(Refusal(.rejected)))
        #expect(quote(quoted(warnings: "[]")) == quote(quoted()))
    }

    @Test(arguments: ["EXPIRED", "valid", ""]) func `a promo code that is not valid stops it`(_ status: String) {
        #expect(
            quote(quoted(promo: "\"\(status)\""), for: .mobile)
                == .refused(Refusal(.promoCodeInvalid, vendorCode: status)))
    }

    @Test func `what cannot be read is not bought upon`() {
        let bodies = [
            "", "{}", "[]", quoted(price: "null"), quoted(price: "-1"), quoted(price: "1e1"), quoted(type: #""ISP""#),
            quoted(warnings: "{}"), quoted(warnings: #""goal""#), quoted(error: #"{"code":1}"#),
            quoted().replacingOccurrences(of: "USD", with: "dollars"), #"{"success":false}"#,
        ]
        for body in bodies {
            #expect(quote(body) == .unavailable(reason: "unreadable_quote", retryAfter: nil), "\(body)")
        }
    }

    @Test(arguments: [
        (2, Refusal.Reason.authFailed), (7, .insufficientInventory), (16, .insufficientBalance), (99, .rejected),
    ])
    func `a code refuses`(_ code: Int, _ reason: Refusal.Reason) {
        guard case .refused(let refusal) = quote(LegacyDialect.failure("\(code)")) else {
            Issue.record("\(code) is no refusal")
            return
        }
        #expect(refusal.reason == reason)
        #expect(refusal.vendorCode == "\(code)")
        #expect(refusal.message?.contains(LegacyDialect.key) == false)
    }

    @Test(arguments: [3, 35]) func `trouble of the vendor may pass`(_ code: Int) {
        #expect(
            quote(LegacyDialect.failure("\(code)")) == .unavailable(reason: "vendor_error_\(code)", retryAfter: nil))
    }
}
