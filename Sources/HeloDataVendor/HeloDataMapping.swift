import ExactJSON
import Foundation
import Purchasing
import VendorHTTP

/// What HeloData's answers mean in Purser's words.
///
/// Documented (/api-reference/orders): the order envelope `id`, `product`, `status` (`provisioning`, `completed`),
/// `total_usd`, `details`; 409 `insufficient_balance`, `kyc_required`; 422 `insufficient_inventory`,
/// `quantity_out_of_range`. 429 `rate_limited` (/api-reference/rate-limits). 401 for a token that was rotated
/// (/api-reference/authentication).
/// Assumed: success is any 2xx; 400 and 403 are refusals as everywhere; an error's body is flat; nothing at all about
/// what a replay or a reused key is answered.
struct HeloDataMapping: Sendable {
    let redaction: Redaction

    // MARK: POST /orders

    /// What the answer to a purchase proves.
    func outcome(of answer: VendorAnswer, to request: OrderRequest, now: Date) -> PurchaseOutcome {
        switch answer.status {
        case 200..<300: return sale(in: answer, of: request)
        case 429: return .notSent(.rateLimited(retryAfter: RetryAfter.wait(toldBy: answer, now: now)))
        case 300..<400: return doubt("status_\(answer.status)", answer, isFinal: true)
        case 400, 401, 403, 409, 422: return refusal(in: answer)
        default: return doubt("status_\(answer.status)", answer)
        }
    }

    private func sale(in answer: VendorAnswer, of request: OrderRequest) -> PurchaseOutcome {
        guard let json = answer.json, json.object != nil else { return doubt("unreadable_body", answer) }
        guard let id = json["id"]?.visibleToken else { return doubt("no_order_id", answer) }
        guard Self.isAnswer(json, to: request) else { return doubt("answer_mismatch", answer) }
        let details = json["details"]
        var receipt = Receipt(
            vendorOrderID: id, batchID: details?["batch_id"]?.visibleToken,
            total: json["total_usd"]?.exactAmount().map { Money($0) }, isReady: false,
            expiresAt: (details?["expires_at"]?.string).flatMap(Date.init(rfc3339:)),
            details: redaction.details(json))
        switch json["status"]?.string {
        case "completed": receipt.isReady = request.shape != .isp
        case "provisioning": break
        default: receipt.flags.append("unknown_status")
        }
        if receipt.total == nil { receipt.flags.append("price_unknown") }
        if request.shape == .isp, receipt.batchID == nil { receipt.flags.append("batch_unknown") }
        return .bought(receipt)
    }

    /// Whether the answer speaks of what was asked: another order's answer must never settle this one.
    private static func isAnswer(_ json: JSON, to request: OrderRequest) -> Bool {
        guard json["product"]?.string == request.product.rawValue else { return false }
        guard let details = json.first(of: "details") else { return true }
        guard details.object != nil else { return false }
        if let quantity = details.first(of: "quantity"), quantity.int != request.quantity { return false }
        if let gb = details.first(of: "gb"), gb.exactAmount() == nil || gb.exactAmount() != request.gb { return false }
        if let country = (details["country"]?.string).flatMap(Country.init), country != request.country { return false }
        return true
    }

    /// A no that the documents make definite; any other no may be about an earlier try with the same key.
    private func refusal(in answer: VendorAnswer) -> PurchaseOutcome {
        if answer.isMarkup { return doubt("status_\(answer.status)", answer) }
        let error = HeloDataErrorAnswer(answer.json)
        if error.code.map(Self.isAboutReusedKey) ?? false { return doubt("key_reused", answer, isFinal: true) }
        if error.code?.lowercased().contains("idempoten") ?? false { return doubt("unlisted_refusal", answer) }
        switch (answer.status, error.code) {
        case (401, _), (403, _): return refused(.authFailed, error)
        case (400, _): return refused(.rejected, error)
        case (409, "insufficient_balance"): return refused(.insufficientBalance, error)
        case (409, "kyc_required"): return refused(.kycRequired, error)
        case (422, "insufficient_inventory"): return refused(.insufficientInventory, error)
        case (422, "quantity_out_of_range"): return refused(.quantityOutOfRange, error)
        default: return doubt("unlisted_refusal", answer)
        }
    }

