import Purchasing

/// A table of sums over actions that were charged, or may have been; kept as those of orders are.
struct ActionSumTable {
    let name: String
    /// What a charge's time is told in: `day` or `quarter`.
    let time: SumTable.Key

    var keys: [SumTable.Key] { [time, .client, .vendor, .product, .country] }

    /// Which actions can be charged, once they were sent; in the words of the index.
    static func isSent(_ a: String) -> String {
        "\(a).kind IN ('renew', 'replace') AND \(a).started_at IS NOT NULL"
    }

    /// The key of an action, `a`, on an order, `p`.
    static func value(of key: SumTable.Key, _ a: String, _ p: String) -> String {
        switch key {
        case .day: "\(a).started_at / 86400000"
        case .quarter: "\(a).started_at / 900000"
        case .client, .vendor, .product, .country, .status: key.value(of: p)
        }
    }

    /// What is added up, of an action `a`: as `Action.moneyState` has it. A replacement of which nobody told a total may
    /// have been free.
    static func terms(of a: String) -> [SumTable.Term] {
        let isDone = "\(a).status = 'completed'"
        let isSpent = "(\(isDone) AND iif(\(a).total_micros IS NULL, \(a).kind = 'renew', \(a).total_micros > 0))"
        let isUntold = "(\(isDone) AND \(a).kind = 'replace' AND \(a).total_micros IS NULL)"
        let isHeld = "(\(a).status IN ('running', 'unknown') OR \(isUntold))"
        let total = "iif(\(a).total_micros < \(OrderSums.tooMuch.count), \(a).total_micros, NULL)"
        let quoted = "iif(\(a).quoted_micros < \(OrderSums.tooMuch.count), \(a).quoted_micros, NULL)"
        return [
            ("spent_actions", isSpent),
            ("spent_micros", "iif(\(isSpent), coalesce(\(total), 0), 0)"),
            ("unpriced_actions", "\(isSpent) AND \(total) IS NULL"),
            ("held_actions", isHeld),
            ("held_micros", "iif(\(isHeld), coalesce(\(quoted), 0), 0)"),
            ("unquoted_actions", "\(isHeld) AND \(quoted) IS NULL"),
        ]
    }

    static let columns = terms(of: "a").map(\.column)

    static func currency(of a: String) -> String { "coalesce(\(a).total_currency, \(a).quoted_currency, 'USD')" }

    private var keyNames: [String] { keys.map(\.rawValue) + ["currency"] }
    private func keyValues(_ a: String) -> [String] {
        keys.map { Self.value(of: $0, a, "p") } + [Self.currency(of: a)]
    }

    /// Every column, in the order of `recount`.
    var names: [String] { keyNames + Self.columns }

    var creation: String {
        let keys = keys.map { "    \($0.rawValue) \($0 == time ? "INTEGER" : "TEXT") NOT NULL,\n" }.joined()
        let sums = Self.columns.map { "    \($0) INTEGER NOT NULL,\n" }.joined()
        return "CREATE TABLE \(name) (\n" + keys + "    currency TEXT NOT NULL,\n" + sums
            + "    PRIMARY KEY (" + keyNames.joined(separator: ", ") + ")\n) STRICT, WITHOUT ROWID;\n"
    }

    /// Adds the action `a` to the sums of its keys, or takes it from them; nothing where it was not sent.
    func change(of a: String, by sign: Int) -> String {
        let terms = Self.terms(of: a).map { sign < 0 ? "-(\($0.value))" : $0.value }
        let sums = Self.columns.map { "\($0) = \($0) + excluded.\($0)" }
        return """
                INSERT INTO \(name) (\(names.joined(separator: ", ")))
                    SELECT \((keyValues(a) + terms).joined(separator: ", ")) FROM purchase_order p
                    WHERE p.id = \(a).order_id AND \(a).started_at IS NOT NULL
                    ON CONFLICT DO UPDATE SET \(sums.joined(separator: ", "));

            """
    }

    /// What the table should hold, from the actions themselves.
    var recount: String {
        let sums = Self.terms(of: "a").map { "sum(\($0.value)) AS \($0.column)" }
        let keys = zip(keyNames, keyValues("a")).map { "\($1) AS \($0)" }
        let numbers = (1...keyNames.count).map(String.init).joined(separator: ", ")
        return "SELECT " + (keys + sums).joined(separator: ", ")
            + " FROM action a JOIN purchase_order p ON p.id = a.order_id WHERE " + Self.isSent("a")
            + " GROUP BY " + numbers
    }

    /// Fills an empty table.
    var filling: String { "INSERT INTO \(name) (\(names.joined(separator: ", "))) " + recount + ";\n" }
}
