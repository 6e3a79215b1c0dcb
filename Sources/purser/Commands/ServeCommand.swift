import ArgumentParser
import Foundation
import Logging
import Purchasing

/// `purser serve`: the gateway.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            Reads one YAML file, opens the database, takes up what an earlier run left, and serves the API until SIGTERM \
            or Ctrl-C; purchases in flight come to their end first. A second signal ends it at once, which is safe.

              purser serve --config purser.yaml

            The smallest file names one vendor:

              vendors:
                helodata: { kind: helodata, api_key: { env: HELODATA_API_KEY } }

            All keys, their defaults in brackets:

            \(SettingTable.text)

            \(ExitStatus.text)
            """)

    @OptionGroup var file: ConfigurationFile

    func run() async throws {
        try await reportingFailure {
            let settings = try file.settings()
            let (logger, flush) = Logger.begin(settings.logging)
            defer { flush() }
            for warning in settings.warnings { logger.warning("\(warning)") }
            let gateway = try await Gateway(opening: settings, logger: logger, atStep: Gateway.stepFromEnvironment())
            try await gateway.runUntilSignal(logger: logger, flush: flush)
        }
    }
}

extension Gateway {
    /// Runs until a signal stops it, and says where callers are answered once they are.
    func runUntilSignal(logger: Logger, flush: @escaping @Sendable () -> Void) async throws {
        let signals = await ShutdownSignals()
        let watch = Task { await signals.watch(logger: logger, flush: flush) { await stop() } }
        let announcement = Task {
            if let url = await url() { logger.notice("purser is listening on \(url)", metadata: facts) }
        }
        defer { watch.cancel() }
        try await run()
        await announcement.value
    }

    /// What happens at each step of a purchase: nothing, unless a crash test says otherwise in the environment.
    static func stepFromEnvironment() throws(GatewayRefusal) -> @Sendable (PurchaseStep) -> Void {
        #if DEBUG
            if let text = ProcessInfo.processInfo.environment[CrashSwitch.variable] {
                let crash = try CrashSwitch(text)
                return { crash.pass($0) }
            }
        #endif
        return { _ in }
    }
}
