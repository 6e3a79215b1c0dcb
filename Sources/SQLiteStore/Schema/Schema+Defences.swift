/// What the first schema refuses even if the code above it is wrong, and what makes its questions quick.
///
/// An order is written after its events and attempts, in the same transaction; so its row can be held against them.
extension Schema {
    static let orderDefences = """
        CREATE TRIGGER order_agrees_when_made BEFORE INSERT ON purchase_order
        BEGIN
            SELECT RAISE(ABORT, 'a new order has version 1') WHERE new.version <> 1;
            SELECT RAISE(ABORT, 'an order stands where its last event says')
                WHERE (new.status, new.event_count) IS NOT
                    (SELECT state, number FROM event WHERE order_id = new.id ORDER BY number DESC LIMIT 1);
            SELECT RAISE(ABORT, 'nothing is purchased without an attempt that says so')
                WHERE new.status = 'purchasing' AND NOT EXISTS
                    (SELECT 1 FROM attempt WHERE order_id = new.id AND vendor = new.vendor);
        END;

        CREATE TRIGGER order_agrees_when_changed BEFORE UPDATE ON purchase_order
        BEGIN
            SELECT RAISE(ABORT, 'a change counts the version up by one') WHERE new.version <> old.version + 1;
            SELECT RAISE(ABORT, 'an order stands where its last event says')
                WHERE (new.status, new.event_count) IS NOT
                    (SELECT state, number FROM event WHERE order_id = new.id ORDER BY number DESC LIMIT 1);
            SELECT RAISE(ABORT, 'nothing is purchased without an attempt that says so')
                WHERE new.status = 'purchasing' AND NOT EXISTS
                    (SELECT 1 FROM attempt WHERE order_id = new.id AND vendor = new.vendor);
        END;

        CREATE TRIGGER order_keeps_its_origin BEFORE UPDATE ON purchase_order
        WHEN (new.id, new.client, new.idempotency_key, new.fingerprint, new.request, new.product, new.country,
                new.request_id, new.traceparent, new.created_at)
            IS NOT (old.id, old.client, old.idempotency_key, old.fingerprint, old.request, old.product, old.country,
                old.request_id, old.traceparent, old.created_at)
        BEGIN
            SELECT RAISE(ABORT, 'what was asked never changes');
        END;

        CREATE TRIGGER order_stays_settled BEFORE UPDATE ON purchase_order
        WHEN old.settled_at IS NOT NULL
            AND (new.status, new.settled_at, new.vendor, new.vendor_order_number, new.vendor_order_id, new.batch_id,
                new.total_micros, new.total_currency, new.total_source)
            IS NOT (old.status, old.settled_at, old.vendor, old.vendor_order_number, old.vendor_order_id, old.batch_id,
                old.total_micros, old.total_currency, old.total_source)
        BEGIN
            SELECT RAISE(ABORT, 'a settled order never changes its state or its money');
        END;

        CREATE TRIGGER order_is_kept BEFORE DELETE ON purchase_order
        BEGIN
            SELECT RAISE(ABORT, 'orders are never deleted');
        END;
        """

    static let attemptDefences = """
        CREATE TRIGGER attempt_has_next_number BEFORE INSERT ON attempt
        WHEN NOT EXISTS (SELECT 1 FROM attempt WHERE order_id = new.order_id AND number = new.number)
        BEGIN
            SELECT RAISE(ABORT, 'an attempt carries the next number of its order')
                WHERE new.number <> (SELECT coalesce(max(number), 0) + 1 FROM attempt WHERE order_id = new.order_id);
        END;

        CREATE TRIGGER attempt_keeps_its_intent BEFORE UPDATE ON attempt
        WHEN (new.order_id, new.number, new.vendor, new.vendor_key, new.body, new.quoted_micros, new.quoted_currency,
                new.baseline, new.started_at)
            IS NOT (old.order_id, old.number, old.vendor, old.vendor_key, old.body, old.quoted_micros,
                old.quoted_currency, old.baseline, old.started_at)
        BEGIN
            SELECT RAISE(ABORT, 'every try of an attempt sends the same');
        END;

        CREATE TRIGGER attempt_keeps_its_doubt BEFORE UPDATE ON attempt
        WHEN new.is_tainted < old.is_tainted OR new.tries < old.tries
        BEGIN
            SELECT RAISE(ABORT, 'what was tried is not forgotten');
        END;

        CREATE TRIGGER attempt_is_kept BEFORE DELETE ON attempt
        BEGIN
            SELECT RAISE(ABORT, 'attempts are never deleted');
        END;
        """

