extension StoreCheck {
    /// What a table of sums of actions keeps, against a recount; rows of nothing but zeros are left out of both.
    static func sums(_ table: ActionSumTable) -> StoreCheck {
        let columns = table.names.joined(separator: ", ")
        let isTold = ActionSumTable.columns.map { $0 + " <> 0" }.joined(separator: " OR ")
        let kept = "SELECT \(columns) FROM \(table.name) WHERE \(isTold)"
        let counted = "SELECT \(columns) FROM (" + table.recount + ") WHERE \(isTold)"
        let told = table.names.map { "'\($0) ' || \($0)" }.joined(separator: " || ', ' || ")
        return StoreCheck(
            name: table.name, rule: "the sums in \(table.name) are those of the actions",
            migration: "action statistics",
            sql: """
                SELECT 'kept: ' || \(told) FROM (\(kept) EXCEPT \(counted))
                UNION ALL
                SELECT 'counted: ' || \(told) FROM (\(counted) EXCEPT \(kept))
                """)
    }
}
