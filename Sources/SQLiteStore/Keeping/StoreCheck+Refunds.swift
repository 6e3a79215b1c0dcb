extension StoreCheck {
    /// What must hold of refunds.
    static let refunds = [sums, timeline]

    private static let sums = StoreCheck(
        name: "refunds_come_to_what_orders_say",
        rule:
            "what came back of an order is the sum of its refunds, numbered from 1, in its currency, and at most its total",
        migration: "refunds",
        sql: """
            SELECT o.id || ' says ' || o.refunded_micros || ' came back of ' || coalesce(o.total_micros, 'nothing') || ' '
                || coalesce(o.total_currency, '') || '; its ' || r.count || ' refunds come to ' || r.micros
            FROM purchase_order o JOIN (
                SELECT p.id AS order_id, count(f.id) AS count, coalesce(sum(f.micros), 0) AS micros,
                    coalesce(max(f.number), 0) AS last, coalesce(min(f.micros), 1) AS least,
                    coalesce(sum(f.currency IS NOT p.total_currency), 0) AS foreign_ones,
                    (SELECT id FROM refund WHERE order_id = p.id ORDER BY number DESC LIMIT 1) AS newest
                FROM purchase_order p LEFT JOIN refund f ON f.order_id = p.id
                WHERE p.refunded_micros <> 0 OR p.last_refund IS NOT NULL OR f.id IS NOT NULL
                GROUP BY p.id) r ON r.order_id = o.id
            WHERE o.refunded_micros <> r.micros OR o.last_refund IS NOT r.newest OR r.last <> r.count OR r.least <= 0
                OR r.foreign_ones <> 0 OR o.money_state <> 'spent' OR o.refunded_micros > coalesce(o.total_micros, 0)
            """)

    private static let timeline = StoreCheck(
        name: "refunds_are_on_timelines", rule: "each refund is one event on the timeline of its order",
        migration: "refunds",
        sql: """
            SELECT f.order_id || ' refund ' || f.number || ' is no event' FROM refund f
            WHERE NOT EXISTS (SELECT 1 FROM event WHERE order_id = f.order_id AND type = 'refund.recorded'
                AND data ->> '$.refund_id' = f.id)
            UNION ALL
            SELECT order_id || ' event ' || number || ' tells of a refund that is not there' FROM event e
            WHERE type = 'refund.recorded' AND NOT EXISTS
                (SELECT 1 FROM refund WHERE order_id = e.order_id AND id = e.data ->> '$.refund_id')
            """)
}
