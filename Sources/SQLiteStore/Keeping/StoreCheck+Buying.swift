extension StoreCheck {
    /// What must hold of pauses.
    static let buying = [pauses, silence]

    private static let pauses = StoreCheck(
        name: "changes_of_buying_follow_each_other",
        rule: "changes of buying are numbered from 1 without gaps, and it goes on only after a pause",
        migration: "buying",
        sql: """
            SELECT 'change ' || c.number || iif(c.is_paused, ' pauses', ' lets go on') || ' after '
                || CASE WHEN b.number IS NULL THEN 'nothing' WHEN b.is_paused THEN 'a pause' ELSE 'no pause' END
            FROM buying_change c LEFT JOIN buying_change b ON b.number = c.number - 1
            WHERE (b.number IS NULL AND c.number <> 1) OR (c.is_paused = 0 AND coalesce(b.is_paused, 0) = 0)
                OR (b.number IS NOT NULL AND c.after_event < b.after_event)
            """)

    /// Events have the order of the commits, and each change says which came last before it.
    private static let silence = StoreCheck(
        name: "nothing_was_sent_during_a_pause",
        rule: "between a pause and its end no order was taken or sent, nor any action that may be charged",
        migration: "buying",
        sql: """
            WITH pause AS (
                SELECT number, after_event AS first, coalesce((SELECT min(after_event) FROM buying_change
                    WHERE number > c.number AND NOT is_paused), 9223372036854775807) AS last
                FROM buying_change c WHERE is_paused
                    AND NOT coalesce((SELECT is_paused FROM buying_change WHERE number = c.number - 1), 0))
            SELECT e.order_id || ' event ' || e.number || ' says ' || e.type || ' during pause ' || pause.number
            FROM pause JOIN event e ON e.sequence > pause.first AND e.sequence <= pause.last
                LEFT JOIN action a ON a.id = e.action_id
            WHERE e.type = 'order.purchasing' OR (e.type = 'order.pending' AND e.number = 1)
                OR (e.type IN ('action.pending', 'action.running') AND a.kind IN ('renew', 'replace'))
            """)
}
