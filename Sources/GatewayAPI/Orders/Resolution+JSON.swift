import ExactJSON
import Purchasing

extension Resolution {
    /// Reads a person's decision: `{"outcome":"bought"|"not_bought","vendor_order_id":…,"total":…,"reason":"…"}`.
    /// - Throws: `Problem` `invalid_request` with every fault.
    init(json: JSON) throws(Problem) {
        var body = BodyReader(json, fields: ["outcome", "vendor_order_id", "total", "reason"])
        let vendorOrderID = Self.vendorOrderID(&body)
        let total = body.amount("total")
        let reason = body.reason()
        var outcome = Outcome.notBought
        switch body["outcome"]?.string {
        case "bought": outcome = .bought(vendorOrderID: vendorOrderID, total: total)
        case "not_bought": body.refuse(["vendor_order_id", "total"], "what was not bought has none; leave it out")
        default: body.fault("/outcome", body.has("outcome") ? "invalid_choice" : "required", "bought or not_bought")
        }
        try body.finish()
        self.init(outcome: outcome, reason: reason)
    }

    private static func vendorOrderID(_ body: inout BodyReader) -> String? {
        guard let value = body["vendor_order_id"] else { return nil }
        if let text = value.string, (1...128).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return text
        }
        body.fault("/vendor_order_id", "invalid_text", "a string of 1 to 128 visible ASCII characters")
        return nil
    }
}
