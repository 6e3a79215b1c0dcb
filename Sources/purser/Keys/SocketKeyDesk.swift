import AsyncHTTPClient
import ExactJSON
import Foundation
import NIOCore
import Purchasing

/// Keys of a running gateway, asked for through the socket beside its database.
struct SocketKeyDesk: KeyDesk {
    private let api: GatewayClient

    init(socket: LocalSocket) { api = GatewayClient(socket: socket) }

    /// Whether a gateway listens.
    func isAnswered() async -> Bool {
        do { return try await api.call("GET", "/healthz").status == 200 } catch { return false }
    }

    func issue(client: String, role: Role) async throws -> IssuedKey {
        let body: JSON = ["client": .string(client), "role": .string(role.rawValue)]
        return try key(in: try await api.call("POST", "/keys", body: body).successful())
    }

    func list() async throws -> [IssuedKey] {
        let answer = try await api.call("GET", "/keys").successful()
        guard let elements = answer["data"]?.array else { throw GatewayClient.unreadable }
        return try elements.map(key)
    }

    func revoke(_ id: Identifier) async throws -> IssuedKey {
        try key(in: try await api.call("DELETE", "/keys/\(id)").successful())
    }

    func close() async { await api.close() }

    private func key(in json: JSON) throws -> IssuedKey {
        guard let key = IssuedKey(json) else { throw GatewayClient.unreadable }
        return key
    }
}