    /// Whether a code says that our key was sent before with another body. No such code is documented.
    private static func isAboutReusedKey(_ code: String) -> Bool {
        let code = code.lowercased()
        let isAboutKey = code.contains("idempoten") || code.contains("key")
        return isAboutKey && ["reus", "mismatch", "different"].contains { code.contains($0) }
    }

    private func refused(_ reason: Refusal.Reason, _ error: HeloDataErrorAnswer) -> PurchaseOutcome {
        .refused(
            Refusal(
                reason, vendorCode: error.code.map(redaction.text), message: error.message.map(redaction.text)))
    }

    private func doubt(_ reason: String, _ answer: VendorAnswer, isFinal: Bool = false) -> PurchaseOutcome {
        let error = HeloDataErrorAnswer(answer.json)
        return .unknown(
            Doubt(
                reason, status: answer.status, vendorCode: error.code.map(redaction.text),
                message: error.message.map(redaction.text), isFinal: isFinal))
    }

    // MARK: Batches

    /// A batch as goods.
    func goods(_ batch: HeloDataBatch) -> Goods {
        Goods(
            id: batch.id, orderNumber: batch.orderID,
            shape: batch.product == nil || batch.product == Product.isp.rawValue ? .isp : nil,
            status: batch.status.map(redaction.text), country: batch.country, city: batch.city, asn: batch.asn,
            quantity: batch.quantity, startsAt: batch.createdAt, endsAt: batch.expiresAt,
            isReady: batch.isReady ?? false, details: redaction.details(batch.json))
    }

    /// How far a sale is.
    /// - Parameters:
    ///   - batch: nil when the vendor does not show it yet.
    ///   - ips: nil when they were not asked for, or the vendor does not show them yet.
    func state(of request: OrderRequest, batch: HeloDataBatch?, ips: [HeloDataIP]?) -> GoodsState {
        let count = ips.map { Set($0.map(\.endpoint)).count }
        let details = batch.map { redaction.details($0.json) } ?? .object([])
        let undocumented = batch?.undocumentedStatus.map(redaction.text)
        guard let count, let ordered = request.quantity else {
            return GoodsState(
                count: nil, isReady: false, expiresAt: batch?.expiresAt, undocumentedState: undocumented,
                details: details)
        }
        var flags: [String] = []
        if count < ordered, count > 0 || batch?.isReady == true { flags.append("short") }
        if count > ordered { flags.append("more_than_ordered") }
        if ips?.contains(where: { $0.isSubstitute(for: request) }) ?? false { flags.append("substituted") }
        return GoodsState(
            count: count, isReady: count == ordered && batch?.isReady != false, expiresAt: batch?.expiresAt,
            flags: flags, undocumentedState: undocumented, details: details)
    }

    // MARK: GET /users/me

    /// Documented (/api-reference/users): `kyc_status`, and `balance` with `currency` and `amount`. Nil when the answer
    /// is not such an object.
    func account(_ json: JSON?) -> VendorAccount? {
        guard let json, let id = json["id"], id.string != nil else { return nil }
        let amount = json["balance"]?["amount"]?.exactAmount(allowsSign: true)
        let currency = (json["balance"]?["currency"]?.string).flatMap { $0.utf8.count == 3 ? $0.uppercased() : nil }
        let balance = amount.flatMap { amount in currency.map { Money(amount, currency: $0) } }
        return VendorAccount(balance: balance, kycStatus: (json["kyc_status"]?.visibleToken).map(redaction.text))
    }
}
