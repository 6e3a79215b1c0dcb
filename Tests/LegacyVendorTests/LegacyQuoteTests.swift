import Foundation
import LegacyVendor
import Purchasing
import PurchasingTestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `What an order would cost at the legacy vendor` {
    /// The quote of a vendor that answers so, and the calls that it got.
    private func quote(
        _ act: ScriptedServer.Act, of request: OrderRequest = .ipv4
    ) async throws -> (quote: VendorQuote, prepared: Preparation, calls: [String]) {
        let server = try ScriptedServer { request in
            request.target.hasSuffix("/calculate/order") ? act : .http(200, #"{"success":true,"items":[]}"#)
        }
        defer { server.stop() }
        let adapter = try LegacyDialect.adapter(server.url)
        let quote = await adapter.quote(request, context: CallContext(orderID: nil))
        let calls = server.requests.map(\.method) + server.requests.map(\.text)
        let prepared = await adapter.prepare(request, context: CallContext(orderID: nil))
        await adapter.close()
        return (quote, prepared, calls)
    }

    private func quote(_ body: String, of request: OrderRequest = .ipv4) async throws -> VendorQuote {
        try await quote(.http(200, body), of: request).quote
    }

    private func quoted(
        price: String = "22.61", type: String = #""IPv4""#, warnings: String = "null", promo: String = "null",
        error: String = "null"
    ) -> String {
        #"{"success":true,"proxyType":\#(type),"balance":7.18,"price":\#(price),"currency":"USD","#
            + #""promoCodeStatus":\#(promo),"error":\#(error),"warnings":\#(warnings)}"#
    }

    @Test func `is asked with one call that orders nothing`() async throws {
        let (quote, _, calls) = try await quote(.http(200, fixture("calculate-order.ok")))
        #expect(quote == .usd("1.31"))
        #expect(
            calls == [
                "POST", #"{"proxyType":"IPv4","quantity":2,"rentPeriodDays":30,"country":"USA","goal":"scraping"}"#,
            ])
        #expect(try await self.quote(fixture("calculate-order.promo-valid")) == .usd("1.18"))
    }

    @Test func `is told beside the reason for which it would not be sold`() async throws {
        let goal = Refusal(.rejected, vendorCode: "14", message: "Incorrect goal")
        #expect(try await quote(fixture("calculate-order.warnings")) == .refused(goal, price: .usd("22.61")))
        let promo = Refusal(.promoCodeInvalid, vendorCode: "NO_VALID")
        #expect(try await quote(fixture("calculate-order.promo-no-valid")) == .refused(promo, price: .usd("1.31")))
        let funds = #"[{"code":16,"message":"Insufficient funds on balance"}]"#
        #expect(
            try await quote(quoted(warnings: funds))
                == .refused(
                    Refusal(.insufficientBalance, vendorCode: "16", message: "Insufficient funds on balance"),
                    price: .usd("22.61")))
        let type = Refusal(.rejected, vendorCode: "4", message: "Incorrect proxy type")
        #expect(try await quote(fixture("calculate-order.failure")) == .refused(type, price: nil))
    }

    @Test func `is no price where the answer is about something else`() async throws {
        let warning = #"[{"code":14,"message":"m"}]"#
        let refusal = Refusal(.rejected, vendorCode: "14", message: "m")
        for body in [
            quoted(price: "null", warnings: warning), quoted(price: "-1", warnings: warning),
            quoted(price: "1e1", warnings: warning), quoted(type: #""ISP""#, warnings: warning),
            quoted(warnings: warning, error: #"{"code":1}"#),
            quoted(warnings: warning).replacingOccurrences(of: "USD", with: "dollars"),
        ] {
            #expect(try await quote(body) == .refused(refusal, price: nil), "\(body)")
        }
        let failure = LegacyDialect.failure("16").replacingOccurrences(of: #""error""#, with: #""price":1.00,"error""#)
        guard case .refused(let refusal, price: nil) = try await quote(failure) else {
            Issue.record("a failure has no price")
            return
        }
        #expect(refusal.reason == .insufficientBalance && refusal.message?.contains(LegacyDialect.key) == false)
    }

    @Test func `is the same as what is asked just before a purchase`() async throws {
        let bodies = [
            "", "{}", "[]", "<html>", fixture("calculate-order.ok"), fixture("calculate-order.warnings"),
            fixture("calculate-order.promo-valid"), fixture("calculate-order.promo-no-valid"),
            fixture("calculate-order.failure"), LegacyDialect.failure("3"), LegacyDialect.failure("2"),
            LegacyDialect.failure("null"), quoted(price: "0"), quoted(warnings: "{}"), quoted(promo: #""EXPIRED""#),
            quoted(error: #"{"code":1}"#),
        ]
        let acts =
            bodies.map { ScriptedServer.Act.http(200, $0) } + [
                .reset, .close, .http(500, ""), .http(401, ""), .http(404, ""), .http(302, ""),
                .http(429, "", headers: ["Retry-After": "8"]),
            ]
        for act in acts {
            let (quote, prepared, _) = try await quote(act)
            switch (quote, prepared) {
            case (.priced(let price), .ready(let prepared, _, _)): #expect(price == prepared)
            case (.refused(let refusal, _), .refused(let prepared)): #expect(refusal == prepared)
            case (.unavailable(let reason, let wait), .unavailable(let prepared, let preparedWait)):
                #expect(reason == prepared && wait == preparedWait)
            default: Issue.record("\(quote) is not \(prepared)")
            }
        }
    }
}

extension VendorQuote {
    fileprivate static func usd(_ text: String) -> VendorQuote? { Money.usd(text).map { .priced($0) } }
}
