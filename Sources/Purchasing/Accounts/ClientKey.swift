public import Foundation

/// What a key may do.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Buys, and sees its own client's orders.
    case buyer
    /// Reads everything, buys nothing.
    case auditor
    /// Everything, every client.
    case `operator`
}

/// A key of a client, without its secret.
public struct ClientKey: Sendable, Hashable {
    /// `key_…`; shown everywhere.
    public let id: Identifier
    public let client: String
    public let role: Role
    /// SHA-256 of the secret, 32 bytes; the secret itself is kept nowhere.
    public let secretHash: [UInt8]
    public let createdAt: Date
    public var revokedAt: Date?

    public init(
        id: Identifier, client: String, role: Role, secretHash: [UInt8], createdAt: Date, revokedAt: Date? = nil
    ) {
        self.id = id
        self.client = client
        self.role = role
        self.secretHash = secretHash
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }
}

/// Where client keys live; the same durability as `OrderStore`.
public protocol ClientKeyStore: Sendable {
    /// Every key, revoked ones too, oldest first.
    func keys() async throws(StoreError) -> [ClientKey]
    func insert(_ key: ClientKey) async throws(StoreError)
    /// Marks a key as revoked; false when there is no such key. Revoking twice keeps the first time.
    func revoke(_ id: Identifier, at: Date) async throws(StoreError) -> Bool
}
