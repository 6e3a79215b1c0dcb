import Foundation
import GatewayAPI
import HummingbirdCore
import Logging
import NIOCore
import Purchasing
import SQLiteStore
import ServiceLifecycle
import WebhookHTTP

/// The gateway, put together: the one place where rooms meet.
///
/// `serve`, `demo` and the end-to-end tests make one each. It goes through `open`, `run` and, from another task, `stop`;
/// after `run` has returned, another process may have the database.
struct Gateway: Sendable {
    /// How long calls and purchases may take to end once the gateway was told to stop. What is still under way then is
    /// left as it is durably marked, and taken up at the next start.
    static let drainLimit = Duration.seconds(15)

    /// How much of that callers are still answered, while purchases in flight come to their end.
    static let purchaseDrainLimit = Duration.seconds(10)

    /// Who may call; for handing out keys in the same process.
    let keys: KeyRing
    private let store: SQLiteOrderStore
    private let vendors: ConfiguredVendors
    private let cache: VendorCache
    private let purchaser: Purchaser
    private let courier: WebhookHTTPClient
    private let socket: LocalSocket
    private let listening: Listening
    private let services: ServiceGroup
    private let address: String
    /// What a look at a log should tell of the gateway that wrote it.
    let facts: Logger.Metadata
    private let logger: Logger

    /// Opens the store and puts everything together; nothing is listened on and nothing bought yet.
    /// - Parameter atStep: called at each named step of a purchase; crash tests end the process there.
    /// - Throws: `GatewayRefusal`, in one line.
    init(
        opening settings: GatewaySettings, logger: Logger,
        atStep: @escaping @Sendable (PurchaseStep) -> Void = { _ in }
    ) async throws(GatewayRefusal) {
        let vendors = try ConfiguredVendors(settings.vendors, logger: logger)
        do throws(GatewayRefusal) {
            let store = try Self.openStore(settings, logger: logger)
            do throws(GatewayRefusal) {
                try await self.init(settings, store: store, vendors: vendors, logger: logger, atStep: atStep)
            } catch {
                Self.close(store, logger: logger)
                throw error
            }
        } catch {
            await vendors.close()
            throw error
        }
    }

    private init(
        _ settings: GatewaySettings, store: SQLiteOrderStore, vendors: ConfiguredVendors, logger: Logger,
        atStep: @escaping @Sendable (PurchaseStep) -> Void
    ) async throws(GatewayRefusal) {
        // Ids keep sorting by time even where the clock was set back between two starts.
        let (floor, now) = (store.wallHighWater, Timepiece.system.now)
        let ids = IdentifierSource { UInt64(max(floor, now()).milliseconds) }
        self.store = store
        self.vendors = vendors
        self.logger = logger
        address = "\(settings.http.host):\(settings.http.port)"
        facts = [
            "version": "\(Purser.version)", "database": "\(settings.database.path)",
            "vendors": "\(vendors.all.map(\.name).joined(separator: ","))",
        ]
        socket = try LocalSocket(database: settings.database.path)
        keys = try await Self.keyRing(store, ids: ids)
        cache = VendorCache(
            vendors: vendors.all, policy: settings.cachePolicy, snapshots: store, wallHighWater: floor, logger: logger)
        purchaser = Purchaser(
            store: store, vendors: vendors.all, policy: settings.orderPolicy, ids: ids, cache: cache,
            wallHighWater: floor, logger: logger, atStep: atStep)
        listening = Listening(host: settings.http.host)
        courier = WebhookHTTPClient(hosts: settings.webhooks.hosts, timeout: settings.webhooks.timeout)
        let sender = WebhookSender(
            store: store, courier: courier, policy: settings.webhooks.policy, logger: logger, atStep: atStep)
        let webhooks = WebhookDesk(
            store: store, hosts: settings.webhooks.hosts, courier: courier, sender: sender, ids: ids)
        let contract = try Self.contract(
            settings, purchaser: purchaser, store: store, inventory: Inventory(vendors: vendors.all, cache: cache),
            keys: keys, webhooks: webhooks, ids: ids, logger: logger)
        services = Self.services(
            settings, contract: contract, cache: cache, purchaser: purchaser, webhooks: sender, socket: socket,
            listening: listening, ids: ids, logger: logger)
    }

    /// Takes up what an earlier run left, listens, and serves until it is told to stop; then takes no more orders, lets
    /// purchases in flight come to their end, stops listening, and closes the store.
    /// - Throws: `GatewayRefusal` when it could not start, `GatewayBreakdown` when it ended without being told to.
    func run() async throws {
        let outcome: Result<Void, any Error>
        do {
            // Before the orders are taken up: what comes of them makes the cache forget.
            await cache.restore()
            let count = try await purchaser.recover()
            if count > 0 { logger.notice("orders taken up", metadata: ["count": "\(count)"]) }
            try await services.run()
            outcome = .success(())
        } catch is CancellationError {
            logger.warning("not everything ended in time; it is taken up at the next start")
            outcome = .success(())
        } catch {
            outcome = .failure(
                listening.isComplete
                    ? GatewayBreakdown(description: "the gateway broke down: \(error)")
                    : GatewayRefusal(starting: error, address: address))
        }
        listening.end()
        socket.remove()
        Self.close(store, logger: logger)
        await courier.close()
        await vendors.close()
        try outcome.get()
    }

    /// Tells the gateway to stop; `run` returns when it has.
    func stop() async { await services.triggerGracefulShutdown() }

    /// Waits until callers are answered.
    /// - Returns: where, with the real port: `http://127.0.0.1:8080`; nil when the gateway could not start.
    func url() async -> String? { await listening.url() }
}
