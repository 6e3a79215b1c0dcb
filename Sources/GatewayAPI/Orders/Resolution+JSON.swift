import ExactJSON
import Purchasing

extension Resolution {
    /// Reads a person's decision: `{"outcome":"bought"|"not_bought","vendor_order_id":…,"total":…,"reason":"…"}`.
    /// - Throws: `Problem` `invalid_request` with every fault.
    init(json: JSON) throws(Problem) {
        var faults = json.strangers(to: ["outcome", "vendor_order_id", "total", "reason"])
        let members = json.present
        let vendorOrderID = Self.vendorOrderID(members["vendor_order_id"], &faults)
        let total = Self.total(members["total"], &faults)
        let reason = Self.reason(members["reason"], &faults)
        var outcome = Outcome.notBought
        switch members["outcome"]?.string {
        case "bought": outcome = .bought(vendorOrderID: vendorOrderID, total: total)
        case "not_bought": faults += Self.leftovers(members)
        default:
            let code = members["outcome"] == nil ? "required" : "invalid_choice"
            faults.append(Fault(.pointer("/outcome"), code, "bought or not_bought"))
        }
        guard faults.isEmpty else { throw .badBody(faults) }
        self.init(outcome: outcome, reason: reason)
    }

    private static func vendorOrderID(_ value: JSON?, _ faults: inout [Fault]) -> String? {
        guard let value else { return nil }
        if let text = value.string, (1...128).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return text
        }
        faults.append(
            Fault(.pointer("/vendor_order_id"), "invalid_text", "a string of 1 to 128 visible ASCII characters"))
        return nil
    }

    private static func total(_ value: JSON?, _ faults: inout [Fault]) -> Money? {
        guard let value else { return nil }
        if let text = value.string ?? value.number?.literal {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let fits = (parts.first?.count ?? 0) <= 7 && parts.dropFirst().allSatisfy { $0.count <= 6 }
            if fits, let total = Money.usd(text) { return total }
        }
        faults.append(
            Fault(
                .pointer("/total"), "invalid_amount",
                #"US dollars such as "150.00": at most 7 digits, and at most 6 decimals"#))
        return nil
    }

    private static func reason(_ value: JSON?, _ faults: inout [Fault]) -> String {
        let text = value?.string ?? ""
        if (1...500).contains(text.count), text.contains(where: { !$0.isWhitespace }) { return text }
        faults.append(
            Fault(
                .pointer("/reason"), value == nil ? "required" : "invalid_text",
                "why, in 1 to 500 characters, for those who read the timeline later"))
        return text
    }

    /// What says something about a purchase that was not made.
    private static func leftovers(_ members: [String: JSON]) -> [Fault] {
        ["vendor_order_id", "total"].filter { members[$0] != nil }.map {
            Fault(.pointer("/\($0)"), "not_applicable", "what was not bought has none; leave it out")
        }
    }
}
