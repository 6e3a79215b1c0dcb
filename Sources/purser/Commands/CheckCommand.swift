import ArgumentParser
import Logging
import Purchasing
import SQLiteStore

/// `purser check`: whether a gateway could run.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Try the configuration, the database and each vendor's key, without spending anything.",
        discussion: """
            Reads the configuration, opens the database unless a gateway has it open, and reads each vendor's account.

              purser check --config purser.yaml

            \(ExitStatus.text)
            """)

    @OptionGroup var file: ConfigurationFile

    func run() async throws {
        try await reportingFailure {
            let settings = try file.settings()
            var table = TextTable("WHAT", "RESULT", "FOUND")
            table.rows.append(["configuration", "ok", file.config])
            table.rows.append(["database", "ok", try Self.database(settings.database.path)])
            let vendors = try await Self.vendors(settings)
            table.rows += vendors.map(\.row)
            Terminal.output.write(table.text)
            for warning in settings.warnings { Terminal.error.write("purser: warning: \(warning)\n") }
            let failed = vendors.filter { !$0.isFine }.map(\.name)
            guard failed.isEmpty else {
                throw CommandFailure(ExitStatus.failure, "failed: \(failed.joined(separator: ", "))")
            }
        }
    }

    private static let quiet = Logger(label: "purser.check") { _ in SwiftLogNoOpLogHandler() }

    /// Opens the database and closes it again; what was found, in words.
    private static func database(_ path: String) throws(GatewayRefusal) -> String {
        do throws(StoreOpeningError) {
            let store = try SQLiteOrderStore(path: path, logger: quiet)
            Gateway.close(store, logger: quiet)
            return path
        } catch {
            if case .inUse = error { return error.description }
            throw GatewayRefusal(error.description)
        }
    }

    /// Reads every vendor's account, all at once; the answers in the order of the vendors.
    private static func vendors(_ settings: GatewaySettings) async throws(GatewayRefusal) -> [VendorCheck] {
        let vendors = try ConfiguredVendors(settings.vendors, logger: quiet)
        let checks = await withTaskGroup(of: (Int, VendorCheck).self) { group in
            for (index, vendor) in vendors.all.enumerated() {
                group.addTask { (index, await VendorCheck(vendor)) }
            }
            var checks: [(Int, VendorCheck)] = []
            for await check in group { checks.append(check) }
            return checks.sorted { $0.0 < $1.0 }.map(\.1)
        }
        await vendors.close()
        return checks
    }
}

/// What came of reading one vendor's account.
struct VendorCheck: Sendable {
    let name: String
    let isFine: Bool
    private let found: String

    init(_ vendor: Vendor) async {
        name = vendor.name
        let suffix = vendor.isEnabled ? "" : " (not enabled: takes no new orders)"
        do throws(VendorError) {
            let account = try await vendor.adapter.account()
            isFine = true
            let balance = account.balance.map { "balance \($0.text) \($0.currency)" }
            let kyc = account.kycStatus.map { "kyc \($0)" }
            let words = [balance, kyc].compactMap(\.self)
            found = (words.isEmpty ? "the account can be read" : words.joined(separator: ", ")) + suffix
        } catch {
            isFine = false
            found = Self.words(error) + suffix
        }
    }

    /// The line of the table.
    var row: [String] { ["vendor \(name)", isFine ? "ok" : "failed", found.terminalText(limit: 200)] }

    private static func words(_ error: VendorError) -> String {
        switch error {
        case .unavailable(let reason): "cannot be reached: \(reason)"
        case .rateLimited(let retryAfter): "asks to wait \(Int(retryAfter.seconds.rounded(.up))) s"
        case .authFailed: "refuses the api_key"
        case .unreadable(let reason): "answers something that cannot be read: \(reason)"
        case .refused(let code, let message): "refuses: " + [code, message].compactMap(\.self).joined(separator: ", ")
        }
    }
}
