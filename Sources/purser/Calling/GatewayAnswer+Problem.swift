import ArgumentParser
import ExactJSON
import Purchasing

extension GatewayAnswer {
    /// How a command ends that was refused: a key that may not do this is as one that was refused by the configuration.
    var refusalStatus: ExitCode { [401, 403].contains(status) ? ExitStatus.refused : ExitStatus.failure }

    /// What a problem says, over several lines: title and detail, every fault with its place, the vendor's own words.
    var problemText: String {
        guard let title = json["title"]?.string else {
            return CallFailure.unreadable(status: status).words
        }
        if status == 401 { return "the gateway does not know this key, or it was revoked: see PURSER_API_KEY" }
        let detail = json["detail"]?.string.map { ": \($0)" } ?? ""
        var lines = ["\(title)\(detail)"]
        lines += (json["errors"]?.array ?? []).map { fault in
            let place = fault["pointer"] ?? fault["parameter"] ?? fault["vendor"]
            return "  \(place?.string ?? "-"): \(fault["detail"]?.string ?? fault["code"]?.string ?? "-")"
        }
        if let words = json["vendor"]?.vendorWords { lines.append("  \(words)") }
        if let order = json["order_id"]?.string { lines.append("  order \(order)") }
        let action = json["action_id"]?.string
        if let action { lines.append("  action \(action)") }
        let what = action == nil ? "purchase" : "action"
        switch json["retry_action"]?.string {
        case "new_key": lines.append("  its key is finished; a new key is a new \(what)")
        case "fix_request" where isAboutFailure:
            lines.append("  its key is finished; mend it first: a new key is a new \(what)")
        case "ask_operator" where isAboutFailure:
            lines.append("  its key is finished; an operator has to act first: a new key is a new \(what)")
        default: break
        }
        return lines.map { $0.terminalText(limit: 1000) }.joined(separator: "\n")
    }
}

extension GatewayAnswer {
    /// Whether it tells how an order or an action of this key failed, rather than that something cannot be done to it.
    private var isAboutFailure: Bool {
        guard json["order_id"] != nil, json["money_state"] == "not_spent" else { return false }
        switch json["code"]?.string.flatMap(ProblemCode.init) {
        case .vendorAuthFailed, .kycRequired, .budgetExceeded, .promoCodeInvalid, .priceAboveLimit, .priceUnknown,
            .quantityOutOfRange, .vendorRejected, .noVendor:
            return true
        default: return false
        }
    }
}

extension JSON {
    /// What a vendor said when it refused: `helodata said: insufficient_balance, account balance …`.
    var vendorWords: String? {
        guard let name = self["name"]?.string else { return nil }
        let words = [self["code"]?.string, self["message"]?.string].compactMap(\.self)
        return words.isEmpty ? nil : "\(name) said: \(words.joined(separator: ", "))"
    }
}
