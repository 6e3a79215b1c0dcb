import Foundation
import GRDB
import Purchasing

/// A client key as its row.
enum ClientKeyRecord {
    private static let columns = "id, client, role, secret_hash, created_at, revoked_at"

    static func all(_ db: Database) throws -> [ClientKey] {
        let statement = try db.cachedStatement(sql: "SELECT " + columns + " FROM client_key ORDER BY created_at, id")
        return try Array(Row.fetchCursor(statement).map(read))
    }

    static func insert(_ key: ClientKey, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO client_key (" + columns + ") VALUES (?, ?, ?, ?, ?, ?)")
        try statement.execute(arguments: [
            key.id.text, key.client, key.role.rawValue, Data(key.secretHash), key.createdAt.milliseconds,
            key.revokedAt?.milliseconds,
        ])
    }

    /// False when there is no such key; one that was revoked before keeps its time.
    static func revoke(_ id: Identifier, at: Date, _ db: Database) throws -> Bool {
        let update = try db.cachedStatement(
            sql: "UPDATE client_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
        try update.execute(arguments: [at.milliseconds, id.text])
        let exists = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM client_key WHERE id = ?)")
        return try Bool.fetchOne(exists, arguments: [id.text]) ?? false
    }

    private static func read(_ row: Row) throws -> ClientKey {
        guard let id = Identifier(row[0], kind: .key) else { throw UnreadableRow(column: "key id") }
        return ClientKey(
            id: id, client: row[1], role: try Role(word: row[2], column: "role"),
            secretHash: [UInt8](row[3] as Data), createdAt: Date(milliseconds: row[4]),
            revokedAt: (row[5] as Int64?).map(Date.init(milliseconds:)))
    }
}
