/// What the schema refuses about actions even if the code above it is wrong.
///
/// An action is written after its events, in the same transaction, as an order is.
extension Schema {
    static let actionDefences = """
        CREATE TRIGGER action_agrees_when_made BEFORE INSERT ON action
        BEGIN
            SELECT RAISE(ABORT, 'a new action has version 1') WHERE new.version <> 1;
            SELECT RAISE(ABORT, 'a new action is pending') WHERE new.status <> 'pending';
            SELECT RAISE(ABORT, 'an action stands where its last event says')
                WHERE 'action.' || new.status IS NOT
                    (SELECT type FROM event WHERE order_id = new.order_id AND action_id = new.id AND type GLOB 'action.*'
                        ORDER BY number DESC LIMIT 1);
            SELECT RAISE(ABORT, 'an order of the client has the key')
                WHERE EXISTS (SELECT 1 FROM purchase_order
                    WHERE client = new.client AND idempotency_key = new.idempotency_key);
        END;

        CREATE TRIGGER action_agrees_when_changed BEFORE UPDATE ON action
        BEGIN
            SELECT RAISE(ABORT, 'a change counts the version up by one') WHERE new.version <> old.version + 1;
            SELECT RAISE(ABORT, 'there is no such step')
                WHERE new.status <> old.status AND NOT EXISTS
                    (SELECT 1 FROM action_transition WHERE previous = old.status AND status = new.status);
            SELECT RAISE(ABORT, 'an action stands where its last event says')
                WHERE 'action.' || new.status IS NOT
                    (SELECT type FROM event WHERE order_id = new.order_id AND action_id = new.id AND type GLOB 'action.*'
                        ORDER BY number DESC LIMIT 1);
        END;

        CREATE TRIGGER action_keeps_its_origin BEFORE UPDATE ON action
        WHEN (new.id, new.order_id, new.vendor, new.client, new.idempotency_key, new.fingerprint, new.kind, new.request,
                new.request_id, new.traceparent, new.created_at)
            IS NOT (old.id, old.order_id, old.vendor, old.client, old.idempotency_key, old.fingerprint, old.kind,
                old.request, old.request_id, old.traceparent, old.created_at)
        BEGIN
            SELECT RAISE(ABORT, 'what was asked never changes');
        END;

        CREATE TRIGGER action_keeps_its_evidence BEFORE UPDATE ON action
        WHEN old.started_at IS NOT NULL
            AND (new.started_at, new.quoted_micros, new.quoted_currency, new.baseline)
            IS NOT (old.started_at, old.quoted_micros, old.quoted_currency, old.baseline)
        BEGIN
            SELECT RAISE(ABORT, 'what was known before an action never changes');
        END;

        CREATE TRIGGER action_keeps_its_tries BEFORE UPDATE ON action
        WHEN new.tries < old.tries
        BEGIN
            SELECT RAISE(ABORT, 'what was tried is not forgotten');
        END;

        CREATE TRIGGER action_stays_settled BEFORE UPDATE ON action
        WHEN old.settled_at IS NOT NULL
        BEGIN
            SELECT RAISE(ABORT, 'a settled action never changes');
        END;

        CREATE TRIGGER action_is_kept BEFORE DELETE ON action
        BEGIN
            SELECT RAISE(ABORT, 'actions are never deleted');
        END;

        CREATE TRIGGER order_has_a_key_of_its_own BEFORE INSERT ON purchase_order
        WHEN new.idempotency_key IS NOT NULL
        BEGIN
            SELECT RAISE(ABORT, 'an action of the client has the key')
                WHERE EXISTS (SELECT 1 FROM action
                    WHERE client = new.client AND idempotency_key = new.idempotency_key);
        END;

        CREATE TRIGGER event_tells_of_its_own_orders_action BEFORE INSERT ON event
        WHEN new.action_id IS NOT NULL
        BEGIN
            SELECT RAISE(ABORT, 'an event tells of an action on its own order')
                WHERE EXISTS (SELECT 1 FROM action WHERE id = new.action_id AND order_id <> new.order_id);
        END;

        CREATE TRIGGER action_transition_is_not_added BEFORE INSERT ON action_transition
        BEGIN
            SELECT RAISE(ABORT, 'only a migration changes the steps');
        END;

        CREATE TRIGGER action_transition_is_not_changed BEFORE UPDATE ON action_transition
        BEGIN
            SELECT RAISE(ABORT, 'only a migration changes the steps');
        END;

        CREATE TRIGGER action_transition_is_kept BEFORE DELETE ON action_transition
        BEGIN
            SELECT RAISE(ABORT, 'only a migration changes the steps');
        END;
        """
}
