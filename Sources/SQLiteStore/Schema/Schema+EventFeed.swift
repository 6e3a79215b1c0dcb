/// Whose order an event tells of, so that a client's events are found among those of all.
extension Schema {
    static let eventFeed = """
        ALTER TABLE event ADD COLUMN client TEXT;
        DROP TRIGGER event_is_final;
        UPDATE event SET client = (SELECT client FROM purchase_order WHERE id = order_id);
        CREATE TRIGGER event_is_final BEFORE UPDATE ON event
        BEGIN
            SELECT RAISE(ABORT, 'events never change');
        END;
        CREATE INDEX event_by_client ON event (client, sequence);
        -- Each new action is looked for among the events that were written before it.
        CREATE INDEX event_by_action ON event (action_id) WHERE action_id IS NOT NULL;

        CREATE TRIGGER order_has_events_of_its_client AFTER INSERT ON purchase_order
        BEGIN
            SELECT RAISE(ABORT, 'an event says whose order it tells of')
                WHERE EXISTS (SELECT 1 FROM event WHERE order_id = new.id AND client IS NOT new.client);
        END;
        CREATE TRIGGER event_says_whose_order BEFORE INSERT ON event
        BEGIN
            SELECT RAISE(ABORT, 'an event says whose order it tells of')
                WHERE new.client IS NULL
                    OR EXISTS (SELECT 1 FROM purchase_order WHERE id = new.order_id AND client <> new.client);
        END;
        """
}
