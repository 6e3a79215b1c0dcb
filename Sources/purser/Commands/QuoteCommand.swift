import ArgumentParser
import ExactJSON
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

            \(ExitStatus.text) It is 1 also when no vendor could take the order.
            """)

    @OptionGroup var gateway: GatewayOptions
    @OptionGroup(title: "What to buy") var order: OrderOptions

    func run() async throws {
        try await reportingFailure {
            let call = GatewayCall("POST", "/quotes", body: try order.body())
            let answer = try await gateway.read(call) { answer, colours in
                QuoteTable(quotation: answer.json, now: Date()).text(colours: colours)
            }
            // The answer says so already, to people and to programs.
            guard answer.json["chosen"]?.string != nil else { throw ExitStatus.failure }
        }
    }
}
