public import Logging
public import ServiceLifecycle
import Synchronization

/// Both pretend vendors: two real HTTP servers on loopback, each with an account and books of its own.
///
/// As a `Service` it runs until its group shuts down. In a test, ``start()`` and ``stop()`` do the same.
public final class SandboxVendors: Service {
    /// HeloData from behind the counter.
    public let heloData: SandboxVendor
    /// The legacy vendor from behind the counter.
    public let legacy: SandboxVendor

    private let heloDataFront: HeloDataSandbox
    private let legacyFront: LegacySandbox
    private let heloDataServer: SandboxServer
    private let legacyServer: SandboxServer
    private let listening = Listening()
    private let running = Mutex<Running?>(nil)

    /// Two vendors that do not listen yet.
    /// - Parameters:
    ///   - settings: ports and accounts.
    ///   - clock: the time at the vendors; the machine's unless a test has its own.
    ///   - logger: told what the servers do; no line carries a key or a token.
    public init(
        settings: SandboxSettings = .init(), clock: SandboxClock = .system,
        logger: Logger = Logger(label: "purser.sandbox")
    ) {
        heloDataFront = HeloDataSandbox(settings: settings.heloData, clock: clock)
        legacyFront = LegacySandbox(settings: settings.legacy, clock: clock)
        heloData = SandboxVendor(front: heloDataFront)
        legacy = SandboxVendor(front: legacyFront)
        heloDataServer = SandboxServer(vendor: heloData, port: settings.heloDataPort, logger: logger)
        legacyServer = SandboxServer(vendor: legacy, port: settings.legacyPort, logger: logger)
    }

    /// HeloData's settings, with its balance and stock as they are now.
    public var heloDataSettings: HeloDataSandboxSettings { heloDataFront.presentSettings }

    /// The legacy vendor's settings, with its balance and stock as they are now.
    public var legacySettings: LegacySandboxSettings { legacyFront.presentSettings }

    /// Serves until the group that runs this shuts down, or the task is cancelled.
    /// - Throws: when a port cannot be had.
    public func run() async throws {
        let (heloData, legacy, listening) = (heloDataServer, legacyServer, listening)
        defer { listening.end() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await heloData.run { listening.heard(heloData: $0) } }
            group.addTask { try await legacy.run { listening.heard(legacy: $0) } }
            // A server that fails ends the other; in a graceful shutdown each finishes its own answers.
            while try await group.next() != nil {}
        }
    }

    /// Waits until both vendors listen.
    /// - Returns: their ports; nil when ``run()`` has ended before.
    public func ports() async -> SandboxPorts? {
        await listening.ports()
    }

    /// Starts both vendors in the background; once for each object.
    /// - Returns: their ports.
    /// - Throws: when a port cannot be had.
    public func start() async throws -> SandboxPorts {
        let quiet = Logger(label: "purser.sandbox") { _ in SwiftLogNoOpLogHandler() }
        var configuration = ServiceGroupConfiguration(services: [self], logger: quiet)
        configuration.maximumGracefulShutdownDuration = .seconds(2)
        let group = ServiceGroup(configuration: configuration)
        let task = Task { try await group.run() }
        running.withLock { $0 = Running(group: group, task: task) }
        if let ports = await ports() { return ports }
        try await task.value
        throw CancellationError()
    }

    /// Ends what ``start()`` began: answers that are being given are finished, faults that pause are not, and a request
    /// that is still half sent after two seconds is dropped.
    public func stop() async {
        guard let running = running.withLock({ $0.take() }) else { return }
        await running.group.triggerGracefulShutdown()
        _ = await running.task.result
    }
}

/// A service group and the task that it runs in.
private struct Running: Sendable {
    let group: ServiceGroup
    let task: Task<Void, any Error>
}
