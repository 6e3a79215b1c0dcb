/// Whether buying goes on, and what the database refuses while it does not.
///
/// The newest change stands. `after_event` is the last event that was committed before a change: it shows later that
/// nothing was sent while buying was paused.
extension Schema {
    static let buying = """
        CREATE TABLE buying_change (
            number INTEGER PRIMARY KEY,
            is_paused INTEGER NOT NULL CHECK (is_paused IN (0, 1)),
            reason TEXT CHECK (reason <> ''),
            since INTEGER,
            actor_name TEXT NOT NULL,
            request_id TEXT NOT NULL,
            at INTEGER NOT NULL,
            after_event INTEGER NOT NULL,
            CHECK ((reason IS NOT NULL) = is_paused AND (since IS NOT NULL) = is_paused)
        ) STRICT;

        CREATE TRIGGER buying_change_follows_the_one_before BEFORE INSERT ON buying_change
        BEGIN
            SELECT RAISE(ABORT, 'a change of buying carries the next number')
                WHERE new.number <> (SELECT coalesce(max(number), 0) + 1 FROM buying_change);
            SELECT RAISE(ABORT, 'buying goes on only after a pause')
                WHERE new.is_paused = 0
                    AND coalesce((SELECT is_paused FROM buying_change WHERE number = new.number - 1), 0) = 0;
            SELECT RAISE(ABORT, 'a change of buying says after which event it was made')
                WHERE new.after_event <> (SELECT coalesce(max(sequence), 0) FROM event);
        END;
        CREATE TRIGGER buying_change_is_final BEFORE UPDATE ON buying_change
        BEGIN
            SELECT RAISE(ABORT, 'changes of buying never change');
        END;
        CREATE TRIGGER buying_change_is_kept BEFORE DELETE ON buying_change
        BEGIN
            SELECT RAISE(ABORT, 'changes of buying are never deleted');
        END;

        CREATE TRIGGER order_is_not_taken_during_a_pause BEFORE INSERT ON purchase_order
        BEGIN
            SELECT RAISE(ABORT, 'buying is paused')
                WHERE (SELECT is_paused FROM buying_change ORDER BY number DESC LIMIT 1) = 1;
        END;
        CREATE TRIGGER order_is_not_sent_during_a_pause BEFORE UPDATE ON purchase_order
        WHEN new.status = 'purchasing' AND old.status <> 'purchasing'
        BEGIN
            SELECT RAISE(ABORT, 'buying is paused')
                WHERE (SELECT is_paused FROM buying_change ORDER BY number DESC LIMIT 1) = 1;
        END;
        CREATE TRIGGER action_is_not_taken_during_a_pause BEFORE INSERT ON action
        WHEN new.kind IN ('renew', 'replace')
        BEGIN
            SELECT RAISE(ABORT, 'buying is paused')
                WHERE (SELECT is_paused FROM buying_change ORDER BY number DESC LIMIT 1) = 1;
        END;
        CREATE TRIGGER action_is_not_sent_during_a_pause BEFORE UPDATE ON action
        WHEN new.kind IN ('renew', 'replace') AND new.status = 'running' AND old.status <> 'running'
        BEGIN
            SELECT RAISE(ABORT, 'buying is paused')
                WHERE (SELECT is_paused FROM buying_change ORDER BY number DESC LIMIT 1) = 1;
        END;
        """
}
