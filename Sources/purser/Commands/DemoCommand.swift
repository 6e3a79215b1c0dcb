import ArgumentParser
import Foundation
import Logging
import Purchasing
import VendorSandbox

/// `purser demo`: the main job in one go.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show the gateway at work: pretend vendors, a real database, one order from each vendor.",
        discussion: """
            Starts both pretend vendors and the gateway on this machine, makes keys, buys through the HTTP API, and \
            prints what was bought and how to go on with curl. Nothing is spent.

              purser demo
              purser demo --port 9090 --directory ./demo --stay

            With a terminal, or with --stay, it goes on until Ctrl-C. A temporary directory is removed at the end; one \
            that was given is kept.

            \(ExitStatus.text)
            """)

    @Option(help: "The gateway's port on 127.0.0.1; 0 takes a free one.")
    var port: UInt16 = 8080
    @Option(help: ArgumentHelp("Where to put the database file; made if it is not there.", valueName: "path"))
    var directory: String?
    @Flag(help: "Go on until Ctrl-C even without a terminal.")
    var stay = false

    func run() async throws {
        try await reportingFailure {
            let (logger, flush) = Logger.begin(GatewaySettings.Log(level: .warning, format: .auto))
            defer { flush() }
            let place = try DemoDirectory(directory)
            defer { place.removeIfTemporary() }
            let vendors = SandboxVendors(settings: SandboxSettings(readyAfter: .seconds(2)), logger: logger)
            let ports = try await Self.start(vendors)
            do {
                try await demonstrate(place, vendors, ports, logger: logger, flush: flush)
            } catch {
                await vendors.stop()
                throw error
            }
            await vendors.stop()
        }
    }

    private static func start(_ vendors: SandboxVendors) async throws(GatewayRefusal) -> SandboxPorts {
        do { return try await vendors.start() } catch { throw GatewayRefusal(starting: error, address: "127.0.0.1") }
    }

    /// Runs the gateway and, beside it, the demonstration; ends when both have.
    private func demonstrate(
        _ place: DemoDirectory, _ vendors: SandboxVendors, _ ports: SandboxPorts, logger: Logger,
        flush: @escaping @Sendable () -> Void
    ) async throws {
        let settings = GatewaySettings(demo: place.database, port: Int(port), vendors: vendors, ports: ports)
        let gateway = try await Gateway(opening: settings, logger: logger, atStep: Gateway.stepFromEnvironment())
        let stays = stay || Terminal.hasPerson
        let show = Task {
            guard let url = await gateway.url() else { return true }
            let isBought = await Demonstration(gateway: gateway, url: url, database: place.database, ports: ports)
                .show(stays: stays)
            if !stays || !isBought { await gateway.stop() }
            return isBought
        }
        try await gateway.runUntilSignal(logger: logger, flush: flush)
        guard await show.value else { throw CommandFailure(ExitStatus.failure, "an order was not bought") }
    }
}

/// Where a demonstration keeps its database.
struct DemoDirectory {
    private let path: String
    private let isTemporary: Bool

    var database: String { path + "/purser.db" }

    /// - Throws: `GatewayRefusal` when the directory cannot be made.
    init(_ given: String?) throws(GatewayRefusal) {
        isTemporary = given == nil
        guard let given else {
            // A name that nobody can guess, made for this user alone.
            var template = Array((NSTemporaryDirectory() + "purser-demo-XXXXXX").utf8CString)
            guard mkdtemp(&template) != nil else { throw Self.refusal(NSTemporaryDirectory()) }
            path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
            return
        }
        path = given
        do {
            try FileManager.default.createDirectory(atPath: given, withIntermediateDirectories: true)
        } catch {
            throw Self.refusal(given)
        }
    }

    private static func refusal(_ path: String) -> GatewayRefusal {
        GatewayRefusal("no directory can be made at \(path): \(String(cString: strerror(errno)))")
    }

    /// Removes a temporary directory and what is in it.
    func removeIfTemporary() {
        guard isTemporary else { return }
        do { try FileManager.default.removeItem(atPath: path) } catch {
            Terminal.error.write("purser: \(path) could not be removed\n")
        }
    }
}

extension GatewaySettings {
    /// A gateway in front of the pretend vendors, with goods looked for often, since nobody likes to wait for a demo.
    init(demo database: String, port: Int, vendors: SandboxVendors, ports: SandboxPorts) {
        self.init()
        self.database.path = database
        http.port = port
        var heloData = VendorSettings(
            name: "helodata", kind: .helodata, apiKey: Secret(vendors.heloDataSettings.token))
        heloData.baseURL = ports.heloDataURL
        heloData.policy.followInterval = .seconds(1)
        heloData.prices.residentialGB = Millionths(4_500_000)
        heloData.prices.mobileGB = Millionths(8_000_000)
        heloData.prices.ispIPMonth = Millionths(6_000_000)
        var legacy = VendorSettings(name: "legacy", kind: .legacy, apiKey: Secret(vendors.legacySettings.apiKey))
        legacy.baseURL = ports.legacyURL
        legacy.policy.followInterval = .seconds(1)
        legacy.goal = "scraping"
        self.vendors = [heloData, legacy]
    }
}
