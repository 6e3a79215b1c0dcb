import ExactJSON
import Foundation
import Purchasing
import VendorHTTP

/// What the vendor's answers mean in Purser's words.
///
/// Documented (/api-reference/create-an-order): `success` with `orderNumber`, `balance`, `promoCodeStatus`; errors 14, 13
/// and 8 of `order`; 2 (/api-reference/balance), 4 and the warnings 14 and 16 (/api-reference/price-calculation). The
/// other listed codes are known from a reseller's message map only. Assumed: `balance` is the balance after the charge
/// on success and the untouched one on failure, as the examples read in a row. Nothing is documented about other
/// statuses than 200, so none of them proves anything.
struct LegacyMapping: Sendable {
    let redaction: Redaction

    /// By how much a balance may differ from what is expected: the vendor shows two decimals.
    private static let balanceTolerance = Millionths(10_000)

    /// Validation codes with which nothing was bought; 35 (unknown error) and every other code prove nothing.
    static func reason(ofCode code: Int) -> Refusal.Reason? {
        switch code {
        case 2: .authFailed
        case 7: .insufficientInventory
        case 16: .insufficientBalance
        case 4, 6, 8, 10, 11, 13, 14, 19, 23: .rejected
        default: nil
        }
    }

    // MARK: POST order

    /// What the answer to a purchase proves.
    func outcome(of answer: VendorAnswer, to call: PurchaseCall) -> PurchaseOutcome {
        guard answer.status == 200 else {
            return unknown("status_\(answer.status)", answer, nil, isFinal: (300..<400).contains(answer.status))
        }
        guard let said = LegacyAnswer(answer) else { return unknown("unreadable_body", answer, nil) }
        return said.success ? sale(in: said, answer, of: call) : refusal(in: said, answer, of: call)
    }

    private func sale(in said: LegacyAnswer, _ answer: VendorAnswer, of call: PurchaseCall) -> PurchaseOutcome {
        guard said.saysNoError else { return unknown("contradictory_answer", answer, said) }
        guard let number = said.json["orderNumber"]?.visibleToken else {
            return unknown("no_order_number", answer, said)
        }
        guard said.isAbout(call.request.shape) else { return unknown("answer_mismatch", answer, said) }
        var flags: [String] = []
        if said.promoCodeStatus == "NO_VALID" || call.request.promoCode != nil && said.promoCodeStatus != "VALID" {
            flags.append("promo_code_not_applied")
        }
        if hasUnexpectedBalance(said, after: call) { flags.append("balance_mismatch") }
        return .bought(
            Receipt(vendorOrderNumber: number, isReady: false, details: redaction.details(said.json), flags: flags))
    }

    /// Whether the balance did not fall by the quoted price; false where one of the three is not known.
    private func hasUnexpectedBalance(_ said: LegacyAnswer, after call: PurchaseCall) -> Bool {
        guard let before = call.baseline?.balance, let quote = call.quotedPrice, let after = said.balance else {
            return false
        }
        guard let difference = before.minus(quote)?.minus(after) else { return true }
        return difference.amount.count.magnitude > Self.balanceTolerance.count.magnitude
    }

    private func refusal(in said: LegacyAnswer, _ answer: VendorAnswer, of call: PurchaseCall) -> PurchaseOutcome {
        guard said.json["orderNumber"]?.isNull ?? true else { return unknown("contradictory_answer", answer, said) }
        guard let code = said.errorCode, let reason = Self.reason(ofCode: code) else {
            return unknown("unlisted_refusal", answer, said)
        }
        let before = call.baseline?.balance
        if let flaw = flaw(in: said, refusing: reason, before: before) { return unknown(flaw, answer, said) }
        return .refused(refusal(reason, said))
    }

    /// Why a refusal is not to be believed: it does not tell the balance, or not the one of before; nil when nothing speaks
    /// against it. An account that the vendor does not know has no balance that could be told, or charged.
    func flaw(in said: LegacyAnswer, refusing reason: Refusal.Reason, before: Money?) -> String? {
        guard let before, reason != .authFailed || said.tellsBalance else { return nil }
        guard said.tellsBalance else { return "no_balance" }
        guard let after = said.balance else { return "unreadable_balance" }
        return before == after ? nil : "balance_moved"
    }

    func refusal(_ reason: Refusal.Reason, _ said: LegacyAnswer) -> Refusal {
        Refusal(
            reason, vendorCode: said.errorCode.map(String.init), message: said.errorMessage.map(redaction.text))
    }

