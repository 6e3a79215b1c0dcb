import ArgumentParser
import Foundation

/// `purser quote`: what an order would cost.
struct QuoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quote",
        abstract: "Show what an order would cost at each vendor, and which would be taken; buys nothing.",
        discussion: """
            \(GatewayOptions.text) Takes the same fields as `purser buy`, as options or as a JSON body.

              purser quote --product isp --country us --quantity 20 --months 1
              purser quote --body order.json --json

            \(ExitStatus.text)
            """)

    @OptionGroup var gateway: GatewayOptions
    @OptionGroup(title: "What to buy") var order: OrderOptions

    func run() async throws {
        try await reportingFailure {
            try await gateway.read(GatewayCall("POST", "/quotes", body: try order.body())) { answer, colours in
                QuoteTable(quotation: answer.json, now: Date()).text(colours: colours)
            }
        }
    }
}
