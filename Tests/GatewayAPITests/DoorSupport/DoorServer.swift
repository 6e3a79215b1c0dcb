import GatewayAPI
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A real server behind the front door, on a port of its own.
struct DoorServer: Sendable {
    let address: SocketAddress
    let signals: Signals
    private let services: ServiceGroup

    /// Starts a graceful shutdown and returns at once.
    func stop() async {
        await self.services.triggerGracefulShutdown()
    }

    /// One request and its answer on a connection of their own: long enough for others to get their turn.
    func ping() async throws {
        try await Wire.open(self) { wire in
            try await wire.send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await wire.answer()
        }
    }

    /// Runs `body` against a server, and then stops it.
    static func run<Answer: Sendable>(
        _ settings: DoorSettings = .test(),
        at bindAddress: BindAddress = .hostname("127.0.0.1", port: 0),
        _ body: @Sendable @escaping (DoorServer) async throws -> Answer
    ) async throws -> Answer {
        let signals = Signals()
        let (addresses, yieldAddress) = AsyncStream.makeStream(of: SocketAddress.self)
        var logger = Logger(label: "door")
        logger.logLevel = .critical
        let application = Application(
            router: DoorRoutes.router(signals: signals),
            server: .frontDoor(settings),
            configuration: settings.applicationConfiguration(address: bindAddress),
            onServerRunning: { channel in
                if let address = channel.localAddress { yieldAddress.yield(address) }
            },
            logger: logger)
        let services = ServiceGroup(configuration: .init(services: [application], logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            guard let address = await addresses.first(where: { _ in true }) else { throw CancellationError() }
            let answer = try await body(DoorServer(address: address, signals: signals, services: services))
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return answer
        }
    }
}

extension DoorSettings {
    /// The default settings but for what `adjust` changes, with request ids that count up from `req_test1`.
    static func test(_ adjust: (inout DoorSettings) -> Void = { _ in }) -> DoorSettings {
        let count = Counter()
        var settings = DoorSettings(makeRequestID: { "req_test\(count.next())" })
        adjust(&settings)
        return settings
    }
}

/// Counts up from 1.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        self.count.withLock {
            $0 += 1
            return $0
        }
    }
}

/// Named events that a test and a route wait for each other with.
actor Signals {
    private var given: Set<String> = []
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    func give(_ name: String) {
        self.given.insert(name)
        for continuation in self.waiting.removeValue(forKey: name) ?? [] { continuation.resume() }
    }

    func isGiven(_ name: String) -> Bool {
        self.given.contains(name)
    }

    func wait(for name: String) async {
        guard !self.given.contains(name) else { return }
        await withCheckedContinuation { self.waiting[name, default: []].append($0) }
    }
}
