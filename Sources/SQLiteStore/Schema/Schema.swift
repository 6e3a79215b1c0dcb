/// The tables of the first schema. Migrations are frozen: a change of the schema is a new migration, never an edit here.
///
/// Times are whole milliseconds since 1970, money is whole millionths with its currency, JSON is text. What a vendor said
/// is not checked again: nothing in it may be a reason not to record what happened.
enum Schema {
    static let tables = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            boot_epoch INTEGER NOT NULL,
            wall_high_water INTEGER NOT NULL,
            probes INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE transition (
            previous TEXT NOT NULL,
            state TEXT NOT NULL,
            PRIMARY KEY (previous, state)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE purchase_order (
            id TEXT NOT NULL PRIMARY KEY,
            client TEXT NOT NULL CHECK (client <> ''),
            idempotency_key TEXT,
            fingerprint TEXT NOT NULL,
            request TEXT NOT NULL CHECK (json_valid(request)),
            product TEXT NOT NULL,
            country TEXT,
            request_id TEXT NOT NULL,
            traceparent TEXT,
            created_at INTEGER NOT NULL,
            status TEXT NOT NULL CHECK (status IN
                ('pending', 'purchasing', 'provisioning', 'completed', 'failed', 'unknown', 'canceled')),
            money_state TEXT NOT NULL GENERATED ALWAYS AS (CASE status
                WHEN 'purchasing' THEN 'maybe_spent' WHEN 'unknown' THEN 'maybe_spent'
                WHEN 'provisioning' THEN 'spent' WHEN 'completed' THEN 'spent'
                ELSE 'not_spent' END) VIRTUAL,
            version INTEGER NOT NULL CHECK (version >= 1),
            event_count INTEGER NOT NULL CHECK (event_count >= 1),
            updated_at INTEGER NOT NULL,
            settled_at INTEGER
                CHECK ((settled_at IS NOT NULL) = (status IN ('completed', 'failed', 'canceled'))),
            vendor TEXT,
            vendor_order_number TEXT,
            vendor_order_id TEXT,
            batch_id TEXT,
            total_micros INTEGER CHECK (total_micros >= 0),
            total_currency TEXT CHECK (total_currency GLOB '[A-Z][A-Z][A-Z]'),
            total_source TEXT CHECK (total_source IN ('vendor', 'quote', 'operator')),
            routing TEXT NOT NULL CHECK (json_valid(routing)),
            unknown TEXT CHECK (unknown IS NULL OR json_valid(unknown)),
            needs_review INTEGER NOT NULL CHECK (needs_review IN (0, 1)),
            problem TEXT CHECK (problem IS NULL OR json_valid(problem)),
            expires_at INTEGER,
            vendor_details TEXT,
            flags TEXT NOT NULL CHECK (json_valid(flags)),
            UNIQUE (client, idempotency_key),
            UNIQUE (vendor, vendor_order_number),
            UNIQUE (vendor, vendor_order_id),
            UNIQUE (vendor, batch_id),
            CHECK ((total_micros IS NULL) = (total_currency IS NULL)),
            CHECK (vendor IS NOT NULL
                OR (vendor_order_number IS NULL AND vendor_order_id IS NULL AND batch_id IS NULL))
        ) STRICT;

        CREATE TABLE attempt (
            order_id TEXT NOT NULL REFERENCES purchase_order (id) DEFERRABLE INITIALLY DEFERRED,
            number INTEGER NOT NULL,
            vendor TEXT NOT NULL,
            vendor_key TEXT,
            body BLOB NOT NULL,
            quoted_micros INTEGER CHECK (quoted_micros >= 0),
            quoted_currency TEXT CHECK (quoted_currency GLOB '[A-Z][A-Z][A-Z]'),
            baseline TEXT CHECK (baseline IS NULL OR json_valid(baseline)),
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            outcome TEXT CHECK (outcome IN ('bought', 'refused', 'not_sent', 'unknown')),
            reason TEXT,
            tries INTEGER NOT NULL CHECK (tries >= 0),
            is_tainted INTEGER NOT NULL CHECK (is_tainted IN (0, 1)),
            PRIMARY KEY (order_id, number),
            UNIQUE (order_id, vendor),
            UNIQUE (vendor, vendor_key),
            CHECK ((quoted_micros IS NULL) = (quoted_currency IS NULL))
        ) STRICT;

        -- `sequence` is the order of the commits, over all orders.
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            order_id TEXT NOT NULL REFERENCES purchase_order (id) DEFERRABLE INITIALLY DEFERRED,
            number INTEGER NOT NULL,
            type TEXT NOT NULL,
            state TEXT NOT NULL,
            previous TEXT,
            came_from TEXT GENERATED ALWAYS AS (CASE WHEN type GLOB 'order.*' THEN previous END) STORED,
            cause TEXT NOT NULL,
            actor_kind TEXT NOT NULL CHECK (actor_kind IN ('client', 'operator', 'purser', 'vendor')),
            actor_name TEXT NOT NULL,
            request_id TEXT,
            at INTEGER NOT NULL,
            data TEXT NOT NULL,
            UNIQUE (order_id, number),
            FOREIGN KEY (came_from, state) REFERENCES transition (previous, state),
            CHECK (CASE
                WHEN previous IS NULL THEN number = 1 AND state = 'pending' AND type = 'order.pending'
                WHEN previous = state THEN type NOT GLOB 'order.*'
                ELSE type = 'order.' || state END)
        ) STRICT;

        CREATE TABLE client_key (
            id TEXT NOT NULL PRIMARY KEY,
            client TEXT NOT NULL CHECK (client <> ''),
            role TEXT NOT NULL CHECK (role IN ('buyer', 'auditor', 'operator')),
            secret_hash BLOB NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
            created_at INTEGER NOT NULL,
            revoked_at INTEGER
        ) STRICT;
        """

    static let firstRows = """
        INSERT INTO meta (id, boot_epoch, wall_high_water, probes) VALUES (1, 0, 0, 0);
        INSERT INTO transition (previous, state) VALUES
            ('pending', 'purchasing'), ('pending', 'failed'), ('pending', 'canceled'),
            ('purchasing', 'provisioning'), ('purchasing', 'completed'), ('purchasing', 'failed'),
            ('purchasing', 'unknown'), ('purchasing', 'pending'),
            ('unknown', 'provisioning'), ('unknown', 'completed'), ('unknown', 'failed'),
            ('provisioning', 'completed');
        """
}
