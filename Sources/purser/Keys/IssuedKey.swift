import ExactJSON
import Foundation
import Purchasing

/// A client key as the commands show it.
struct IssuedKey: Sendable, Hashable {
    let id: String
    let client: String
    let role: String
    let createdAt: String
    let revokedAt: String?
    /// What the client sends; only when the key was just made.
    let token: Secret?

    init(_ key: ClientKey, token: Secret? = nil) {
        id = key.id.text
        client = key.client
        role = key.role.rawValue
        createdAt = key.createdAt.rfc3339
        revokedAt = key.revokedAt?.rfc3339
        self.token = token
    }

    /// A key as the gateway tells it; nil when it is no such document.
    init?(_ json: JSON) {
        guard let id = json["id"]?.string, let client = json["client"]?.string, let role = json["role"]?.string,
            let createdAt = json["created_at"]?.string
        else { return nil }
        self.id = id
        self.client = client
        self.role = role
        self.createdAt = createdAt
        revokedAt = json["revoked_at"]?.string
        token = json["token"]?.string.map(Secret.init)
    }

    /// The key for programs, in the words of the API.
    var json: JSON {
        .object([
            ("id", .string(id)), ("client", .string(client)), ("role", .string(role)),
            ("created_at", .string(createdAt)), ("revoked_at", .optional(revokedAt)),
            ("token", token.map { .string($0.revealed) }),
        ])
    }
}
