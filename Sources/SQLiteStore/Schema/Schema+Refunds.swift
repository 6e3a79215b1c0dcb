/// What came back of what orders cost: entries beside the orders, and what orders and sums learned with them.
///
/// An order is written with the sum and the newest of its refunds before the refund itself, in the same transaction; the
/// reference from the order makes sure that it follows, and its own trigger that the sum is right. A trigger and no CHECK
/// bounds the sum: SQLite holds a CHECK that is added against every row that there is, which takes minutes for millions.
extension Schema {
    static let refunds = """
        CREATE TABLE refund (
            id TEXT NOT NULL PRIMARY KEY,
            order_id TEXT NOT NULL REFERENCES purchase_order (id) DEFERRABLE INITIALLY DEFERRED,
            number INTEGER NOT NULL,
            micros INTEGER NOT NULL CHECK (micros > 0),
            currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
            note TEXT NOT NULL CHECK (note <> ''),
            vendor_reference TEXT CHECK (vendor_reference <> ''),
            client TEXT NOT NULL CHECK (client <> ''),
            actor_name TEXT NOT NULL,
            idempotency_key TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            request_id TEXT NOT NULL,
            at INTEGER NOT NULL,
            UNIQUE (order_id, number),
            UNIQUE (client, idempotency_key)
        ) STRICT;
        ALTER TABLE purchase_order ADD COLUMN refunded_micros INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE purchase_order ADD COLUMN last_refund TEXT REFERENCES refund (id) DEFERRABLE INITIALLY DEFERRED;

        """

    static let refundDefences = """
        CREATE TRIGGER order_is_not_made_refunded BEFORE INSERT ON purchase_order
        WHEN new.refunded_micros <> 0 OR new.last_refund IS NOT NULL
        BEGIN
            SELECT RAISE(ABORT, 'a new order has no refund');
        END;
        CREATE TRIGGER order_is_refunded_by_a_refund BEFORE UPDATE ON purchase_order
        WHEN (new.refunded_micros, new.last_refund) IS NOT (old.refunded_micros, old.last_refund)
        BEGIN
            SELECT RAISE(ABORT, 'only what was spent can come back')
                WHERE new.status NOT IN ('provisioning', 'completed') OR new.total_currency IS NOT old.total_currency;
            SELECT RAISE(ABORT, 'no more comes back than was spent')
                WHERE new.refunded_micros NOT BETWEEN 0 AND coalesce(new.total_micros, 0);
            SELECT RAISE(ABORT, 'refunds are only ever added')
                WHERE new.refunded_micros <= old.refunded_micros OR new.last_refund IS NULL
                    OR EXISTS (SELECT 1 FROM refund WHERE id = new.last_refund);
            SELECT RAISE(ABORT, 'a refund is on the timeline of its order')
                WHERE NOT EXISTS (SELECT 1 FROM event WHERE order_id = new.id AND number = new.event_count
                    AND type = 'refund.recorded' AND json_extract(data, '$.refund_id') = new.last_refund);
        END;
        CREATE TRIGGER order_keeps_the_currency_of_its_refunds BEFORE UPDATE ON purchase_order
        WHEN old.refunded_micros > 0
            AND (new.total_micros, new.total_currency) IS NOT (old.total_micros, old.total_currency)
        BEGIN
            SELECT RAISE(ABORT, 'a total of which something came back never changes');
        END;

        CREATE TRIGGER refund_is_what_its_order_says BEFORE INSERT ON refund
        BEGIN
            SELECT RAISE(ABORT, 'a refund carries the next number of its order')
                WHERE new.number <> (SELECT coalesce(max(number), 0) + 1 FROM refund WHERE order_id = new.order_id);
            SELECT RAISE(ABORT, 'refunds come to what their order says')
                WHERE NOT EXISTS (SELECT 1 FROM purchase_order
                    WHERE id = new.order_id AND last_refund = new.id AND total_currency = new.currency
                        AND refunded_micros = new.micros
                            + (SELECT coalesce(sum(micros), 0) FROM refund WHERE order_id = new.order_id));
            SELECT RAISE(ABORT, 'refunds are never replaced')
                WHERE EXISTS (SELECT 1 FROM refund WHERE id = new.id
                    OR client = new.client AND idempotency_key = new.idempotency_key);
            SELECT RAISE(ABORT, 'an order or an action of the client has the key')
                WHERE EXISTS (SELECT 1 FROM purchase_order
                        WHERE client = new.client AND idempotency_key = new.idempotency_key)
                    OR EXISTS (SELECT 1 FROM action
                        WHERE client = new.client AND idempotency_key = new.idempotency_key);
        END;
        CREATE TRIGGER refund_is_final BEFORE UPDATE ON refund
        BEGIN
            SELECT RAISE(ABORT, 'refunds never change');
        END;
        CREATE TRIGGER refund_is_kept BEFORE DELETE ON refund
        BEGIN
            SELECT RAISE(ABORT, 'refunds are never deleted');
        END;

        CREATE TRIGGER order_has_no_key_of_a_refund BEFORE INSERT ON purchase_order
        WHEN new.idempotency_key IS NOT NULL
        BEGIN
            SELECT RAISE(ABORT, 'a refund of the client has the key')
                WHERE EXISTS (SELECT 1 FROM refund
                    WHERE client = new.client AND idempotency_key = new.idempotency_key);
        END;
        CREATE TRIGGER action_has_no_key_of_a_refund BEFORE INSERT ON action
        BEGIN
            SELECT RAISE(ABORT, 'a refund of the client has the key')
                WHERE EXISTS (SELECT 1 FROM refund
                    WHERE client = new.client AND idempotency_key = new.idempotency_key);
        END;

        """

    /// Sums learn what came back; so far nothing has.
    static let refundSums =
        sums.map { "ALTER TABLE \($0.name) ADD COLUMN refunded_micros INTEGER NOT NULL DEFAULT 0;\n" }.joined()
            + """
            DROP TRIGGER order_is_added_up;
            DROP TRIGGER order_is_added_up_again;
            CREATE TRIGGER order_is_added_up AFTER INSERT ON purchase_order
            BEGIN
            \(added)END;
            CREATE TRIGGER order_is_added_up_again AFTER UPDATE ON purchase_order
            WHEN (new.status, new.vendor, new.total_micros, new.total_currency, new.held_micros, new.held_currency,
                    new.refunded_micros)
                IS NOT (old.status, old.vendor, old.total_micros, old.total_currency, old.held_micros, old.held_currency,
                    old.refunded_micros)
            BEGIN
            \(moved)END;

            """

    private static var added: String { sums.map { $0.change(of: "new", by: 1, SumTable.terms) }.joined() }

    private static var moved: String {
        sums.map { table in
            table.change(of: "old", by: -1, SumTable.terms) + table.change(of: "new", by: 1, SumTable.terms)
        }.joined()
    }
}
