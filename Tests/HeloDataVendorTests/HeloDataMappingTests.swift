import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit
import Testing
import VendorHTTP

@testable import HeloDataVendor

struct `What HeloData answers to an order` {
    private let mapping = HeloDataMapping(redaction: Redaction(hiding: Secret(HeloDataDialect.key)))
    private let now = Date(timeIntervalSince1970: 1_780_000_000)

    private func outcome(
        _ status: Int, _ body: String, headers: [String: String] = [:], of request: OrderRequest = .twentyIPs
    ) -> PurchaseOutcome {
        let answer = VendorAnswer(status: status, headers: headers, body: Array(body.utf8))
        return mapping.outcome(of: answer, to: request, now: now)
    }

    private func receipt(_ body: String, of request: OrderRequest = .twentyIPs) -> Receipt? {
        guard case .bought(let receipt) = outcome(200, body, of: request) else { return nil }
        return receipt
    }

    @Test func `the documented sale of traffic is ready at once`() throws {
        let body = fixture("orders.residential-completed")
        #expect(
            receipt(body, of: .fiftyGB)
                == Receipt(
                    vendorOrderID: "ord_01HX2K3PQ4M5", total: .usd("225.00"), isReady: true,
                    details: try JSON(parsing: body)))
    }

    @Test func `the documented sale of IPs is not ready, and names its batch`() throws {
        let body = fixture("orders.isp-provisioning")
        #expect(
            receipt(body)
                == Receipt(
                    vendorOrderID: "ord_01HXabc", batchID: "bat_01HXabc", total: .usd("120.00"), isReady: false,
                    expiresAt: Date(rfc3339: "2026-06-28T10:00:00Z"), details: try JSON(parsing: body)))
    }

    @Test(arguments: [
        ("insufficient_balance", 409, Refusal.Reason.insufficientBalance, "Account balance can't cover the order"),
        ("kyc_required", 409, .kycRequired, "KYC needed before ordering this product"),
        ("insufficient_inventory", 422, .insufficientInventory, "Not enough IPs in the requested geo/ASN"),
        ("quantity_out_of_range", 422, .quantityOutOfRange, "Quantity below 5 or above 5000"),
    ])
    func `each documented refusal keeps its words`(
        _ code: String, _ status: Int, _ reason: Refusal.Reason, _ message: String
    ) {
        let refusal = Refusal(reason, vendorCode: code, message: message)
        #expect(outcome(status, fixture("orders.\(code)")) == .refused(refusal))
    }

    @Test func `the documented rate limit says how long to wait`() {
        let body = fixture("any.rate_limited")
        #expect(outcome(429, body, headers: ["retry-after": "8"]) == .notSent(.rateLimited(retryAfter: .seconds(8))))
    }

    @Test(arguments: ["null", "1e2", #""""#, #""free""#, "-1", "[]", "1.0000001", "123456789012345678901234567890"])
    func `a price that cannot be read leaves the sale a sale`(_ total: String) {
        let receipt = receipt(HeloDataDialect.isp(total: total))
        #expect(receipt?.vendorOrderID == "ord_1")
        #expect(receipt?.total == nil)
        #expect(receipt?.flags == ["price_unknown"])
    }

    @Test func `a price may be text`() {
        #expect(receipt(HeloDataDialect.isp(total: #""120.50""#))?.total == .usd("120.50"))
    }

    @Test(arguments: [#""queued""#, #""COMPLETED""#, #""""#, "null", "7", #""active""#])
    func `a status never seen is never taken for ready`(_ status: String) {
        let ips = receipt(HeloDataDialect.isp(status: status))
        #expect(ips?.isReady == false)
        #expect(ips?.flags == ["unknown_status"])
        let traffic = receipt(
            #"{"id":"ord_1","product":"residential","status":\#(status),"total_usd":225.00}"#, of: .fiftyGB)
        #expect(traffic?.isReady == false)
        #expect(traffic?.flags == ["unknown_status"])
    }

    @Test func `completed makes traffic ready, and IPs only when they are listed`() {
        #expect(receipt(HeloDataDialect.isp(status: #""completed""#))?.isReady == false)
    }

    @Test(arguments: ["null", "7", #""""#]) func `a sale without a batch is a sale`(_ batch: String) {
        let receipt = receipt(HeloDataDialect.isp(batch: batch))
        #expect(receipt?.batchID == nil)
        #expect(receipt?.flags == ["batch_unknown"])
    }

    @Test func `another amount of traffic is another order`() {
        let body = #"{"id":"ord_1","product":"residential","status":"completed","details":{"gb":51}}"#
        #expect(outcome(200, body, of: .fiftyGB) == .unknown(Doubt("answer_mismatch", status: 200)))
        let same = #"{"id":"ord_1","product":"residential","status":"completed","details":{"gb":50.000}}"#
        #expect(receipt(same, of: .fiftyGB) != nil)
    }

    @Test func `a redirect or a reused key cannot be cured by sending again`() {
        #expect(outcome(307, "") == .unknown(Doubt("status_307", status: 307, isFinal: true)))
        let reused = #"{"code":"idempotency_key_reused","message":"m"}"#
        #expect(
            outcome(409, reused)
                == .unknown(
                    Doubt(
                        "key_reused", status: 409, vendorCode: "idempotency_key_reused", message: "m", isFinal: true)))
        #expect(
            outcome(500, "{}") == .unknown(Doubt("status_500", status: 500)))
    }

    @Test func `broken answers never buy without an id and never refuse without a listed reason`() {
        var random = SeededRandom()
        let samples = [
            fixture("orders.isp-provisioning"), fixture("orders.insufficient_balance"), fixture("orders.kyc_required"),
            fixture("orders.insufficient_inventory"), fixture("any.rate_limited"), HeloDataDialect.isp(), "{}",
            "<html>",
        ]
        let statuses = [200, 200, 200, 201, 204, 301, 400, 401, 402, 403, 404, 408, 409, 409, 422, 422, 429, 500, 502]
        for _ in 0..<6000 {
            let status = statuses.randomElement(using: &random) ?? 200
            let body = DocumentBreaker().broken(samples.randomElement(using: &random) ?? "", with: &random)
            let answer = VendorAnswer(status: status, headers: ["retry-after": "\u{0}"], body: body)
            let fault = Self.fault(of: mapping.outcome(of: answer, to: .twentyIPs, now: now), status, body)
            if let fault {
                Issue.record("\(fault): \(status) \(String(decoding: body, as: UTF8.self)) (seed \(random.seed))")
                return
            }
        }
    }

    /// What is wrong with an outcome, found out without the code under test.
    private static func fault(of outcome: PurchaseOutcome, _ status: Int, _ body: [UInt8]) -> String? {
        let text = String(decoding: body, as: UTF8.self)
        switch outcome {
        case .bought(let receipt):
            let id = receipt.vendorOrderID ?? ""
            guard (200..<300).contains(status) else { return "bought by status" }
            guard text.contains("\"\(id)\""), (1...128).contains(id.utf8.count) else { return "bought without an id" }
            return text.contains(#""isp""#) ? nil : "bought something else"
        case .refused(let refusal):
            let codes: [Refusal.Reason: (Int, String)] = [
                .insufficientBalance: (409, "insufficient_balance"), .kycRequired: (409, "kyc_required"),
                .insufficientInventory: (422, "insufficient_inventory"),
                .quantityOutOfRange: (422, "quantity_out_of_range"),
            ]
            if let (expected, code) = codes[refusal.reason] {
                return status == expected && text.contains("\"\(code)\"") ? nil : "refused without its code"
            }
            return [400, 401, 403].contains(status) ? nil : "refused by status"
        case .notSent(let proof): return status == 429 && proof.reason == "rate_limited" ? nil : "not sent"
        case .unknown: return nil
        }
    }
}
