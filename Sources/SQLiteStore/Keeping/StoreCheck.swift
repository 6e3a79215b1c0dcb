/// One thing that must hold in a whole database, and the question that names what breaks it.
///
/// A finding names rows by their ids and says what stands there against what should; it holds nothing that a caller or a
/// vendor said.
struct StoreCheck {
    /// A stable word for programs.
    let name: String
    /// What must hold, as a sentence.
    let rule: String
    /// The migration that brought what the question is about.
    let migration: String
    /// Selects one text for each row that breaks the rule.
    let sql: String
}

extension StoreCheck {
    /// Everything that is held together by what was committed, in the order in which it is told.
    static let all: [StoreCheck] =
        [standing, eventNumbers, eventChain, attemptNumbers, sales, money, held, settlingTimes]
        + [actions, actionSteps, actionMoney, sharedKeys, metadata] + Schema.sums.map(sums) + buying + budgets
        + webhooks + refunds + Schema.actionSums.map(sums)

    // MARK: The timeline of orders

    private static let standing = StoreCheck(
        name: "orders_stand_where_their_events_say",
        rule: "each order has the status and the count of its last event", migration: "orders",
        sql: """
            SELECT o.id || ' is ' || o.status || ' with ' || o.event_count || ' events; its last event says '
                || coalesce(e.state || ', number ' || e.number, 'nothing')
            FROM purchase_order o LEFT JOIN event e
                ON e.order_id = o.id AND e.number = (SELECT max(number) FROM event WHERE order_id = o.id)
            WHERE (o.status, o.event_count) IS NOT (e.state, e.number)
            """)

    private static let eventNumbers = StoreCheck(
        name: "events_have_no_gaps", rule: "the events of an order are numbered from 1 without gaps",
        migration: "orders",
        sql: """
            SELECT order_id || ' has ' || count(*) || ' events, numbered from ' || min(number) || ' to ' || max(number)
            FROM event GROUP BY order_id HAVING min(number) <> 1 OR max(number) <> count(*)
            """)

    private static let eventChain = StoreCheck(
        name: "events_follow_each_other",
        rule: "each event was committed after the one before it, and starts where that one ended", migration: "orders",
        sql: """
            SELECT e.order_id || ' event ' || e.number || ' starts from ' || coalesce(e.previous, 'nothing')
                || ' in commit order ' || e.sequence || '; the one before ended in ' || coalesce(b.state, 'nothing')
                || ' in ' || coalesce(b.sequence, 'none')
            FROM event e LEFT JOIN event b ON b.order_id = e.order_id AND b.number = e.number - 1
            WHERE (e.number = 1 AND e.previous IS NOT NULL)
                OR (b.number IS NOT NULL AND (e.previous IS NOT b.state OR e.sequence <= b.sequence))
            """)

    // MARK: The ledger

    private static let attemptNumbers = StoreCheck(
        name: "attempts_have_no_gaps", rule: "the attempts of an order are numbered from 1 without gaps",
        migration: "orders",
        sql: """
            SELECT order_id || ' has ' || count(*) || ' attempts, numbered from ' || min(number) || ' to ' || max(number)
            FROM attempt GROUP BY order_id HAVING min(number) <> 1 OR max(number) <> count(*)
            """)

    /// Where evidence or a person decided, the attempt keeps the outcome that its call had: unknown.
    private static let sales = StoreCheck(
        name: "sales_have_one_attempt",
        rule:
            "an order that was sold has exactly one attempt that bought it, at its vendor, and no other order has any",
        migration: "orders",
        sql: """
            SELECT id || ' is ' || status || ' with ' || bought || ' attempts that bought it'
            FROM (SELECT o.id, o.status, o.money_state,
                (SELECT count(*) FROM attempt WHERE order_id = o.id AND outcome = 'bought') AS bought,
                (SELECT count(*) FROM attempt WHERE order_id = o.id AND outcome = 'bought' AND vendor IS o.vendor)
                    AS bought_there,
                EXISTS (SELECT 1 FROM event WHERE order_id = o.id AND type = 'decision.made'
                    AND cause IN ('bought', 'resolved'))
                    AND EXISTS (SELECT 1 FROM attempt WHERE order_id = o.id AND vendor IS o.vendor AND outcome = 'unknown')
                    AS was_decided
                FROM purchase_order o)
            WHERE CASE WHEN money_state <> 'spent' THEN bought <> 0
                WHEN bought = 0 THEN NOT was_decided
                ELSE bought <> 1 OR bought_there <> 1 END
            """)

