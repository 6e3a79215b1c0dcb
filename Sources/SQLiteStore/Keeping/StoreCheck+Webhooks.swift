/// What must hold of receivers of events, and of what they are owed.
extension StoreCheck {
    static let webhooks = [deliveredEvents, dueEvents, wishes]

    private static let deliveredEvents = StoreCheck(
        name: "webhooks_are_owed_events", rule: "what a webhook is owed is an event of the order that it says",
        migration: "webhooks",
        sql: """
            SELECT 'webhook ' || d.webhook || ' is owed event ' || d.event || ' of ' || d.order_id
                || coalesce(', which is of ' || e.order_id, ', which is missing')
            FROM webhook_delivery d LEFT JOIN event e ON e.sequence = d.event
            WHERE e.order_id IS NOT d.order_id
            """)

    private static let dueEvents = StoreCheck(
        name: "webhooks_get_first_events_first",
        rule: "of what a webhook is owed of one order, the first event is due and no other", migration: "webhooks",
        sql: """
            SELECT 'webhook ' || webhook || ' is owed ' || count(*) || ' events of ' || order_id || ', and '
                || count(due_at) || ' are due'
            FROM webhook_delivery WHERE status = 'pending' GROUP BY webhook, order_id
            HAVING count(due_at) <> 1 OR min(event) IS NOT min(iif(due_at IS NULL, NULL, event))
            """)

    private static let wishes = StoreCheck(
        name: "webhooks_wish_what_they_say", rule: "the list of wishes is what the webhooks in use say",
        migration: "webhooks",
        sql: {
            let kept = "SELECT type, client, webhook FROM webhook_wish"
            let said = """
                SELECT coalesce(e.value, '*') AS type, coalesce(c.value, '') AS client, w.number AS webhook
                FROM webhook w LEFT JOIN json_each(w.events) e ON true LEFT JOIN json_each(w.clients) c ON true
                WHERE w.stop IS NULL AND w.removed_at IS NULL AND (e.value IS NULL OR e.value = '*'
                    OR NOT EXISTS (SELECT 1 FROM json_each(w.events) other WHERE other.value = '*'))
                """
            return """
                SELECT 'webhook ' || webhook || ' has a wish that it does not say' FROM (\(kept) EXCEPT \(said))
                UNION ALL
                SELECT 'webhook ' || webhook || ' says a wish that is not kept' FROM (\(said) EXCEPT \(kept))
                """
        }())
}
