import ExactJSON

/// What came back for an order, a line for each refund.
struct RefundTable {
    let refunds: JSON

    func text(colours: Bool) -> String {
        let rows = refunds["data"]?.array ?? []
        guard !rows.isEmpty else { return "Nothing came back.\n" }
        var table = TextTable("REFUND", .numbers("AMOUNT"), "AT", "BY", "VENDOR'S REFERENCE", "NOTE")
        for refund in rows {
            table.add(
                [
                    refund["id"].cell, refund["amount"].moneyCell, refund["at"].minuteCell, refund["by"].cell,
                    refund["vendor_reference"].cell, refund["note"].cell,
                ], .plain)
        }
        return table.text(colours: colours)
    }
}
