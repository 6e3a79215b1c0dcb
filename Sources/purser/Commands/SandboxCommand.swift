import ArgumentParser
import Foundation
import Logging
import Purchasing
import ServiceLifecycle
import VendorSandbox

/// `purser sandbox`: vendors that cost nothing.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Run pretend vendors that speak the real APIs and cost nothing.",
        discussion: """
            Both vendors are real HTTP servers on this machine with accounts and books of their own. What they print can \
            be pasted: the keys into a shell, the vendors into a purser.yaml.

              purser sandbox --helodata-port 9101 --legacy-port 9102

            Each vendor has a way behind its counter, which asks for no key. For the legacy vendor's:

              curl -s http://127.0.0.1:9102/sandbox/books
              curl -s -d '{"call":"order","fault":"drop"}' \\
                http://127.0.0.1:9102/sandbox/faults
              curl -s -X DELETE http://127.0.0.1:9102/sandbox/faults
              curl -s -X PATCH -d '{"balance":"5.00"}' \\
                http://127.0.0.1:9102/sandbox/settings
              curl -s http://127.0.0.1:9102/sandbox/settings
              curl -s -d '{"days":29}' http://127.0.0.1:9102/sandbox/clock

            GET shows the settings. Prices are in "offers" (legacy), "stock" and "residential_price_per_gb" (HeloData); a \
            list that is sent takes the place of the whole list.

            The books have every call, a row for each charge (orders, renewals, paid replacements, extensions, and what the \
            vendor prolongs by its own clock), a row for each change to what was bought, charged or not, and the balance.

            A fault hits the next call of its name. HeloData: order, inventory, batches, batch, ips, refresh, renew, \
            rotatePassword, release, replace, whitelist, whitelistAdd, whitelistRemove, me. Legacy: order, calculate, \
            calculateExtend, calculateExtendOrder, extend, extendOrder, autoExtend, autoExtendOrder, ipAddress, balance and \
            more. Either: any. A fault or a call that there is not is answered with those that there are. refuse, drop and \
            status stop the call before anything is sold or changed; process_then_drop, cut_body and delay_answer sell or \
            change, and the answer is lost or late. "times" repeats it. GET shows what is waiting or set.

            Moving a vendor's clock ahead makes goods ready and lets them expire: HeloData's batches keep a grace of seven \
            days, and legacy addresses whose auto-extension is on are charged for a day before they end. What the vendors' \
            pages leave open is a setting: among HeloData's auto_renew, actions_honour_keys, action_answers, refusals, \
            ip_id_field, replacement_after_ms, grace_days and keeps_released_batches, among the legacy vendor's \
            auto_extension_runs, auto_extension_ahead_ms, promos_discount_extensions and list_keeps_expired.

            The header field Date goes with the vendor's clock. The setting "date_header" leaves it out ("none"), has it \
            tell another time than the goods do ("clock-86400"), or has something else stand there, such as "Thu, 28 May \
            2026 10:00:00 GMT" for a clock that stopped.

            \(ExitStatus.text)
            """)

    @Option(help: "HeloData's port on 127.0.0.1; 0 takes a free one.")
    var helodataPort: UInt16 = 9101
    @Option(help: "The legacy vendor's port on 127.0.0.1; 0 takes a free one.")
    var legacyPort: UInt16 = 9102
    @Option(help: "How long sold goods take to be ready. (default: 2s)", transform: SandboxCommand.duration)
    var readyAfter = Duration.seconds(2)

    func run() async throws {
        try await reportingFailure {
            let (logger, flush) = Logger.begin(GatewaySettings.Log(level: .notice, format: .auto))
            defer { flush() }
            let vendors = SandboxVendors(settings: settings, logger: logger)
            let group = ServiceGroup(services: [vendors], logger: logger)
            let signals = await ShutdownSignals()
            let watch = Task {
                await signals.watch(logger: logger, flush: flush) { await group.triggerGracefulShutdown() }
            }
            defer { watch.cancel() }
            let greeting = Task {
                if let ports = await vendors.ports() { Terminal.output.write(Self.greeting(vendors, ports)) }
            }
            do {
                try await group.run()
            } catch {
                throw GatewayRefusal(
                    starting: error, address: "127.0.0.1:\(helodataPort) and 127.0.0.1:\(legacyPort)")
            }
            await greeting.value
        }
    }

    private var settings: SandboxSettings {
        var settings = SandboxSettings(readyAfter: readyAfter)
        settings.heloDataPort = Int(helodataPort)
        settings.legacyPort = Int(legacyPort)
        return settings
    }

    private static func greeting(_ vendors: SandboxVendors, _ ports: SandboxPorts) -> String {
        """
        Two pretend vendors are listening. They keep their own books and cost nothing.

        # for the shell that starts the gateway
        export HELODATA_API_KEY=\(vendors.heloDataSettings.token)
        export LEGACY_API_KEY=\(vendors.legacySettings.apiKey)

        # purser.yaml
        vendors:
          helodata:
            kind: helodata
            base_url: "\(ports.heloDataURL)"
            api_key: { env: HELODATA_API_KEY }
            follow_interval: 3s
            prices: { residential_gb: "4.50", mobile_gb: "8.00", isp_ip_month: "6.00" }
          legacy:
            kind: legacy
            base_url: "\(ports.legacyURL)"
            api_key: { env: LEGACY_API_KEY }
            follow_interval: 3s
            goal: scraping

        # the books: \(ports.heloDataRoot)/sandbox/books and \(ports.legacyURL)/sandbox/books

        """
    }

    @Sendable private static func duration(_ text: String) throws -> Duration {
        guard let duration = Duration(settingText: text), duration <= .seconds(86_400) else {
            throw ValidationError("expected a duration such as 2s (ms, s, m or h), one day at most")
        }
        return duration
    }
}

extension SandboxPorts {
    /// HeloData's address without the version that its API has in the path.
    var heloDataRoot: Substring { heloDataURL.dropLast("/v1".count) }
}

extension SandboxSettings {
    /// Both vendors with goods that are ready after a time.
    init(readyAfter: Duration) {
        self.init()
        heloData.readyAfterMs = Int(readyAfter.seconds * 1000)
        heloData.replacementAfterMs = heloData.readyAfterMs
        legacy.goodsAfterMs = Int(readyAfter.seconds * 1000)
    }
}