    private func unknown(
        _ reason: String, _ answer: VendorAnswer, _ said: LegacyAnswer?, isFinal: Bool = false
    ) -> PurchaseOutcome {
        .unknown(doubt(reason, answer, said, isFinal: isFinal))
    }

    func doubt(_ reason: String, _ answer: VendorAnswer, _ said: LegacyAnswer?, isFinal: Bool = false) -> Doubt {
        Doubt(
            reason, status: answer.status, vendorCode: said?.errorCode.map(String.init),
            message: said?.errorMessage.map(redaction.text), isFinal: isFinal)
    }

    // MARK: POST calculate/order

    /// What the quote of an order says.
    func quote(in answer: VendorAnswer, for request: OrderRequest) -> LegacyQuote {
        quote(in: answer, about: request.shape)
    }

    /// What a quote says, of an order or of an extension, whose answers are alike. A price that a refused one would have is
    /// kept, as the vendor tells it beside its warnings.
    func quote(in answer: VendorAnswer, about shape: ProductShape) -> LegacyQuote {
        guard let said = LegacyAnswer(answer) else { return .unreadable }
        guard said.success else { return refusedQuote(said) }
        let price = price(in: said, about: shape)
        if let warning = said.json.first(of: "warnings") {
            guard let warnings = warning.array else { return .unreadable }
            if let first = warnings.first { return .refused(refusal(ofWarning: first), price: price) }
        }
        if let status = said.promoCodeStatus, status != "VALID" {
            return .refused(Refusal(.promoCodeInvalid, vendorCode: redaction.text(status)), price: price)
        }
        return price.map { .ready(price: $0, balance: said.balance) } ?? .unreadable
    }

    /// The price of the whole (/price-calculation/calculate-an-order: "order price"); nil when the answer is about something
    /// else or also speaks of an error.
    private func price(in said: LegacyAnswer, about shape: ProductShape) -> Money? {
        guard said.saysNoError, said.isAbout(shape),
            let price = LegacyAnswer.money(said.json["price"], in: said.json), price.amount >= .zero
        else { return nil }
        return price
    }

    /// A quote spends nothing, so every code is a no, unless it may pass.
    private func refusedQuote(_ said: LegacyAnswer) -> LegacyQuote {
        guard let code = said.errorCode else { return .unreadable }
        if Self.mayPass(code) { return .unavailable(reason: "vendor_error_\(code)", retryAfter: nil) }
        return .refused(refusal(Self.reason(ofCode: code) ?? .rejected, said), price: nil)
    }

    /// "Service unavailable" (3) and "unknown error" (35), as a reseller words them.
    private static func mayPass(_ code: Int) -> Bool { code == 3 || code == 35 }

    /// With a warning "an order with that data would not be executed" (/price-calculation/calculate-an-order).
    private func refusal(ofWarning warning: JSON) -> Refusal {
        let code = warning["code"]?.int
        return Refusal(
            code == 16 ? .insufficientBalance : .rejected, vendorCode: code.map(String.init),
            message: (warning["message"]?.string).map(redaction.text))
    }

    // MARK: Reads

    /// What a read says; its failures come with status 200 and `success: false`.
    func read(_ answer: VendorAnswer) throws(VendorError) -> LegacyAnswer {
        guard let said = LegacyAnswer(answer) else { throw .unreadable("success") }
        guard said.success else {
            if said.errorCode == 2 { throw .authFailed }
            throw .refused(code: said.errorCode.map(String.init), message: said.errorMessage.map(redaction.text))
        }
        return said
    }

    /// What a read of a reference list says, where trouble that may pass is no answer.
    func readList(_ answer: VendorAnswer) throws(VendorError) -> LegacyAnswer {
        if let said = LegacyAnswer(answer), !said.success, let code = said.errorCode, Self.mayPass(code) {
            throw .unavailable(reason: "vendor_error_\(code)")
        }
        return try read(answer)
    }

    // MARK: Goods

    /// How far a sale is, from the list of everything that is owned.
    func state(of request: OrderRequest, in goods: Goods?) -> GoodsState {
        guard let goods, let count = goods.quantity, let ordered = request.quantity else {
            return GoodsState(count: goods?.quantity ?? 0, isReady: false, expiresAt: goods?.endsAt)
        }
        var flags: [String] = []
        if count < ordered { flags.append("short") }
        if count > ordered { flags.append("more_than_ordered") }
        if let country = goods.country, country != request.country { flags.append("substituted") }
        return GoodsState(
            count: count, isReady: count == ordered && goods.isReady, expiresAt: goods.endsAt, flags: flags,
            details: goods.details)
    }
}
