import GRDB
public import Purchasing

/// Questions about the events of all orders.
enum EventFeedReading {
    /// The events that are asked for, along the index that leads in their order.
    static func statement(_ query: EventQuery) -> (sql: String, arguments: StatementArguments) {
        var sql = "SELECT " + EventRecord.columns + ", sequence, client FROM event"
        var values: [DatabaseValue] = []
        if let order = query.order {
            sql += " WHERE order_id = ? AND sequence > ?"
            values = [order.text.databaseValue, query.after.databaseValue]
            if let client = query.client {
                sql += " AND client = ?"
                values.append(client.databaseValue)
            }
        } else if let client = query.client {
            sql += " INDEXED BY event_by_client WHERE client = ? AND sequence > ?"
            values = [client.databaseValue, query.after.databaseValue]
        } else {
            sql += " WHERE sequence > ?"
            values = [query.after.databaseValue]
        }
        if !query.types.isEmpty {
            sql += " AND type IN (" + Array(repeating: "?", count: query.types.count).joined(separator: ", ") + ")"
            values += query.types.map(\.text.databaseValue)
        }
        // The numbers of an order's events count up in the order of its commits, and are what is indexed.
        sql += " ORDER BY " + (query.order == nil ? "sequence" : "number") + " LIMIT ?"
        return (sql, StatementArguments(values + [query.limit.databaseValue]))
    }

    static let place = "SELECT sequence, client FROM event WHERE id = ?"
    static let last = "SELECT coalesce(max(sequence), 0) FROM event"

    static func events(_ query: EventQuery, _ db: Database) throws -> [PlacedEvent] {
        let (sql, arguments) = statement(query)
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        return try Array(
            rows.map { PlacedEvent(place: $0[13], client: $0[14], event: try EventRecord.read($0)) })
    }
}

extension SQLiteOrderStore {
    public func events(_ query: EventQuery) async throws(StoreError) -> [PlacedEvent] {
        try await readApart { db in try EventFeedReading.events(query, db) }
    }

    public func place(of event: Identifier) async throws(StoreError) -> (place: Int64, client: String)? {
        try read { db in
            try Row.fetchOne(db.cachedStatement(sql: EventFeedReading.place), arguments: [event.text])
                .map { ($0[0], $0[1]) }
        }
    }

    public func lastPlace() async throws(StoreError) -> Int64 {
        try read { db in try Int64.fetchOne(db.cachedStatement(sql: EventFeedReading.last)) ?? 0 }
    }
}