    private static let money = StoreCheck(
        name: "totals_are_whole",
        rule: "an amount has its currency and its source, is not negative, and stands only at what was sold",
        migration: "orders",
        sql: """
            SELECT id || ' is ' || status || ' with total ' || coalesce(total_micros, 'none') || ' '
                || coalesce(total_currency, 'without currency') || ' from ' || coalesce(total_source, 'nobody')
            FROM purchase_order
            WHERE (total_micros IS NULL) <> (total_currency IS NULL) OR (total_micros IS NULL) <> (total_source IS NULL)
                OR total_micros < 0 OR total_currency NOT GLOB '[A-Z][A-Z][A-Z]'
                OR (total_micros IS NOT NULL AND money_state <> 'spent')
                OR (money_state <> 'not_spent' AND vendor IS NULL)
            UNION ALL
            SELECT order_id || ' attempt ' || number || ' was quoted ' || coalesce(quoted_micros, 'none') || ' '
                || coalesce(quoted_currency, 'without currency')
            FROM attempt
            WHERE (quoted_micros IS NULL) <> (quoted_currency IS NULL) OR quoted_micros < 0
                OR quoted_currency NOT GLOB '[A-Z][A-Z][A-Z]'
            """)

    /// Orders that were unknown when this was first written down have none until they change.
    private static let held = StoreCheck(
        name: "held_is_what_was_quoted",
        rule: "what an order holds is what its last attempt was quoted, while its outcome is open",
        migration: "statistics",
        sql: """
            SELECT o.id || ' is ' || o.status || ' and holds ' || coalesce(o.held_micros, 'none') || ' '
                || coalesce(o.held_currency, 'without currency') || '; quoted was ' || coalesce(a.quoted_micros, 'none')
            FROM purchase_order o LEFT JOIN attempt a
                ON a.order_id = o.id AND a.number = (SELECT max(number) FROM attempt WHERE order_id = o.id)
            WHERE (o.held_micros IS NULL) <> (o.held_currency IS NULL)
                OR (o.held_micros IS NOT NULL AND (o.money_state <> 'maybe_spent'
                    OR (o.held_micros, o.held_currency) IS NOT (a.quoted_micros, a.quoted_currency)))
            """)

    private static let settlingTimes = StoreCheck(
        name: "orders_settled_when_their_events_say",
        rule: "an order is settled since the event that settled it, and made when its first event says",
        migration: "orders",
        sql: """
            SELECT o.id || ' is ' || o.status || ', made at ' || o.created_at || ', settled at '
                || coalesce(o.settled_at, 'no time') || '; its events say ' || coalesce(first.at, 'no time') || ' and '
                || coalesce(last.at, 'no time')
            FROM purchase_order o
                LEFT JOIN event first ON first.order_id = o.id AND first.number = 1
                LEFT JOIN event last ON last.order_id = o.id AND last.type = 'order.' || o.status
                    AND o.status IN ('completed', 'failed', 'canceled')
            WHERE o.settled_at IS NOT last.at OR o.created_at IS NOT first.at
            """)

    // MARK: Actions