    static let eventDefences = """
        CREATE TRIGGER event_follows_the_one_before BEFORE INSERT ON event
        BEGIN
            SELECT RAISE(ABORT, 'an event carries the next number of its order')
                WHERE new.number <> (SELECT coalesce(max(number), 0) + 1 FROM event WHERE order_id = new.order_id);
            SELECT RAISE(ABORT, 'an event starts from the state before it')
                WHERE new.previous IS NOT
                    (SELECT state FROM event WHERE order_id = new.order_id AND number = new.number - 1);
        END;

        CREATE TRIGGER event_is_final BEFORE UPDATE ON event
        BEGIN
            SELECT RAISE(ABORT, 'events never change');
        END;

        CREATE TRIGGER event_is_kept BEFORE DELETE ON event
        BEGIN
            SELECT RAISE(ABORT, 'events are never deleted');
        END;
        """

    static let otherDefences = """
        CREATE TRIGGER key_is_only_revoked BEFORE UPDATE ON client_key
        WHEN old.revoked_at IS NOT NULL
            OR (new.id, new.client, new.role, new.secret_hash, new.created_at)
            IS NOT (old.id, old.client, old.role, old.secret_hash, old.created_at)
        BEGIN
            SELECT RAISE(ABORT, 'a key can only be revoked, once');
        END;

        CREATE TRIGGER key_is_kept BEFORE DELETE ON client_key
        BEGIN
            SELECT RAISE(ABORT, 'keys are never deleted');
        END;

        CREATE TRIGGER transition_is_not_added BEFORE INSERT ON transition
        BEGIN
            SELECT RAISE(ABORT, 'only a migration changes the steps');
        END;

        CREATE TRIGGER transition_is_not_changed BEFORE UPDATE ON transition
        BEGIN
            SELECT RAISE(ABORT, 'only a migration changes the steps');
        END;

        CREATE TRIGGER transition_is_kept BEFORE DELETE ON transition
        BEGIN
            SELECT RAISE(ABORT, 'only a migration changes the steps');
        END;

        CREATE TRIGGER meta_only_grows BEFORE UPDATE ON meta
        WHEN new.boot_epoch < old.boot_epoch OR new.wall_high_water < old.wall_high_water
        BEGIN
            SELECT RAISE(ABORT, 'epochs and the high-water mark only grow');
        END;

        CREATE TRIGGER meta_is_kept BEFORE DELETE ON meta
        BEGIN
            SELECT RAISE(ABORT, 'the meta row is never deleted');
        END;
        """

    /// History is walked by `(created_at, id)`, newest first. The two long indexes answer every combination of filters
    /// with one short walk for each combination of values, however many orders there are; see `History`.
    static let indexes = """
        CREATE INDEX order_by_age ON purchase_order (created_at, id);
        CREATE INDEX order_by_client ON purchase_order (client, created_at, id);
        CREATE INDEX order_by_kind ON purchase_order (vendor, product, status, created_at, id);
        CREATE INDEX order_by_client_and_kind
            ON purchase_order (client, vendor, product, status, created_at, id);
        CREATE INDEX order_unsettled ON purchase_order (created_at, id) WHERE settled_at IS NULL;
        CREATE INDEX order_awaiting_goods ON purchase_order (vendor, created_at, id)
            WHERE (status IN ('provisioning', 'completed') AND vendor_order_id IS NULL AND batch_id IS NULL)
                OR status = 'unknown';
        """
}
