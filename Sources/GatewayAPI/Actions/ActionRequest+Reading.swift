import ExactJSON
import Purchasing

/// How bodies become requests for actions, as strictly as those of orders.
extension ActionRequest {
    /// `{"months"|"days","ips","promo_code","max_total","allow_unknown_price"}`.
    /// - Throws: `Problem` `invalid_request` with every fault.
    static func renewal(in json: JSON) throws(Problem) -> ActionRequest {
        var body = BodyReader(json, fields: ["months", "days", "ips", "promo_code"] + ceilingFields)
        let rental = body.rental()
        if !body.has("months"), !body.has("days") {
            body.fault("/months", "required", "a renewal needs months or days")
        }
        let ips = body.vendorIDs("ips")
        let promoCode = promoCode(&body)
        let (maxTotal, allowUnknownPrice) = ceiling(&body)
        try body.finish()
        guard let rental else { throw .badBody([]) }
        return ActionRequest(
            .renew(rental, ips: ips, promoCode: promoCode), maxTotal: maxTotal, allowUnknownPrice: allowUnknownPrice)
    }

    /// `{"enabled":true,"days"|"months"}` or `{"enabled":false}`.
    /// - Throws: `Problem` `invalid_request` with every fault.
    static func autoRenewal(in json: JSON) throws(Problem) -> ActionRequest {
        var body = BodyReader(json, fields: ["enabled", "days", "months"])
        let rental = body.rental()
        let isEnabled = body.flag("enabled")
        if !body.has("enabled") { body.fault("/enabled", "required", "true or false") }
        if isEnabled == true, !body.has("days"), !body.has("months") {
            body.fault("/days", "required", "say for how long each time, in days or months")
        }
        if isEnabled == false { body.refuse(["days", "months"], "what is switched off has none; leave it out") }
        try body.finish()
        return ActionRequest(.autoRenew(rental))
    }

    /// `{"address","label"}`.
    /// - Throws: `Problem` `invalid_request` with every fault.
    static func allowance(in json: JSON) throws(Problem) -> ActionRequest {
        var body = BodyReader(json, fields: ["address", "label"])
        let address = body["address"]?.string.flatMap(AllowedAddress.normalForm)
        if address == nil {
            body.fault(
                "/address", body.has("address") ? "invalid_ip" : "required",
                "an IPv4 or IPv6 address such as 203.0.113.7, or a network such as 203.0.113.0/24")
        }
        let label = body.text("label", 1...64)
        try body.finish()
        guard let address else { throw .badBody([]) }
        return ActionRequest(.allow(address, label: label))
    }

    /// A body that says nothing: empty or `{}`.
    /// - Throws: `Problem` `invalid_request` with every fault.
    static func plain(_ task: ActionTask, in json: JSON) throws(Problem) -> ActionRequest {
        try BodyReader(json, fields: []).finish()
        return ActionRequest(task)
    }

    fileprivate static let ceilingFields = ["max_total", "allow_unknown_price"]

    fileprivate static func ceiling(_ body: inout BodyReader) -> (Money?, Bool) {
        (body.amount("max_total"), body.flag("allow_unknown_price") ?? false)
    }

    private static func promoCode(_ body: inout BodyReader) -> String? {
        guard let value = body["promo_code"] else { return nil }
        let isFit = { (byte: UInt8) in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "_-".utf8.contains(byte)
        }
        if let code = value.string, (1...64).contains(code.utf8.count), code.utf8.allSatisfy(isFit) { return code }
        body.fault("/promo_code", "invalid_text", "letters, digits, _ and -; at most 64 characters")
        return nil
    }
}

/// What a call to replace an IP says: `{"reason","max_total","allow_unknown_price","batch_id","order_id"}`.
struct Replacement {
    let request: ActionRequest
    let place: Place

    /// Where the IP is said to be.
    enum Place {
        case batch(String)
        case order(OrderID)
        /// Somewhere among the caller's batches.
        case anywhere
    }

    /// - Throws: `Problem` `invalid_request` with every fault.
    init(of ip: String, in json: JSON) throws(Problem) {
        var body = BodyReader(json, fields: ["reason", "batch_id", "order_id"] + ActionRequest.ceilingFields)
        let reason = body.text("reason", 1...200)
        let batch = body.vendorID("batch_id")
        let order = body["order_id"]?.string.flatMap { OrderID($0, kind: .order) }
        if body.has("order_id"), order == nil { body.fault("/order_id", "invalid_id", "an order's id, ord_…") }
        if body.has("batch_id"), body.has("order_id") {
            body.fault("/order_id", "conflicting_fields", "send batch_id or order_id, not both")
        }
        let (maxTotal, allowUnknownPrice) = ActionRequest.ceiling(&body)
        try body.finish()
        request = ActionRequest(
            .replace(ip: ip, reason: reason), maxTotal: maxTotal, allowUnknownPrice: allowUnknownPrice)
        place = batch.map(Place.batch) ?? order.map(Place.order) ?? .anywhere
    }
}

extension ActionResolution {
    /// Reads a person's decision: `{"outcome":"done"|"not_done","total":…,"reason":"…"}`.
    /// - Throws: `Problem` `invalid_request` with every fault.
    init(json: JSON) throws(Problem) {
        var body = BodyReader(json, fields: ["outcome", "total", "reason"])
        let total = body.amount("total")
        let reason = body.reason()
        var outcome = Outcome.notDone
        switch body["outcome"]?.string {
        case "done": outcome = .done(total: total)
        case "not_done": body.refuse(["total"], "what was not done has none; leave it out")
        default: body.fault("/outcome", body.has("outcome") ? "invalid_choice" : "required", "done or not_done")
        }
        try body.finish()
        self.init(outcome: outcome, reason: reason)
    }
}
