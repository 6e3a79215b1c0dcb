/// What rows of a table, orders or actions, take of their clients' budgets.
struct BudgetShare {
    let table: String
    /// The column that says whose budget it is.
    let client: String
    /// The status in which something may have been sent for the first time.
    let sent: String
    /// The statuses in which it is open, and in which it was sold.
    let open: String
    let sold: String
    /// What must hold beside, as an SQL condition on a row that begins with AND.
    let condition: @Sendable (String) -> String
    /// The price that was known before a row was sent, with its currency.
    let quoted: @Sendable (String) -> String
    /// Which new rows are refused while nothing is free.
    let isCertain: String

    /// An order's is what its last attempt was quoted.
    static let order = BudgetShare(
        table: "purchase_order", client: "client", sent: "purchasing", open: "'purchasing', 'unknown'",
        sold: "'provisioning', 'completed'", condition: { _ in "" },
        quoted: { o in
            """
            (SELECT iif(quoted_currency = 'USD', quoted_micros, NULL) FROM attempt
                WHERE order_id = \(o).id ORDER BY number DESC LIMIT 1)
            """
        }, isCertain: "new.status = 'pending'")

    /// An action's is its order's client's. A replacement may be free, so that nothing is certain before its price is known.
    static let action = BudgetShare(
        table: "action", client: "owner", sent: "running", open: "'running', 'unknown'", sold: "'completed'",
        condition: { o in "AND \(o).kind IN ('renew', 'replace')" },
        quoted: { o in "iif(\(o).quoted_currency = 'USD', \(o).quoted_micros, NULL)" },
        isCertain: "new.status = 'pending' AND new.kind = 'renew'")

    /// The first instant of the period that an instant belongs to, both in milliseconds.
    static func start(_ period: String, _ at: String) -> String {
        """
        CASE \(period) WHEN 'day' THEN \(at) - \(at) % 86400000
            WHEN 'month' THEN CAST(strftime('%s', \(at) / 1000, 'unixepoch', 'start of month') AS INTEGER) * 1000 ELSE 0 END
        """
    }

    private static func bounded(_ micros: String) -> String { "min(\(micros), 100000000000000)" }

    /// What a row has spent.
    func spent(_ o: String) -> String {
        "iif(\(o).status IN (\(sold)) AND \(o).total_currency = 'USD', \(Self.bounded("\(o).total_micros")), 0)"
    }

    /// What a row holds. One that was sold at a price that nobody told, or not in US dollars, keeps its hold.
    func held(_ o: String) -> String {
        """
        iif(\(o).status IN (\(open)) OR (\(o).status IN (\(sold)) AND \(o).total_currency IS NOT 'USD'),
            coalesce(\(Self.bounded(quoted(o))), 0), 0)
        """
    }

    /// Keep the sums, and refuse what there is no room for. A client without a budget costs one look-up.
    var triggers: String {
        let statuses = open + ", " + sold
        let budget = "EXISTS (SELECT 1 FROM budget WHERE client = new.\(client))"
        let start = Self.start("b.period", "new.created_at")
        let add = { (spent: String, held: String) in
            """
                INSERT INTO budget_sum (client, start, spent_micros, held_micros)
                    SELECT b.client, \(start), \(spent), \(held) FROM budget b WHERE b.client = new.\(client)
                    ON CONFLICT DO UPDATE SET spent_micros = spent_micros + excluded.spent_micros,
                        held_micros = held_micros + excluded.held_micros;
            """
        }
        let sum = """
            FROM budget b LEFT JOIN budget_sum s ON s.client = b.client AND s.start = \(start)
                    WHERE b.client = new.\(client)
            """
        // In one trigger with what is added: the order of triggers is not defined.
        let refusals = { (isSent: String) in
            """
                SELECT RAISE(ABORT, 'the budget needs a price') WHERE \(isSent) AND \(quoted("new")) IS NULL;
                SELECT RAISE(ABORT, 'the budget has no room')
                    WHERE \(isSent) AND \(quoted("new")) > 0 AND EXISTS (SELECT 1 \(sum)
                        AND s.spent_micros + s.held_micros > b.limit_micros);
            """
        }
        let isSent = "new.status = '\(sent)'"
        return """
            CREATE TRIGGER \(table)_is_not_made_while_nothing_is_free AFTER INSERT ON \(table)
            WHEN \(isCertain) AND \(budget)
            BEGIN
                SELECT RAISE(ABORT, 'the budget has no room') WHERE EXISTS (SELECT 1 \(sum)
                    AND coalesce(s.spent_micros + s.held_micros, 0) >= b.limit_micros);
            END;
            CREATE TRIGGER \(table)_is_held_when_made AFTER INSERT ON \(table)
            WHEN new.status IN (\(statuses)) \(condition("new")) AND \(budget)
            BEGIN
            \(add(spent("new"), held("new")))
            \(refusals(isSent))
            END;
            CREATE TRIGGER \(table)_is_held_or_spent AFTER UPDATE ON \(table)
            WHEN (new.status, new.total_micros, new.total_currency)
                    IS NOT (old.status, old.total_micros, old.total_currency)
                AND (new.status IN (\(statuses)) OR old.status IN (\(statuses))) \(condition("new")) AND \(budget)
            BEGIN
            \(add(spent("new") + " - " + spent("old"), held("new") + " - " + held("old")))
            \(refusals(isSent + " AND old.status <> '\(sent)'"))
            END;

            """
    }
}
