/// What makes every filter of history quick.
extension Schema {
    /// Metadata never changes after an order was made, so the database keeps its own list of it. The list's triggers do what
    /// a foreign key would, for which each new order would have to be looked for in all of the list.
    static let history = """
        CREATE TABLE order_metadata (
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            order_id TEXT NOT NULL,
            PRIMARY KEY (name, value, created_at, order_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO order_metadata (name, value, created_at, order_id)
            SELECT label.key, label.value, o.created_at, o.id
            FROM purchase_order o, json_each(o.request, '$.metadata') label;
        CREATE INDEX order_metadata_by_value ON order_metadata (value, created_at, order_id);

        CREATE TRIGGER order_lists_its_metadata AFTER INSERT ON purchase_order
        WHEN json_type(new.request, '$.metadata') = 'object'
        BEGIN
            INSERT INTO order_metadata (name, value, created_at, order_id)
                SELECT key, value, new.created_at, new.id FROM json_each(new.request, '$.metadata');
        END;
        CREATE TRIGGER order_metadata_is_the_orders BEFORE INSERT ON order_metadata
        BEGIN
            SELECT RAISE(ABORT, 'metadata is what the order says')
                WHERE NOT EXISTS (SELECT 1 FROM purchase_order o, json_each(o.request, '$.metadata') label
                    WHERE o.id = new.order_id AND o.created_at = new.created_at
                        AND label.key = new.name AND label.value = new.value);
        END;
        CREATE TRIGGER order_metadata_is_not_changed BEFORE UPDATE ON order_metadata
        BEGIN
            SELECT RAISE(ABORT, 'metadata never changes');
        END;
        CREATE TRIGGER order_metadata_is_kept BEFORE DELETE ON order_metadata
        BEGIN
            SELECT RAISE(ABORT, 'metadata is never deleted');
        END;

        CREATE INDEX order_by_country ON purchase_order (country, created_at, id) WHERE country IS NOT NULL;
        CREATE INDEX order_by_key ON purchase_order (idempotency_key, created_at, id)
            WHERE idempotency_key IS NOT NULL;
        CREATE INDEX order_by_total ON purchase_order (total_micros, created_at, id) WHERE total_micros IS NOT NULL;
        DROP INDEX order_lapsing;
        CREATE INDEX order_lapsing ON purchase_order (expires_at, id, created_at)
            WHERE status IN ('provisioning', 'completed') AND expires_at IS NOT NULL;
        """
}
