import ExactJSON

extension GatewayAnswer {
    /// What a problem says, over several lines: title and detail, every fault with its place, the vendor's own words.
    var problemText: String {
        guard let title = json["title"]?.string else {
            return CallFailure.unreadable(status: status).words
        }
        let detail = json["detail"]?.string.map { ": \($0)" } ?? ""
        var lines = ["\(title)\(detail)"]
        lines += (json["errors"]?.array ?? []).map { fault in
            let place = fault["pointer"] ?? fault["parameter"] ?? fault["vendor"]
            return "  \(place?.string ?? "-"): \(fault["detail"]?.string ?? fault["code"]?.string ?? "-")"
        }
        if let words = json["vendor"]?.vendorWords { lines.append("  \(words)") }
        if let order = json["order_id"]?.string { lines.append("  order \(order)") }
        if json["retry_action"]?.string == "new_key" {
            lines.append("  its key is finished; a new key is a new purchase")
        }
        return lines.map { $0.terminalText(limit: 1000) }.joined(separator: "\n")
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
