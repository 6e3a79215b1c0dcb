import ArgumentParser
import ExactJSON

/// `purser ips`: single IPs of a batch.
struct IPsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ips",
        abstract: "Replace single IPs of a batch.",
        discussion: """
            \(GatewayOptions.text)

              purser ips replace ip_01HXabc --reason target-blocked

            \(ExitStatus.text)
            """,
        subcommands: [Replace.self])
}

extension IPsCommand {
    /// `purser ips replace`.
    struct Replace: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give one IP up for another, once for each key.",
            discussion: """
                \(GatewayOptions.text)

                  purser ips replace ip_01HXabc --batch bat_01HXabc --reason target-blocked

                The old IP is gone at once; the new one comes in some minutes. Where no free replacement is known to be \
                left it may be charged, and wants --max-total. \(ConsentOptions.text)

                \(SubmissionOptions.text)

                \(SubmissionOptions.actionStatusText)

                \(ExitStatus.text)
                """)

        @Argument(help: "The vendor's id of the IP.", transform: ArgumentForm.vendorID)
        var ip: String
        @Option(
            help: "The id of the batch that it is of; without it, the newest batches are searched for it.",
            transform: ArgumentForm.vendorID)
        var batch: String?
        @Option(help: "Why, such as target-blocked.")
        var reason: String?
        @OptionGroup var ceiling: CeilingOptions
        @OptionGroup var consent: ConsentOptions
        @OptionGroup var submission: SubmissionOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.access.withClient { client in
                    try await Consent(isGiven: consent.yes).require(to: "replace IP \(ip)") {
                        guard let batch else { return question(nil) }
                        return question(try await BatchDeed.read(batch, client, mayBeGone: submission.key != nil))
                    }
                    try await submission.submit(change, through: client, for: gateway)
                }
            }
        }

        /// The call.
        var change: Change {
            let fields: [(String, JSON?)] = [("reason", reason.map(JSON.string)), ("batch_id", batch.map(JSON.string))]
            return .action("replace", "/isp/ips/\(ip)/replace", .object(fields + ceiling.fields))
        }

        /// What a person is asked.
        /// - Parameter document: its batch; nil where it was not read.
        func question(_ document: JSON?) -> String {
            let place = batch.map { " of batch \($0)" } ?? ""
            let remaining = (document?["replacements"]?["remaining"]).cell
            let price =
                remaining == "-"
                ? "It may be charged, \(ceiling.words)."
                : remaining == "0"
                    ? "No free replacement is left, so it is charged, \(ceiling.words)."
                    : "\(remaining) free replacements are left."
            return
                "Replace IP \(ip)\(place)\(document.map(BatchDeed.details) ?? "")? The old one is gone at once. \(price)"
        }
    }
}
