import Foundation
public import Hummingbird
public import HummingbirdCore
public import Logging
public import NIOCore
public import Purchasing

/// The HTTP contract: everything that callers can ask of Purser, over whatever socket it is served.
///
/// `Routes.swift` has every route on one screen, and `openapi/openapi.yaml` says the same for machines.
public struct HTTPContract: Sendable {
    /// The version of the contract that is built in: what `info.version` of the OpenAPI document says.
    public static var builtInVersion: String { OpenAPIDocument.version }

    let purchaser: Purchaser
    let store: any OrderStore
    let copies: (any CopyableStore)?
    let watched: (any WatchedStore)?
    let standings: StandingDesk
    let meter = CallMeter(routes: RouteTable.routes)
    let startedAt: Date
    let inventory: Inventory
    let answers = InventoryAnswers()
    let eventTail: EventTail
    let keys: KeyRing
    let webhooks: WebhookDesk
    let settings: Settings
    let ids: IdentifierSource
    let timepiece: Timepiece
    let documents: OpenAPIDocument

    /// A contract over everything that answers for it.
    /// - Parameters:
    ///   - purchaser: What places, shows, cancels and resolves orders.
    ///   - store: Where history and timelines are read.
    ///   - copies: What copies the store while it is used; nil where it cannot be copied.
    ///   - watched: What tells how the store does; nil where nobody does.
    ///   - inventory: What can be bought.
    ///   - keys: Who may call.
    ///   - webhooks: Who is sent events.
    ///   - ids: Makes ids for calls that came without one.
    /// - Throws: when the OpenAPI document that is built in cannot be read, which a test keeps from happening.
    public init(
        purchaser: Purchaser, store: any OrderStore, copies: (any CopyableStore)? = nil,
        watched: (any WatchedStore)? = nil, inventory: Inventory, keys: KeyRing, webhooks: WebhookDesk,
        settings: Settings = Settings(), ids: IdentifierSource, timepiece: Timepiece = .system
    ) throws {
        self.purchaser = purchaser
        self.store = store
        self.eventTail = EventTail(store: store)
        self.copies = copies
        self.watched = watched
        standings = StandingDesk(purchaser: purchaser, webhooks: webhooks, timepiece: timepiece)
        startedAt = timepiece.now()
        self.inventory = inventory
        self.keys = keys
        self.webhooks = webhooks
        self.settings = settings
        self.ids = ids
        self.timepiece = timepiece
        self.documents = try OpenAPIDocument.builtIn.get()
    }

    /// Where callers come from.
    public enum Side: Sendable {
        /// A network address: callers show a key.
        case network
        /// The Unix socket beside the database file: whoever may open it is the operator `local`. Keys are made and
        /// revoked here only.
        case local
    }

    /// What the configuration says about the contract.
    public struct Settings: Sendable {
        /// How long a purchase is waited for when its caller does not say; at most 60 s. Default: 30 s.
        public var defaultWait: Duration = .seconds(30)
        /// Whether every purchase needs an `Idempotency-Key`. Default: yes.
        public var requiresIdempotencyKey = true
        /// After how long without an event a stream of events sends a comment. Default: 15 s.
        public var heartbeat: Duration = .seconds(15)
        /// Whether `GET /metrics` is for auditors and operators alone. Default: no, it needs no key.
        public var metricsNeedKey = false
        /// The version of Purser that `/healthz` tells.
        public var version = "0"
        /// Where calls are noted: those that may change something at `info`, reads at `debug`. Default: nowhere.
        public var calls = Logger(label: "purser.calls") { _ in SwiftLogNoOpLogHandler() }

        /// The defaults.
        public init() {}
    }

    /// Answers calls from one side.
    public func responder(for side: Side) -> GatewayResponder { GatewayResponder(contract: self, side: side) }

    /// A Hummingbird application that serves one side; whoever composes the program chooses its address and door.
    public func application(
        for side: Side, server: HTTPServerBuilder = .http1(), configuration: ApplicationConfiguration = .init(),
        logger: Logger, onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
    ) -> Application<GatewayResponder> {
        Application(
            responder: responder(for: side), server: server, configuration: configuration,
            onServerRunning: onServerRunning, logger: logger)
    }
}
