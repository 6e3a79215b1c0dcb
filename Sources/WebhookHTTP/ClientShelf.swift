import AsyncHTTPClient
import NIOCore
import Purchasing
import Synchronization

/// HTTP clients, each of which connects to one address for one host, so that a connection may be used again and leads
/// nowhere else. Those that nobody uses go first when there are too many.
final class ClientShelf: Sendable {
    /// How many clients are kept.
    private static let most = 64

    struct Key: Hashable {
        let host: String
        let address: String
    }

    private struct Place {
        let client: HTTPClient
        var users = 0
        var lastUse = 0
    }

    private struct State {
        var places: [Key: Place] = [:]
        var uses = 0
    }

    private let state = Mutex(State())
    private let timeout: Duration

    init(timeout: Duration) { self.timeout = timeout }

    /// A client for a host at an address; to be given back.
    func take(_ key: Key) async -> HTTPClient {
        let (client, surplus) = state.withLock { state in
            state.uses += 1
            let client = state.places[key]?.client ?? make(key)
            state.places[key, default: Place(client: client)].users += 1
            state.places[key]?.lastUse = state.uses
            return (client, Self.surplus(&state))
        }
        if let surplus { await Self.close(surplus) }
        return client
    }

    func giveBack(_ key: Key) { state.withLock { $0.places[key]?.users -= 1 } }

    /// Closes everything; what is under way is lost.
    func close() async {
        let clients = state.withLock { state in
            defer { state.places = [:] }
            return state.places.values.map(\.client)
        }
        for client in clients { await Self.close(client) }
    }

    private static func surplus(_ state: inout State) -> HTTPClient? {
        guard state.places.count > most else { return nil }
        let idle = state.places.filter { $0.value.users == 0 }.min { $0.value.lastUse < $1.value.lastUse }
        return idle.flatMap { state.places.removeValue(forKey: $0.key)?.client }
    }

    private static func close(_ client: HTTPClient) async {
        do { try await client.shutdown() } catch {
            // It was closed before; there is nothing left to close.
        }
    }

    private func make(_ key: Key) -> HTTPClient {
        let (seconds, attoseconds) = timeout.components
        let limit = TimeAmount.seconds(seconds) + .nanoseconds(attoseconds / 1_000_000_000)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: limit),
            // Shorter than receivers keep a connection that is idle, so that none is used that they are about to close.
            connectionPool: .init(idleTimeout: .seconds(2), concurrentHTTP1ConnectionsPerHostSoftLimit: 64),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.tracing.tracer = nil
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.dnsOverride = [key.host: key.address]
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
