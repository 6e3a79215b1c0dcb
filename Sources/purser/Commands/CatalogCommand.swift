import ArgumentParser
import Foundation

/// `purser catalog`: what may be asked for.
struct CatalogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog",
        abstract: "Show what may be asked for at each vendor, and within which bounds.",
        discussion: """
            \(GatewayOptions.text) The lists themselves (countries, rental periods, mobile operators, promo codes) are \
            in the JSON.

              purser catalog --product isp

            \(ExitStatus.text)
            """)

    @OptionGroup var gateway: GatewayOptions
    @Option(help: "residential, mobile, isp, ipv4 or ipv6.")
    var product: String?
    @Option(help: "A configured vendor's name.")
    var vendor: String?

    func run() async throws {
        try await reportingFailure {
            let call = GatewayCall(reading: "/catalog", [("product", product), ("vendor", vendor)])
            try await gateway.read(call) { answer, colours in
                CatalogTable(catalog: answer.json, now: Date()).text(colours: colours)
            }
        }
    }
}
