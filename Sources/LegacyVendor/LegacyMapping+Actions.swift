import ExactJSON
import Purchasing
import VendorHTTP

/// What the answers of `extend` and `extend/auto` mean.
///
/// Documented (/api-reference/extend/extend-by-ip-addresses, /api-reference/auto-extend/auto-extend-by-order-ids): `success`
/// with `proxyType`, `rentPeriodDays`, `quantity`, `ipAddressIds` and `balance`; failures with all of them emptied but the
/// balance. Errors 24, 29 and 4 are documented there, 16 as a warning of `calculate/extend`; 11, 25 and 28 are known from a
/// reseller's message map only.
extension LegacyMapping {
    /// Validation codes with which nothing was extended: those of an order and those about what is named.
    static func reason(ofExtensionCode code: Int) -> Refusal.Reason? {
        switch code {
        case 24, 25, 28, 29: .rejected
        default: reason(ofCode: code)
        }
    }

    /// What the answer to an extension proves.
    /// - Parameter before: the balance just before; nil where it is not known.
    func outcome(of answer: VendorAnswer, to wanted: LegacyExtension, before: Money?) -> ActionOutcome {
        guard answer.status == 200 else {
            let isFinal = (300..<400).contains(answer.status)
            return .unknown(doubt("status_\(answer.status)", answer, nil, isFinal: isFinal))
        }
        guard let said = LegacyAnswer(answer) else { return .unknown(doubt("unreadable_body", answer, nil)) }
        if said.success {
            if let flaw = flaw(inSuccess: said, of: wanted) { return .unknown(doubt(flaw, answer, said)) }
            return .done(receipt(in: said, of: wanted))
        }
        guard !said.namesExtended else { return .unknown(doubt("contradictory_answer", answer, said)) }
        guard let reason = said.errorCode.flatMap(Self.reason(ofExtensionCode:)) else {
            return .unknown(doubt("unlisted_refusal", answer, said))
        }
        if let flaw = flaw(in: said, refusing: reason, before: before) { return .unknown(doubt(flaw, answer, said)) }
        return .refused(refusal(reason, said))
    }

    /// The answer tells no price and no date. As with an order, an invalid promo code does not stop it.
    private func receipt(in said: LegacyAnswer, of wanted: LegacyExtension) -> ActionReceipt {
        let isPromoCodeApplied = wanted.promoCode.map { _ in JSON.bool(said.promoCodeStatus == "VALID") }
        return ActionReceipt(
            result: .object([("promo_code_applied", isPromoCodeApplied)]), details: redaction.details(said.json))
    }

    private func flaw(inSuccess said: LegacyAnswer, of wanted: LegacyExtension) -> String? {
        guard said.saysNoError else { return "contradictory_answer" }
        return said.isAbout(wanted) ? nil : "answer_mismatch"
    }
}

extension LegacyAnswer {
    /// Whether the answer speaks of what was asked for, as far as it says what it speaks of.
    fileprivate func isAbout(_ wanted: LegacyExtension) -> Bool {
        guard isAbout(wanted.type.shape) else { return false }
        let ids = wanted.isWhole ? echo("orderIds") : echo("ipAddressIds")
        guard ids.isEmpty || ids == Set(wanted.isWhole ? [wanted.orderID] : wanted.ips) else { return false }
        // What is turned off, or was on before, may be answered with other days, or with no IP that was changed.
        guard wanted.autoExtend == nil else { return true }
        let days = json["rentPeriodDays"]?.int ?? wanted.days
        let quantity = json["quantity"]?.int ?? 1
        return days == wanted.days && quantity > 0
    }

    /// Whether a failure names IPs all the same.
    fileprivate var namesExtended: Bool {
        (json["quantity"]?.int ?? 0) > 0 || !echo("ipAddressIds").isEmpty || !echo("orderIds").isEmpty
    }

    /// The ids of a list in the answer, as far as they can be read.
    private func echo(_ name: String) -> Set<String> {
        Set((json[name]?.array ?? []).compactMap(LegacyRecord.id))
    }
}
