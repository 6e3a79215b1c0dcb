import ExactJSON

/// What came back, a line for each refund.
struct RefundTable {
    let refunds: JSON
    /// Whether they are of one order, which is not told then.
    var isOfOneOrder = true

    func text(colours: Bool) -> String {
        let rows = refunds["data"]?.array ?? []
        guard !rows.isEmpty else { return "Nothing came back.\n" }
        let order: [TextTable.Column] = ["ORDER", "VENDOR", "CLIENT"]
        var table = TextTable(
            ["REFUND", .numbers("AMOUNT"), "AT", "BY"] + (isOfOneOrder ? [] : order) + ["VENDOR'S REFERENCE", "NOTE"])
        for refund in rows {
            let order = [refund["order_id"].cell, refund["vendor"].cell, refund["client"].cell]
            table.add(
                [refund["id"].cell, refund["amount"].moneyCell, refund["at"].minuteCell, refund["by"].cell]
                    + (isOfOneOrder ? [] : order) + [refund["vendor_reference"].cell, refund["note"].cell], .plain)
        }
        return table.text(colours: colours) + (isOfOneOrder ? "" : refunds.moreText)
    }
}
