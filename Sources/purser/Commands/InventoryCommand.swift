import ArgumentParser
import Foundation

/// `purser inventory`: what there is.
struct InventoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory",
        abstract: "Show what vendors have, where, for how much, and how old each list is.",
        discussion: """
            \(GatewayOptions.text) Rows that are older than they should be are marked stale.

              purser inventory --product isp --country us --asn 7922

            \(ExitStatus.text)
            """)

    @OptionGroup var gateway: GatewayOptions
    @Option(help: "residential, mobile, isp, ipv4 or ipv6.")
    var product: String?
    @Option(help: "An ISO 3166-1 code: us or USA.")
    var country: String?
    @Option(help: "A city, such as newyork.")
    var city: String?
    @Option(help: "The number of an autonomous system.")
    var asn: String?
    @Option(help: "A configured vendor's name.")
    var vendor: String?

    func run() async throws {
        try await reportingFailure {
            let call = GatewayCall(
                reading: "/inventory",
                [("product", product), ("country", country), ("city", city), ("asn", asn), ("vendor", vendor)])
            try await gateway.read(call) { answer, colours in
                InventoryTable(inventory: answer.json, now: Date()).text(colours: colours)
            }
        }
    }
}
