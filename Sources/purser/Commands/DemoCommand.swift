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
            prints what was bought and how to go on with curl. Nothing is spent. Its configuration is purser.yaml in its \
            directory, so that every command with --config can be tried while it runs.

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
        try place.configure(port: port, vendors: vendors, ports: ports)
        let settings: GatewaySettings
        do throws(SettingsError) { settings = try GatewaySettings(file: place.configuration) } catch {
            throw GatewayRefusal("\(error)")
        }
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

/// Where a demonstration keeps its database, its configuration, and its keys.
struct DemoDirectory {
    private let path: String
    private let isTemporary: Bool

    var database: String { path + "/purser.db" }
    var configuration: String { path + "/purser.yaml" }

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

extension DemoDirectory {
    /// Writes the configuration of a gateway in front of the pretend vendors, with goods looked for often, since nobody likes
    /// to wait for a demo, and the vendors' keys beside it.
    /// - Throws: `GatewayRefusal` when a file cannot be written.
    func configure(port: UInt16, vendors: SandboxVendors, ports: SandboxPorts) throws(GatewayRefusal) {
        try write(vendors.heloDataSettings.token, to: "helodata.key", mode: 0o600)
        try write(vendors.legacySettings.apiKey, to: "legacy.key", mode: 0o600)
        try write(
            """
            # The demonstration's configuration, written anew at each of its starts. While it runs, what takes --config works
            # with it: purser keys list --config purser.yaml. purser.example.yaml has every key.
            http: { port: \(port) }
            database: { path: purser.db }
            vendors:
              helodata:
                kind: helodata
                base_url: "\(ports.heloDataURL)"
                api_key: { file: helodata.key }
                follow_interval: 1s
                prices: { residential_gb: "4.50", mobile_gb: "8.00", isp_ip_month: "6.00" }
              legacy:
                kind: legacy
                base_url: "\(ports.legacyURL)"
                api_key: { file: legacy.key }
                follow_interval: 1s
                goal: scraping
            webhooks:                         # a receiver of yours on this machine: purser webhooks create http://localhost:9000/
              allowed_hosts: ["localhost:9000"]
              allow_http: true
              allow_private: true
            logging: { level: warning }

            """, to: "purser.yaml", mode: 0o644)
    }

    private func write(_ text: String, to name: String, mode: Int) throws(GatewayRefusal) {
        let file = path + "/" + name
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        else { throw GatewayRefusal("\(file) cannot be written: \(String(cString: strerror(errno)))") }
    }
}
