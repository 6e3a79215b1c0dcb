import ArgumentParser
import Foundation

/// `purser vendors`: how the vendors stand.
struct VendorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vendors",
        abstract: "Show each vendor's health, balance and its age, purchases in flight and unknown orders and actions.",
        discussion: """
            \(GatewayOptions.text) The key is an auditor's or an operator's. IN FLIGHT is how many purchases are on their \
            way, and how many may be. `purser orders list --status unknown` and `purser actions list --status unknown` show what \
            is not known.

              purser vendors

            \(ExitStatus.text)
            """)

    @OptionGroup var gateway: GatewayOptions

    func run() async throws {
        try await reportingFailure {
            try await gateway.read(GatewayCall("GET", "/vendors")) { answer, colours in
                VendorTable(vendors: answer.json, now: Date()).text(colours: colours)
            }
        }
    }
}
