/// Sums of what actions were charged, by when they were sent and by what their orders say: every time zone begins its days
/// on a quarter of an hour.
extension Schema {
    static let actionSums = [
        ActionSumTable(name: "action_sum_by_day", time: .day),
        ActionSumTable(name: "action_sum_by_quarter", time: .quarter),
    ]

    /// A new action was not sent yet, so that only changes count.
    static let actionStatistics =
        "CREATE INDEX action_sent ON action (started_at)\n"
        + "    WHERE kind IN ('renew', 'replace') AND started_at IS NOT NULL;\n"
        + actionSums.map(\.creation).joined()
            + """
            CREATE TRIGGER action_is_added_up AFTER UPDATE ON action
            WHEN new.kind IN ('renew', 'replace')
                AND (new.status, new.started_at, new.quoted_micros, new.quoted_currency, new.total_micros,
                    new.total_currency)
                IS NOT (old.status, old.started_at, old.quoted_micros, old.quoted_currency, old.total_micros,
                    old.total_currency)
            BEGIN
            \(actionSums.map { $0.change(of: "old", by: -1) + $0.change(of: "new", by: 1) }.joined())END;

            """
        + actionSums.map(\.filling).joined()
}
