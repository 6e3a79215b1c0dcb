import ExactJSON
import Foundation
import Purchasing
import VendorHTTP

/// What the answers to changes of a batch mean.
///
/// Documented: the calls themselves (/api-reference/orders, /api-reference/whitelists), that a renewal answers the new
/// `expires_at` (/dashboard/extending-an-order), and 429 (/api-reference/rate-limits). No body, no status of success and no
/// refusal of these calls is documented.
/// Assumed: 200, 201, 202 and 204 say that it was done, with an object, or with nothing at all; 400, 401, 403, 404 and 410
/// say no, as everywhere; 409 and 422 say no with a code that the pages know, be it of orders or of the proxies' own errors
/// (/products/overview-2/error-definitions), and any other proves nothing.
extension HeloDataMapping {
    /// What the answer to an action proves.
    func outcome(of answer: VendorAnswer, to call: ActionCall, now: Date) -> ActionOutcome {
        let outcome = fullOutcome(of: answer, to: call, now: now)
        return call.task.kind == .rotatePassword ? outcome.withoutWords : outcome
    }

    private func fullOutcome(of answer: VendorAnswer, to call: ActionCall, now: Date) -> ActionOutcome {
        switch answer.status {
        case 200, 201, 202, 204: return receipt(in: answer, of: call)
        case 429: return .notSent(.rateLimited(retryAfter: RetryAfter.wait(toldBy: answer, now: now)))
        case 300..<400: return doubt(answer, isFinal: true)
        case 400, 401, 403, 404, 409, 410, 422: return refusal(in: answer, to: call.task.kind)
        default: return doubt(answer)
        }
    }

    // MARK: Yes

    private func receipt(in answer: VendorAnswer, of call: ActionCall) -> ActionOutcome {
        if answer.body.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) {
            return .done(ActionReceipt())
        }
        guard let json = answer.json, json.object != nil else { return .unknown(Doubt("unreadable_body", answer)) }
        let told = HeloDataActionAnswer(json)
        guard !told.isError, told.isAbout(call) else { return .unknown(Doubt("answer_mismatch", answer)) }
        let kind = call.task.kind
        return .done(
            ActionReceipt(
                total: kind.maySpend ? told.total : nil, expiresAt: kind == .renew ? told.expiresAt : nil,
                result: told.result(of: call.task, redaction), details: details(json, of: kind)))
    }

    /// The answer without secrets. That of a new password keeps nothing but what names and dates the change: nobody knows
    /// under which name the password stands.
    private func details(_ json: JSON, of kind: ActionKind) -> JSON {
        switch kind {
        case .rotatePassword:
            let names = ["id", "batch_id", "status", "rotated_at", "updated_at", "request_id"]
            let kept = names.map { name in (name, json[name]?.visibleToken.map { JSON.string(redaction.text($0)) }) }
            return .object(kept)
        case .renew, .refresh, .release, .replace, .autoRenew, .allow, .disallow:
            return redaction.details(HeloDataActionAnswer.withoutLogins(json))
        }
    }

    // MARK: No

    private func refusal(in answer: VendorAnswer, to kind: ActionKind) -> ActionOutcome {
        if answer.isMarkup { return doubt(answer) }
        let error = HeloDataErrorAnswer(answer.json)
        let code = error.code?.replacing("-", with: "_")
        switch (answer.status, code) {
        case (409, "insufficient_balance"): return refused(.insufficientBalance, error)
        case (403, "kyc_required"), (409, "kyc_required"): return refused(.kycRequired, error)
        case (422, "insufficient_inventory"): return refused(.insufficientInventory, error)
        case (422, "quantity_out_of_range"): return refused(.quantityOutOfRange, error)
        case (403, .some(let code)) where Self.isState(code), (409, .some(let code)) where Self.isState(code),
            (422, .some(let code)) where Self.isState(code):
            return code == "batch_released" && Self.mayHaveLeftTwice(kind)
                ? doubt(answer, "gone") : refused(.rejected, error)
        case (401, _), (403, _): return refused(.authFailed, error)
        case (400, _): return refused(.rejected, error)
        case (404, _), (410, _):
            // Nothing is done to what is not there, as far as it is the vendor that says so.
            guard answer.body.isEmpty || error.isReadable else { return doubt(answer) }
            return Self.mayHaveLeftTwice(kind) ? doubt(answer, "gone") : refused(.rejected, error)
        default: return doubt(answer, "unlisted_refusal")
        }
    }

    /// Whether a code names what state a batch, an IP or the account is in: those that the vendor's proxies know
    /// (/products/overview-2/error-definitions), in the spelling of the API.
    private static func isState(_ code: String) -> Bool {
        ["batch_expired", "batch_grace_period", "batch_released", "ip_released", "account_suspended"].contains(code)
    }

    /// Whether a proxy on the way may have sent the call a second time, as it may with `DELETE` (RFC 9110, 9.2.2): then
    /// that nothing is there may be what the call itself has done.
    private static func mayHaveLeftTwice(_ kind: ActionKind) -> Bool {
        switch kind {
        case .release, .disallow: true
        case .renew, .refresh, .rotatePassword, .replace, .autoRenew, .allow: false
        }
    }

    private func refused(_ reason: Refusal.Reason, _ error: HeloDataErrorAnswer) -> ActionOutcome {
        .refused(
            Refusal(
                reason, vendorCode: error.code.map(redaction.text), message: error.message.map(redaction.text)))
    }

    private func doubt(_ answer: VendorAnswer, _ reason: String? = nil, isFinal: Bool = false) -> ActionOutcome {
        let error = HeloDataErrorAnswer(answer.json)
        return .unknown(
            Doubt(
                reason ?? "status_\(answer.status)", status: answer.status, vendorCode: error.code.map(redaction.text),
                message: error.message.map(redaction.text), isFinal: isFinal))
    }
}

extension ActionOutcome {
    /// The outcome without the vendor's own words, among which a new password may be.
    fileprivate var withoutWords: ActionOutcome {
        switch self {
        case .refused(let refusal): .refused(Refusal(refusal.reason, vendorCode: refusal.vendorCode))
        case .unknown(let doubt):
            .unknown(
                Doubt(doubt.reason, status: doubt.status, vendorCode: doubt.vendorCode, isFinal: doubt.isFinal))
        case .done, .notSent: self
        }
    }
}

extension Doubt {
    /// Doubt about an answer that says yes; its words are not kept, since a password may be among them.
    fileprivate init(_ reason: String, _ answer: VendorAnswer) { self.init(reason, status: answer.status) }
}

extension HeloDataErrorAnswer {
    fileprivate var isReadable: Bool { code != nil || message != nil }
}
