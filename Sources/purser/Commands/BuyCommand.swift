import ArgumentParser

/// `purser buy`: buys once, whatever happens on the way.
struct BuyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "buy",
        abstract: "Buy, once for each key, and wait until the goods are ready.",
        discussion: """
            \(GatewayOptions.text) The order is given by options or as a JSON body.

              purser buy --product isp --country us --quantity 20 --months 1 --max-total 150
              purser buy --body order.json --key crawler-2026-05-28-001

            \(SubmissionOptions.text)

            Of a purchase, 0 means bought (or taken, with --no-wait), 1 certainly not bought by this call, 2 and 3 that \
            nothing was sent, 4 that it is not known or not decided yet: go on with --key. A signal ends it with 128 and \
            its number.

            \(ExitStatus.text)
            """)

    @OptionGroup var gateway: GatewayOptions
    @OptionGroup var submission: SubmissionOptions
    @OptionGroup(title: "What to buy") var order: OrderOptions

    func run() async throws {
        try await reportingFailure {
            let body = try order.body()
            try await gateway.access.withClient { client in
                try await submission.submit(.purchase(body), through: client, for: gateway)
            }
        }
    }
}