    private static let actions = StoreCheck(
        name: "actions_stand_where_their_events_say",
        rule: "each action has the status of its last event, on its own order, and is settled since then",
        migration: "actions",
        sql: """
            SELECT a.id || ' of ' || a.order_id || ' is ' || a.status || ', settled at '
                || coalesce(a.settled_at, 'no time') || '; its last event says '
                || coalesce(e.type || ' at ' || e.at || ' of ' || e.order_id, 'nothing')
            FROM action a LEFT JOIN event e ON e.order_id = a.order_id AND e.number = (SELECT max(number) FROM event
                WHERE order_id = a.order_id AND action_id = a.id AND type GLOB 'action.*')
            WHERE e.type IS NOT 'action.' || a.status
                OR a.settled_at IS NOT iif(a.status IN ('completed', 'failed'), e.at, NULL)
            UNION ALL
            SELECT e.order_id || ' event ' || e.number || ' tells of ' || e.action_id || ', which is not its'
            FROM event e LEFT JOIN action a ON a.id = e.action_id
            WHERE e.action_id IS NOT NULL AND a.order_id IS NOT e.order_id
            """)

    private static let actionSteps = StoreCheck(
        name: "actions_take_known_steps", rule: "each status of an action may follow the one before it",
        migration: "actions",
        sql: """
            SELECT action_id || ' goes from ' || coalesce(before, 'nothing') || ' to ' || type
            FROM (SELECT action_id, type, lag(type) OVER (PARTITION BY action_id ORDER BY number) AS before
                FROM event WHERE action_id IS NOT NULL AND type GLOB 'action.*')
            WHERE CASE WHEN before IS NULL THEN type <> 'action.pending'
                ELSE before <> type AND NOT EXISTS (SELECT 1 FROM action_transition
                    WHERE 'action.' || previous = before AND 'action.' || status = type) END
            """)

    private static let actionMoney = StoreCheck(
        name: "action_totals_are_whole",
        rule: "an amount of an action has its currency and its source, and is not negative", migration: "actions",
        sql: """
            SELECT id || ' is ' || status || ' with total ' || coalesce(total_micros, 'none') || ' '
                || coalesce(total_currency, 'without currency') || ' from ' || coalesce(total_source, 'nobody')
            FROM action
            WHERE (total_micros IS NULL) <> (total_currency IS NULL) OR (total_micros IS NULL) <> (total_source IS NULL)
                OR total_micros < 0 OR (quoted_micros IS NULL) <> (quoted_currency IS NULL)
            """)

    private static let sharedKeys = StoreCheck(
        name: "keys_are_used_once", rule: "no order and action of a client share an idempotency key",
        migration: "actions",
        sql: """
            SELECT a.id || ' has the key of ' || o.id FROM action a JOIN purchase_order o
                ON o.client = a.client AND o.idempotency_key = a.idempotency_key
            """)

    // MARK: What the database keeps itself

    private static let metadata = StoreCheck(
        name: "metadata_is_what_orders_say", rule: "the list of metadata is what the orders' requests say",
        migration: "history",
        sql: {
            let kept = "SELECT order_id, name, value, created_at FROM order_metadata"
            let said = """
                SELECT o.id AS order_id, label.key AS name, label.value AS value, o.created_at AS created_at
                FROM purchase_order o, json_each(o.request, '$.metadata') label
                """
            return """
                SELECT order_id || ' is listed under a label or value that it does not say' FROM (\(kept) EXCEPT \(said))
                UNION ALL
                SELECT order_id || ' is missing in the list under a label that it says' FROM (\(said) EXCEPT \(kept))
                """
        }())

    /// What a table of sums keeps, against a recount: rows of nothing but zeros are what orders that moved on left behind.
    private static func sums(_ table: SumTable) -> StoreCheck {
        let columns = table.names.joined(separator: ", ")
        let kept =
            "SELECT \(columns) FROM \(table.name) WHERE "
            + SumTable.columns.map { $0 + " <> 0" }.joined(separator: " OR ")
        let counted = "SELECT \(columns) FROM (" + table.recount + ")"
        let told = table.names.map { "'\($0) ' || \($0)" }.joined(separator: " || ', ' || ")
        return StoreCheck(
            name: table.name, rule: "the sums in \(table.name) are those of the orders", migration: "refunds",
            sql: """
                SELECT 'kept: ' || \(told) FROM (\(kept) EXCEPT \(counted))
                UNION ALL
                SELECT 'counted: ' || \(told) FROM (\(counted) EXCEPT \(kept))
                """)
    }
}
