import ArgumentParser
import ExactJSON

extension BatchesCommand {
    /// `purser batches refresh`.
    struct Refresh: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change every IP of a batch; once in each billing period.",
            discussion: """
                \(GatewayOptions.text)

                  purser batches refresh bat_01HXabc

                The old IPs are gone for good, and the free replacements of a new batch are used up. \(ConsentOptions.text)

                \(SubmissionOptions.text)

                \(SubmissionOptions.actionStatusText)

                \(ExitStatus.text)
                """)

        @Argument(help: "The batch's id.", transform: ArgumentForm.vendorID)
        var batch: String
        @OptionGroup var consent: ConsentOptions
        @OptionGroup var submission: SubmissionOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure { try await BatchDeed.refresh.run(on: batch, consent, submission, gateway) }
        }
    }

    /// `purser batches rotate-password`.
    struct RotatePassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-password",
            abstract: "Change the password that the IPs of a batch share.",
            discussion: """
                \(GatewayOptions.text)

                  purser batches rotate-password bat_01HXabc && purser batches ips bat_01HXabc > proxies.txt

                Whoever uses the old password has to be given the new one. \(ConsentOptions.text)

                \(SubmissionOptions.text)

                \(SubmissionOptions.actionStatusText)

                \(ExitStatus.text)
                """)

        @Argument(help: "The batch's id.", transform: ArgumentForm.vendorID)
        var batch: String
        @OptionGroup var consent: ConsentOptions
        @OptionGroup var submission: SubmissionOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await BatchDeed.rotatePassword.run(on: batch, consent, submission, gateway)
            }
        }
    }

    /// `purser batches release`.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a whole batch back; nothing is refunded.",
            discussion: """
                \(GatewayOptions.text)

                  purser batches release bat_01HXabc

                Every IP stops working at once, and nothing is paid back for the days that are left. \(ConsentOptions.text)

                \(SubmissionOptions.text)

                \(SubmissionOptions.actionStatusText)

                \(ExitStatus.text)
                """)

        @Argument(help: "The batch's id.", transform: ArgumentForm.vendorID)
        var batch: String
        @OptionGroup var consent: ConsentOptions
        @OptionGroup var submission: SubmissionOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure { try await BatchDeed.release.run(on: batch, consent, submission, gateway) }
        }
    }

    /// `purser batches renew`.
    struct Renew: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rent a batch for longer, once for each key.",
            discussion: """
                \(GatewayOptions.text)

                  purser batches renew bat_01HXabc --months 1 --max-total 120

                The price is calculated from what the order cost, just before; above --max-total nothing is sent to the \
                vendor.

                \(SubmissionOptions.text)

                \(SubmissionOptions.actionStatusText)

                \(ExitStatus.text)
                """)

        @Argument(help: "The batch's id.", transform: ArgumentForm.vendorID)
        var batch: String
        @OptionGroup var renewal: RenewalOptions
        @OptionGroup var submission: SubmissionOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.access.withClient { client in
                    Terminal.error.report(renewal.announcement(of: "batch \(batch)"))
                    try await submission.submit(change, through: client, for: gateway)
                }
            }
        }

        /// The call.
        var change: Change { .action("renew", "/isp/batches/\(batch)/renew", .object(renewal.fields)) }
    }
}
