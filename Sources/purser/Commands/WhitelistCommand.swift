import ArgumentParser
import ExactJSON
import Foundation

/// `purser batches whitelist`: who may use a batch without a password.
struct WhitelistCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whitelist",
        abstract: "See and change which addresses may use a batch without a password.",
        discussion: """
            \(GatewayOptions.text)

              purser batches whitelist list bat_01HXabc
              purser batches whitelist add bat_01HXabc 203.0.113.7 --label office

            \(ExitStatus.text)
            """,
        subcommands: [List.self, Add.self, Remove.self])
}

extension WhitelistCommand {
    /// `purser batches whitelist list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the addresses that may use a batch without a password.",
            discussion: """
                \(GatewayOptions.text)

                  purser batches whitelist list bat_01HXabc

                \(ExitStatus.text)
                """)

        @Argument(help: "The batch's id.", transform: ArgumentForm.vendorID)
        var batch: String
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("GET", "/isp/batches/\(batch)/whitelist")) { answer, colours in
                    WhitelistTable(entries: answer.json, now: Date()).text(colours: colours)
                }
            }
        }
    }

    /// `purser batches whitelist add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an address, or a network, use a batch without a password.",
            discussion: """
                \(GatewayOptions.text)

                  purser batches whitelist add bat_01HXabc 203.0.113.0/24 --label office

                \(SubmissionOptions.text)

                \(SubmissionOptions.actionStatusText)

                \(ExitStatus.text)
                """)

        @Argument(help: "The batch's id.", transform: ArgumentForm.vendorID)
        var batch: String
        @Argument(help: "An IPv4 or IPv6 address, or a network such as 203.0.113.0/24.")
        var address: String
        @Option(help: "What to remember it by.")
        var label: String?
        @OptionGroup var submission: SubmissionOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.access.withClient { client in
                    try await submission.submit(change, through: client, for: gateway)
                }
            }
        }

        /// The call.
        var change: Change {
            .action(
                "whitelist-add", "/isp/batches/\(batch)/whitelist",
                .object([("address", .string(address)), ("label", label.map(JSON.string))]))
        }
    }

    /// `purser batches whitelist remove`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an entry off the list of a batch.",
            discussion: """
                \(GatewayOptions.text)

                  purser batches whitelist remove bat_01HXabc wl_01HXabc

                Whoever uses the batch from that address needs its password then. \(ConsentOptions.text)

                \(SubmissionOptions.text)

                \(SubmissionOptions.actionStatusText)

                \(ExitStatus.text)
                """)

        @Argument(help: "The batch's id.", transform: ArgumentForm.vendorID)
        var batch: String
        @Argument(help: "The entry's id, as the list has it.", transform: ArgumentForm.vendorID)
        var entry: String
        @OptionGroup var consent: ConsentOptions
        @OptionGroup var submission: SubmissionOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                let deed = "take \(entry) off the whitelist of batch \(batch)"
                try await Consent(isGiven: consent.yes).require(to: deed) {
                    "\(deed.prefix(1).uppercased())\(deed.dropFirst())? Its address cannot use the batch any more."
                }
                try await gateway.access.withClient { client in
                    try await submission.submit(change, through: client, for: gateway)
                }
            }
        }

        /// The call.
        var change: Change {
            .action("whitelist-remove", "/isp/batches/\(batch)/whitelist/\(entry)", method: "DELETE")
        }
    }
}
