/// Receivers of events, and what they are owed.
///
/// `webhook_wish` is what the receivers in use want, spread out so that an event finds them by an index: a pattern of types
/// (`order.completed`, `order.*`, `*`) and a client, empty for all. Of the pending deliveries of one order to one receiver
/// the first has a `due_at`, and no other.
extension Schema {
    static let webhooks = """
        CREATE TABLE webhook (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            url TEXT NOT NULL,
            events TEXT NOT NULL CHECK (json_valid(events)),
            clients TEXT NOT NULL CHECK (json_valid(clients)),
            description TEXT,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            version INTEGER NOT NULL CHECK (version >= 1),
            stop TEXT CHECK (stop IN ('operator', 'gone')),
            stopped_at INTEGER,
            removed_at INTEGER,
            secret BLOB CHECK (length(secret) BETWEEN 24 AND 64),
            old_secret BLOB CHECK (length(old_secret) BETWEEN 24 AND 64),
            old_secret_until INTEGER,
            failures INTEGER NOT NULL CHECK (failures >= 0),
            rests_since INTEGER,
            wakes_at INTEGER,
            rest_reason TEXT,
            probes INTEGER NOT NULL CHECK (probes >= 0),
            delivered_at INTEGER,
            CHECK ((stop IS NULL) = (stopped_at IS NULL)),
            CHECK ((old_secret IS NULL) = (old_secret_until IS NULL)),
            CHECK ((rests_since IS NULL) = (wakes_at IS NULL)),
            CHECK ((secret IS NULL) = (removed_at IS NOT NULL))
        ) STRICT;

        CREATE TABLE webhook_wish (
            type TEXT NOT NULL,
            client TEXT NOT NULL,
            webhook INTEGER NOT NULL REFERENCES webhook (number),
            PRIMARY KEY (type, client, webhook)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX webhook_wish_by_webhook ON webhook_wish (webhook);

        CREATE TABLE webhook_delivery (
            webhook INTEGER NOT NULL REFERENCES webhook (number),
            -- No foreign key: every new event would look among all deliveries for those that had waited for it.
            event INTEGER NOT NULL,
            order_id TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
            since INTEGER NOT NULL,
            due_at INTEGER CHECK (due_at IS NULL OR status = 'pending'),
            attempted_at INTEGER,
            last_status INTEGER,
            last_reason TEXT,
            settled_at INTEGER CHECK ((settled_at IS NULL) = (status = 'pending')),
            PRIMARY KEY (webhook, event)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX webhook_delivery_head ON webhook_delivery (webhook, order_id) WHERE due_at IS NOT NULL;
        CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, due_at, event) WHERE due_at IS NOT NULL;
        CREATE INDEX webhook_delivery_by_order ON webhook_delivery (webhook, order_id, event);
        CREATE INDEX webhook_delivery_by_status ON webhook_delivery (webhook, status, event);
        CREATE INDEX webhook_delivery_waiting ON webhook_delivery (webhook, since) WHERE status = 'pending';
        CREATE INDEX webhook_delivery_settled ON webhook_delivery (settled_at) WHERE settled_at IS NOT NULL;
        """

    /// The deliveries of a new event: one for each receiver in use that wants it, due unless an earlier one of its order is
    /// not settled.
    static let owed = """
        SELECT wish.webhook, new.sequence, new.order_id, 'pending', new.at,
            iif(EXISTS (SELECT 1 FROM webhook_delivery earlier INDEXED BY webhook_delivery_by_order
                WHERE earlier.webhook = wish.webhook AND earlier.order_id = new.order_id
                    AND earlier.status = 'pending'), NULL, new.at)
        FROM webhook_wish wish
        WHERE wish.type IN (new.type, substr(new.type, 1, instr(new.type, '.')) || '*', '*')
            AND wish.client IN ('', new.client)
        """

    static let webhookDefences = """
        CREATE TRIGGER event_is_owed_to_webhooks AFTER INSERT ON event
        WHEN EXISTS (SELECT 1 FROM webhook_wish WHERE type >= '')
        BEGIN
            INSERT INTO webhook_delivery (webhook, event, order_id, status, since, due_at)
                \(owed)
                ON CONFLICT (webhook, event) DO NOTHING;
        END;

        CREATE TRIGGER webhook_keeps_its_origin BEFORE UPDATE ON webhook
        WHEN (new.number, new.id, new.created_at) IS NOT (old.number, old.id, old.created_at)
            OR new.version < old.version OR old.removed_at IS NOT NULL
        BEGIN
            SELECT RAISE(ABORT, 'a webhook keeps its number and its id, and stays removed');
        END;

        CREATE TRIGGER webhook_delivery_keeps_its_event BEFORE UPDATE ON webhook_delivery
        WHEN (new.webhook, new.event, new.order_id) IS NOT (old.webhook, old.event, old.order_id)
            OR new.attempts < old.attempts
        BEGIN
            SELECT RAISE(ABORT, 'a delivery keeps its event, and what was tried is not forgotten');
        END;

        CREATE TRIGGER webhook_delivery_is_kept_until_settled BEFORE DELETE ON webhook_delivery
        WHEN old.status = 'pending' AND NOT EXISTS
            (SELECT 1 FROM webhook WHERE number = old.webhook AND removed_at IS NOT NULL)
        BEGIN
            SELECT RAISE(ABORT, 'what a webhook is owed is not forgotten');
        END;
        """
}
