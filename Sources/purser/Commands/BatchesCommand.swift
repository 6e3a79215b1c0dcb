import ArgumentParser
import Foundation

/// `purser batches`: the batches of IPs that orders bought.
struct BatchesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batches",
        abstract: "See batches of ISP addresses and get their IPs; refresh, renew and release them.",
        discussion: """
            \(GatewayOptions.text) A buyer's key reaches the batches of its own client's orders.

              purser batches list
              purser batches ips bat_01HXabc > proxies.txt
              purser batches renew bat_01HXabc --months 1 --max-total 120

            \(ExitStatus.text)
            """,
        subcommands: [
            List.self, Show.self, IPs.self, Refresh.self, Renew.self, RotatePassword.self, Release.self,
            WhitelistCommand.self,
        ])
}

extension BatchesCommand {
    /// `purser batches list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List batches as their vendors show them now, the latest first.",
            discussion: """
                \(GatewayOptions.text) FREE is how many IPs may still be replaced without charge.

                  purser batches list --vendor helodata --limit 200

                \(ExitStatus.text)
                """)

        @OptionGroup var gateway: GatewayOptions
        @Option(help: "A configured vendor's name.")
        var vendor: String?
        @Option(help: "How many at most, 1 to 200. (default: 50)")
        var limit: Int?
        @Option(help: "Go on where an earlier list ended, with its cursor and the same --vendor.")
        var cursor: String?

        func run() async throws {
            try await reportingFailure {
                let call = GatewayCall(
                    reading: "/isp/batches",
                    [("vendor", vendor), ("limit", limit.map(String.init)), ("cursor", cursor)],
                    limit: .seconds(180))
                try await gateway.read(call) { answer, colours in
                    BatchTable(batches: answer.json, now: Date()).text(colours: colours)
                }
            }
        }
    }

    /// `purser batches show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one batch as its vendor shows it now.",
            discussion: """
                \(GatewayOptions.text)

                  purser batches show bat_01HXabc

                \(ExitStatus.text)
                """)

        @Argument(help: "The batch's id.", transform: ArgumentForm.vendorID)
        var batch: String
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("GET", "/isp/batches/\(batch)")) { answer, _ in
                    BatchSheet(batch: answer.json, now: Date()).text
                }
            }
        }
    }

    /// `purser batches ips`.
    struct IPs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ips",
            abstract: "Print the IPs of a batch, with their credentials.",
            discussion: """
                \(GatewayOptions.text)

                  purser batches ips bat_01HXabc --format csv > proxies.csv

                \(ProxyListOptions.text)

                \(ExitStatus.text)
                """)

        @Argument(help: "The batch's id.", transform: ArgumentForm.vendorID)
        var batch: String
        @OptionGroup var list: ProxyListOptions
        @OptionGroup var gateway: GatewayAccess

        func run() async throws {
            try await reportingFailure { try await list.print("/isp/batches/\(batch)/ips", through: gateway) }
        }
    }
}
