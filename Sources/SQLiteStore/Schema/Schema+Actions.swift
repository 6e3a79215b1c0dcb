/// Changes to what orders bought, and what the rows of orders and events learned with them.
extension Schema {
    /// `request`, `baseline`, `unknown` and `problem` are JSON that this code writes; `result` and `vendor_details` hold
    /// what a vendor said, which is not checked again.
    static let actions = """
        CREATE TABLE action_transition (
            previous TEXT NOT NULL,
            status TEXT NOT NULL,
            PRIMARY KEY (previous, status)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO action_transition (previous, status) VALUES
            ('pending', 'running'), ('pending', 'failed'),
            ('running', 'completed'), ('running', 'failed'), ('running', 'unknown'),
            ('unknown', 'completed'), ('unknown', 'failed');

        CREATE TABLE action (
            id TEXT NOT NULL PRIMARY KEY,
            order_id TEXT NOT NULL REFERENCES purchase_order (id) DEFERRABLE INITIALLY DEFERRED,
            vendor TEXT NOT NULL,
            client TEXT NOT NULL CHECK (client <> ''),
            idempotency_key TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            kind TEXT NOT NULL,
            request TEXT NOT NULL CHECK (json_valid(request)),
            request_id TEXT NOT NULL,
            traceparent TEXT,
            created_at INTEGER NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed', 'unknown')),
            version INTEGER NOT NULL CHECK (version >= 1),
            updated_at INTEGER NOT NULL,
            settled_at INTEGER CHECK ((settled_at IS NOT NULL) = (status IN ('completed', 'failed'))),
            started_at INTEGER,
            quoted_micros INTEGER CHECK (quoted_micros >= 0),
            quoted_currency TEXT CHECK (quoted_currency GLOB '[A-Z][A-Z][A-Z]'),
            baseline TEXT CHECK (baseline IS NULL OR json_valid(baseline)),
            tries INTEGER NOT NULL CHECK (tries >= 0),
            total_micros INTEGER CHECK (total_micros >= 0),
            total_currency TEXT CHECK (total_currency GLOB '[A-Z][A-Z][A-Z]'),
            total_source TEXT CHECK (total_source IN ('vendor', 'quote', 'operator')),
            unknown TEXT CHECK (unknown IS NULL OR json_valid(unknown)),
            needs_review INTEGER NOT NULL CHECK (needs_review IN (0, 1)),
            problem TEXT CHECK (problem IS NULL OR json_valid(problem)),
            result TEXT,
            vendor_details TEXT,
            UNIQUE (client, idempotency_key),
            CHECK ((quoted_micros IS NULL) = (quoted_currency IS NULL)),
            CHECK ((total_micros IS NULL) = (total_currency IS NULL)),
            CHECK (status IN ('pending', 'failed') OR (started_at IS NOT NULL AND baseline IS NOT NULL))
        ) STRICT;

        ALTER TABLE event ADD COLUMN action_id TEXT REFERENCES action (id) DEFERRABLE INITIALLY DEFERRED
            CHECK (action_id IS NOT NULL OR type NOT GLOB 'action.*');
        ALTER TABLE purchase_order ADD COLUMN auto_renewal TEXT
            CHECK (auto_renewal IS NULL OR json_valid(auto_renewal));

        CREATE INDEX action_by_order ON action (order_id, created_at, id);
        CREATE INDEX action_unsettled ON action (created_at, id) WHERE settled_at IS NULL;
        -- One at a time: what is seen of the goods is evidence for the one action that may be changing them.
        CREATE UNIQUE INDEX action_in_flight ON action (order_id)
            WHERE status = 'running' OR (status = 'unknown' AND needs_review = 0);
        """
}
