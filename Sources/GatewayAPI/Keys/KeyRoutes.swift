import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `GET /keys`: every key, without its secret, oldest first.
    func listKeys(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        Response(.ok, .list(keys.list().map { KeyBody($0).json }), headers: [.cacheControl: "no-store"])
    }

    /// `POST /keys`: makes a key; its token is in this answer and nowhere else.
    func issueKey(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let (client, role) = try Self.wish(in: try await call.object())
        let (key, token) = try await keys.issue(client: client, role: role)
        return Response(.created, KeyBody(key, token: token).json, headers: [.cacheControl: "no-store"])
    }

    /// `DELETE /keys/{id}`: revokes a key; from this answer on it opens nothing.
    func revokeKey(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let key = try await keys.revoke(try call.keyID())
        return Response(.ok, KeyBody(key).json, headers: [.cacheControl: "no-store"])
    }

    private static func wish(in json: JSON) throws(Problem) -> (client: String, role: Role) {
        var faults = json.strangers(to: ["client", "role"])
        let members = json.present
        let client = members["client"]?.string
        if client == nil {
            faults.append(Fault(.pointer("/client"), "required", "the client's name"))
        }
        let role = members["role"]?.string.flatMap(Role.init)
        if role == nil {
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            let code = members["role"] == nil ? "required" : "invalid_choice"
            faults.append(Fault(.pointer("/role"), code, "one of \(roles)"))
        }
        guard let client, let role, faults.isEmpty else { throw .badBody(faults) }
        return (client, role)
    }
}

/// A client key as operators read it.
struct KeyBody {
    let key: ClientKey
    /// What the client sends; only where the key was just made.
    let token: Secret?

    init(_ key: ClientKey, token: Secret? = nil) {
        self.key = key
        self.token = token
    }

    /// The document.
    var json: JSON {
        .object([
            ("id", .string(key.id.text)),
            ("client", .string(key.client)),
            ("role", .string(key.role.rawValue)),
            ("created_at", .string(key.createdAt.rfc3339)),
            ("revoked_at", .optional(key.revokedAt?.rfc3339)),
            ("token", token.map { .string($0.revealed) }),
        ])
    }
}
