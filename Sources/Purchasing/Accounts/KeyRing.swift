import Crypto
import Foundation
import Synchronization

/// Every client key, in memory, so that a call is told apart from a stranger's without a read from the store.
///
/// A key is an id, which is shown everywhere, and a secret, which is shown once. Its token is what a caller sends:
/// `pk_`, the id's ULID, `_`, and 43 characters of base64url made from 32 random bytes. Only the SHA-256 of those 43
/// characters is kept; a random secret of that length needs no slower hash.
public final class KeyRing: Sendable {
    private let store: any ClientKeyStore
    private let ids: IdentifierSource
    private let timepiece: Timepiece
    private let random: @Sendable () -> [UInt8]
    private let keys: Mutex<[Identifier: ClientKey]>

    /// Loads every key from a store.
    /// - Parameter random: makes 32 random bytes for a secret.
    public init(
        store: any ClientKeyStore, ids: IdentifierSource, timepiece: Timepiece = .system,
        random: @escaping @Sendable () -> [UInt8] = KeyToken.systemRandom
    ) async throws(StoreError) {
        let stored = try await store.keys()
        self.store = store
        self.ids = ids
        self.timepiece = timepiece
        self.random = random
        self.keys = Mutex(Dictionary(stored.map { ($0.id, $0) }) { first, _ in first })
    }

    /// Makes a key and stores it. The token is in the answer and nowhere else.
    /// - Throws: `Problem` `invalid_request` when the client's name is not 1 to 64 of `A-Z a-z 0-9 . _ -`,
    ///   `store_unavailable` when the key could not be made durable; there is no such key then.
    public func issue(client: String, role: Role) async throws(Problem) -> (key: ClientKey, token: Secret) {
        guard Self.isClientName(client) else {
            let fault = Fault(.pointer("/client"), "invalid_text", "1 to 64 letters, digits, dots, _ and -")
            throw Problem(
                .invalidRequest, "a client's name cannot be like this", moneyState: .unchanged, faults: [fault])
        }
        let id = ids.next(.key)
        let token = KeyToken(id: id, secret: random())
        let key = ClientKey(
            id: id, client: client, role: role, secretHash: Array(token.digest), createdAt: timepiece.now())
        do { try await store.insert(key) } catch { throw Self.problem(error) }
        keys.withLock { $0[id] = key }
        return (key, Secret(token.text))
    }

    /// Revokes a key for good and answers it as it now is; revoking twice keeps the first time.
    /// - Throws: `Problem` `not_found` when there is no such key, `store_unavailable` when it could not be made durable;
    ///   the key stays good then.
    public func revoke(_ id: Identifier) async throws(Problem) -> ClientKey {
        let at = timepiece.now()
        let isThere: Bool
        do { isThere = try await store.revoke(id, at: at) } catch { throw Self.problem(error) }
        let revoked = keys.withLock { keys in
            if keys[id]?.revokedAt == nil { keys[id]?.revokedAt = at }
            return keys[id]
        }
        guard isThere, let revoked else { throw Self.notFound }
        return revoked
    }

    /// Every key, revoked ones too, oldest first.
    public func list() -> [ClientKey] { keys.withLock { $0.values.sorted { $0.id < $1.id } } }

    /// Whether a client has a key that is not revoked.
    public func hasKey(ofClient name: String) -> Bool {
        keys.withLock { $0.values.contains { $0.client == name && $0.revokedAt == nil } }
    }

    /// Who sends a token; nil when it is malformed, unknown, wrong or revoked.
    ///
    /// Whatever is wrong, the same work is done: one hash and one comparison in constant time.
    public func authenticate(_ token: String) -> Caller? {
        let token = KeyToken(token)
        let key = token.id.flatMap { id in keys.withLock { $0[id] } }
        let isRight = token.digest == (key?.secretHash ?? Self.noDigest)
        guard isRight, let key, key.revokedAt == nil else { return nil }
        return Caller(client: key.client, role: key.role)
    }

    /// The problem of a key that is not there.
    public static let notFound = Problem(.notFound, "there is no such key", moneyState: .unchanged)

    /// Stands in for the digest of an unknown key; no secret is known that hashes to it.
    private static let noDigest = [UInt8](repeating: 0, count: SHA256.byteCount)

    /// Whether a client can be called so: 1 to 64 of `A-Z a-z 0-9 . _ -`.
    public static func isClientName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "A"..."Z", "a"..."z", "0"..."9", ".", "_", "-": true
                default: false
                }
            }
    }

    private static func problem(_ error: StoreError) -> Problem {
        Problem(.storeUnavailable, "the key could not be made durable", moneyState: .unchanged)
    }
}
