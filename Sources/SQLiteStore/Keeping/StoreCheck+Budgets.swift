extension StoreCheck {
    /// What must hold of budgets.
    static let budgets = [standing, sums]

    private static let standing = StoreCheck(
        name: "budgets_are_their_newest_changes",
        rule: "each client has the budget of its newest change, and changes are numbered from 1 without gaps",
        migration: "client budgets",
        sql: {
            let newest = """
                SELECT client, limit_micros, period, number FROM budget_change c WHERE limit_micros IS NOT NULL
                    AND number = (SELECT max(number) FROM budget_change WHERE client = c.client)
                """
            let kept = "SELECT client, limit_micros, period, change AS number FROM budget"
            return """
                SELECT 'a budget is kept that change ' || number || ' does not say' FROM (\(kept) EXCEPT \(newest))
                UNION ALL
                SELECT 'change ' || number || ' is not kept as a budget' FROM (\(newest) EXCEPT \(kept))
                UNION ALL
                SELECT 'there are ' || count(*) || ' changes, numbered to ' || max(number)
                FROM budget_change HAVING max(number) <> count(*) OR min(number) <> 1
                """
        }())

    private static let sums = StoreCheck(
        name: "budget_sums", rule: "what budgets spent and hold is what their orders and actions spent and hold",
        migration: "client budgets",
        sql: {
            let kept =
                "SELECT client, start, spent_micros, held_micros FROM budget_sum WHERE spent_micros <> 0 OR held_micros <> 0"
            let counted = """
                SELECT * FROM (\(Schema.budgetRecount())) WHERE spent_micros <> 0 OR held_micros <> 0
                """
            let told = "client || ' from ' || start || ' spent ' || spent_micros || ' holds ' || held_micros"
            return """
                SELECT 'kept: ' || \(told) FROM (\(kept) EXCEPT \(counted))
                UNION ALL
                SELECT 'counted: ' || \(told) FROM (\(counted) EXCEPT \(kept))
                """
        }())
}
