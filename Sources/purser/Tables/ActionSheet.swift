import ExactJSON

/// One action, a line for each thing that is known of it.
struct ActionSheet {
    let action: JSON

    var text: String {
        let standing = ActionStanding(action)
        let lines: [(name: String, value: String)] = [
            ("action", action["id"].cell), ("kind", standing.kindCell), ("status", action["status"].cell),
            ("money", action["money_state"].cell.replacing("_", with: " ")), ("order", action["order_id"].cell),
            ("batch", action["batch_id"].cell), ("vendor", action["vendor"].cell),
            ("quoted", action["quoted"].moneyCell),
            ("total", action["total"].moneyCell), ("client", action["client"].cell),
            ("key", action["idempotency_key"].cell), ("asked for", action["created_at"].cell),
            ("settled", action["settled_at"].cell),
        ]
        let request = action["request"].lines.filter { $0.name != "kind" }
        return Sheet(lines: lines + request).text + standing.notes.map { "  \($0)\n" }.joined()
    }
}
