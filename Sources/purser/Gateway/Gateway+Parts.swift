import Foundation
import GatewayAPI
import HummingbirdCore
import Logging
import NIOCore
import Purchasing
import SQLiteStore
import ServiceLifecycle

extension Gateway {
    static func openStore(_ settings: GatewaySettings, logger: Logger) throws(GatewayRefusal) -> SQLiteOrderStore {
        do throws(StoreOpeningError) {
            return try SQLiteOrderStore(path: settings.database.path, logger: logger)
        } catch {
            throw GatewayRefusal(error.description)
        }
    }

    static func close(_ store: SQLiteOrderStore, logger: Logger) {
        do throws(StoreError) {
            try store.close()
        } catch {
            logger.warning("the store could not be closed in good order", metadata: ["reason": "\(error)"])
        }
    }

    static func keyRing(_ store: SQLiteOrderStore, ids: IdentifierSource) async throws(GatewayRefusal) -> KeyRing {
        do throws(StoreError) {
            return try await KeyRing(store: store, ids: ids)
        } catch {
            throw GatewayRefusal("the keys of clients cannot be read: \(error)")
        }
    }

    static func contract(
        _ settings: GatewaySettings, purchaser: Purchaser, store: SQLiteOrderStore, inventory: Inventory,
        keys: KeyRing, webhooks: WebhookDesk, ids: IdentifierSource, logger: Logger
    ) throws(GatewayRefusal) -> HTTPContract {
        var contract = HTTPContract.Settings()
        contract.defaultWait = settings.orders.wait
        contract.requiresIdempotencyKey = settings.orders.requiresIdempotencyKey
        contract.metricsNeedKey = settings.http.metricsNeedKey
        contract.version = Purser.version
        contract.calls = logger
        do {
            return try HTTPContract(
                purchaser: purchaser, store: store, copies: store, watched: store, inventory: inventory, keys: keys,
                webhooks: webhooks, settings: contract, ids: ids)
        } catch {
            throw GatewayRefusal("the contract that is built in cannot be read: \(error)")
        }
    }

    /// What runs, in the order of its start. It is stopped in the opposite order, each when the one before has ended: while
    /// purchases drain, callers are still answered, and told that no new order is taken.
    static func services(
        _ settings: GatewaySettings, contract: HTTPContract, cache: VendorCache, purchaser: Purchaser,
        webhooks: WebhookSender, socket: LocalSocket, listening: Listening, ids: IdentifierSource, logger: Logger
    ) -> ServiceGroup {
        // A door for each socket: callers of the one take no place from those of the other.
        let localDoor = DoorSettings { ids.next(.request).text }
        let networkDoor = DoorSettings { ids.next(.request).text }
        // What the libraries under the gateway say about themselves is for those who look for trouble.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        let local = contract.application(
            for: .local, server: .frontDoor(localDoor),
            configuration: localDoor.applicationConfiguration(address: .unixDomainSocket(path: socket.path)),
            logger: quiet,
            onServerRunning: { _ in
                socket.restrictToOwner()
                listening.heard(.local, port: nil)
            })
        let network = contract.application(
            for: .network, server: .frontDoor(networkDoor),
            configuration: networkDoor.applicationConfiguration(
                address: .hostname(settings.http.host, port: settings.http.port)),
            logger: quiet, onServerRunning: { listening.heard(.network, port: $0.localAddress?.port) })
        var configuration = ServiceGroupConfiguration(
            services: [
                AfterListening(sockets: [.local, .network], listening: listening, service: cache),
                AfterListening(sockets: [.local, .network], listening: listening, service: webhooks),
                AfterListening(sockets: [.network], listening: listening, service: local),
                network,
                AfterListening(
                    sockets: [.local, .network], listening: listening,
                    service: StoppedInTime(service: purchaser, limit: purchaseDrainLimit, logger: quiet)),
            ], logger: quiet)
        configuration.maximumGracefulShutdownDuration = drainLimit
        return ServiceGroup(configuration: configuration)
    }
}

/// Starts a service once some sockets are listened on.
///
/// The port comes first, because it is what may be taken: then nothing else has begun, and no vendor is called.
private struct AfterListening: Service {
    let sockets: Set<Listening.Socket>
    let listening: Listening
    let service: any Service

    func run() async throws {
        guard await listening.wait(for: sockets) else { return }
        try await service.run()
    }
}

/// Stops a service in good order, or in the end without it, so that those which stop after it have time left.
private struct StoppedInTime: Service {
    let service: any Service
    let limit: Duration
    let logger: Logger

    func run() async throws {
        var configuration = ServiceGroupConfiguration(services: [service], logger: logger)
        configuration.maximumGracefulShutdownDuration = limit
        try await ServiceGroup(configuration: configuration).run()
    }
}
