/// What clients may spend, and what of it is spent and held: kept by the database itself, in the transaction that changes
/// an order or an action.
///
/// `budget_change` is only added to; `budget` is the newest change of each client, and `budget_sum` what was made in each
/// of its periods, named by their first instant. Amounts are whole millionths of a US dollar; one that is absurd counts as a
/// hundred million dollars, so that no sum is ever a reason not to record an order.
extension Schema {
    static let budgets =
        """
        CREATE TABLE budget_change (
            number INTEGER PRIMARY KEY,
            client TEXT NOT NULL CHECK (client <> ''),
            limit_micros INTEGER CHECK (limit_micros BETWEEN 0 AND 10000000000000),
            period TEXT CHECK (period IN ('total', 'month', 'day')),
            reason TEXT CHECK (reason <> ''),
            actor_name TEXT NOT NULL,
            request_id TEXT NOT NULL,
            at INTEGER NOT NULL,
            CHECK ((limit_micros IS NULL) = (period IS NULL))
        ) STRICT;
        CREATE INDEX budget_change_by_client ON budget_change (client, number);
        CREATE TABLE budget (
            client TEXT NOT NULL PRIMARY KEY,
            limit_micros INTEGER NOT NULL,
            period TEXT NOT NULL,
            change INTEGER NOT NULL REFERENCES budget_change (number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE budget_sum (
            client TEXT NOT NULL,
            start INTEGER NOT NULL,
            spent_micros INTEGER NOT NULL,
            held_micros INTEGER NOT NULL,
            PRIMARY KEY (client, start)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER budget_change_follows_the_one_before BEFORE INSERT ON budget_change
        BEGIN
            SELECT RAISE(ABORT, 'a change of a budget carries the next number')
                WHERE new.number <> (SELECT coalesce(max(number), 0) + 1 FROM budget_change);
            SELECT RAISE(ABORT, 'there is no budget to remove')
                WHERE new.limit_micros IS NULL AND NOT EXISTS (SELECT 1 FROM budget WHERE client = new.client);
        END;
        CREATE TRIGGER budget_change_is_final BEFORE UPDATE ON budget_change
        BEGIN
            SELECT RAISE(ABORT, 'changes of budgets never change');
        END;
        CREATE TRIGGER budget_change_is_kept BEFORE DELETE ON budget_change
        BEGIN
            SELECT RAISE(ABORT, 'changes of budgets are never deleted');
        END;
        CREATE TRIGGER budget_is_its_newest_change AFTER INSERT ON budget_change
        BEGIN
            DELETE FROM budget_sum WHERE client = new.client;
            DELETE FROM budget WHERE client = new.client;
            INSERT INTO budget (client, limit_micros, period, change)
                SELECT new.client, new.limit_micros, new.period, new.number WHERE new.limit_micros IS NOT NULL;
            INSERT INTO budget_sum (client, start, spent_micros, held_micros)
                \(budgetRecount(of: "AND b.client = new.client"));
        END;

        """
        + BudgetShare.order.triggers + BudgetShare.action.triggers

    /// Fills `budget_sum` anew.
    static var budgetFilling: String {
        "DELETE FROM budget_sum; INSERT INTO budget_sum (client, start, spent_micros, held_micros) \(budgetRecount());"
    }

    /// What `budget_sum` should hold, from the orders and actions themselves.
    /// - Parameter condition: which budgets, `b`.
    static func budgetRecount(of condition: String = "") -> String {
        let rows = [BudgetShare.order, .action].map { share in
            """
            SELECT b.client AS client, \(BudgetShare.start("b.period", "o.created_at")) AS start,
                    \(share.spent("o")) AS spent, \(share.held("o")) AS held
                FROM budget b JOIN \(share.table) o ON o.\(share.client) = b.client
                WHERE o.status NOT IN ('pending', 'failed', 'canceled') \(share.condition("o")) \(condition)
            """
        }
        return """
            SELECT client, start, sum(spent) AS spent_micros, sum(held) AS held_micros
                FROM (\(rows.joined(separator: "\nUNION ALL\n"))) GROUP BY client, start
            """
    }
}
