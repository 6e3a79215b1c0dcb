import ExactJSON

/// Where an order stands.
struct OrderStanding: Standing {
    private let order: JSON

    init(_ order: JSON) { self.order = order }

    private var status: String? { order["status"]?.string }

    /// Whether the vendor sold it.
    var isDone: Bool { status == "completed" || status == "provisioning" }

    var isUnderWay: Bool { status == "pending" || status == "purchasing" }

    var isNotDone: Bool { status == "failed" || status == "canceled" }

    /// Whether only a person can say what became of it.
    private var needsReview: Bool { order["unknown"]?["needs_review"]?.bool == true }

    var isAtRest: Bool { status == "completed" || isNotDone || needsReview }

    /// Id, vendor, status, and the total of what was bought.
    var line: String {
        let total = order["total"].moneyCell
        let isBought = order["money_state"]?.string == "spent"
        let cells = [order["id"].cell, order["vendor"].cell, order["status"].cell]
        return (cells + (total != "-" ? [total] : isBought ? ["total unknown"] : []))
            .joined(separator: "  ").terminalText(limit: 400)
    }

    var notes: [String] {
        var notes = (order["flags"]?.array ?? []).compactMap(\.string).map { "\($0): \(meaning(ofFlag: $0))" }
        switch status {
        case "provisioning": notes.append("sold; the IPs are not all there yet")
        case "failed":
            notes.append("not bought: \(order["error"]?["detail"].cell ?? "the order failed")")
            if let words = order["error"]?["vendor"]?.vendorWords { notes.append(words) }
        case "canceled": notes.append("not bought: the order was canceled before anything was sent")
        case "unknown":
            let reason = (order["unknown"]?["reason"]).cell
            notes.append(
                needsReview
                    ? "the vendor may have sold it (\(reason)); only an operator can decide, with purser orders resolve"
                    : "the vendor may have sold it (\(reason)); it is being settled by evidence")
            notes += (order["unknown"]?["findings"]?.array ?? []).compactMap(\.string)
        default: break
        }
        return notes.map { $0.terminalText(limit: 400) }
    }

    private func meaning(ofFlag flag: String) -> String {
        switch flag {
        case "price_difference":
            "the vendor charged \(order["total"].moneyCell), and the price known before was \(priceBefore)"
        case "above_max_total": "the vendor charged more than the ceiling, although the price that it told was below"
        case "price_unknown": "the vendor did not say what it charged"
        case "possible_double_purchase": "the vendor may have sold it twice; an operator should look"
        case "promo_code_not_applied": "the vendor did not say that the promo code counted"
        case "balance_mismatch": "the vendor's balance is not what this order would have left"
        case "goods_not_found":
            "bought, as a person said, and its goods are looked for; see its events, where an operator may have to name them"
        case "batch_unknown": "the vendor did not name the batch of IPs"
        case "unknown_status": "the vendor said a status that is in none of its documents"
        default: "see the order's events"
        }
    }

    private var priceBefore: String {
        let chosen = order["routing"]?["candidates"]?.array?.first { $0["chosen"]?.bool == true }
        return (chosen?["price"]).moneyCell
    }
}
