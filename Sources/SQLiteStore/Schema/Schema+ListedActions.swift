/// What lists actions: the client whose order each is on, and an index for each way of asking.
extension Schema {
    static let actionOwner = "ALTER TABLE action ADD COLUMN owner TEXT NOT NULL DEFAULT ''"
    static let actionGuards =
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'action' AND sql LIKE '%BEFORE UPDATE%'"
    static let actionOwners =
        "UPDATE action SET owner = (SELECT client FROM purchase_order WHERE purchase_order.id = action.order_id)"

    static let listedActions = """
        CREATE INDEX action_by_time ON action (created_at, id);
        CREATE INDEX action_by_owner ON action (owner, created_at, id);
        CREATE INDEX action_by_kind ON action (kind, status, created_at, id);
        CREATE INDEX action_by_owner_and_kind ON action (owner, kind, status, created_at, id);

        CREATE TRIGGER action_is_its_orders_clients BEFORE INSERT ON action
        BEGIN
            SELECT RAISE(ABORT, 'an action is owned by its order''s client')
                WHERE new.owner IS NOT (SELECT client FROM purchase_order WHERE id = new.order_id);
        END;

        CREATE TRIGGER action_keeps_its_owner BEFORE UPDATE ON action
        WHEN new.owner IS NOT old.owner
        BEGIN
            SELECT RAISE(ABORT, 'what was asked never changes');
        END;
        """
}
