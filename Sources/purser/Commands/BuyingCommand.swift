import ArgumentParser
import ExactJSON
import Foundation

/// `purser buying`: stopping to buy, and going on.
struct BuyingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "buying",
        abstract: "Stop every new purchase, let buying go on, or show whether it does.",
        discussion: """
            \(GatewayOptions.text) The key is an operator's; an auditor's shows.

            While buying is paused new orders and actions that may be charged are refused, what waits for its vendor stays \
            pending, and what was sent before is brought to its end; reads go on. A pause outlives a restart.

              purser buying pause --reason "a strange invoice"

            \(ExitStatus.text)
            """,
        subcommands: [Pause.self, Resume.self, Status.self])
}

extension BuyingCommand {
    /// `purser buying pause`.
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop every new purchase; once this ends none is begun, and what was begun goes on.",
            discussion: """
                  purser buying pause --reason "a strange invoice"

                \(ExitStatus.text)
                """)

        @Option(help: "Why, in your words; callers are told, and it is kept for ever.")
        var reason: String
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                let body: JSON = ["reason": .string(reason)]
                try await gateway.read(GatewayCall("POST", "/buying/pause", body: body.bytes)) { answer, _ in
                    BuyingSheet(buying: answer.json).text
                }
            }
        }
    }

    /// `purser buying resume`.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let buying go on; what waited is bought.",
            discussion: """
                  purser buying resume

                \(ExitStatus.text)
                """)

        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("POST", "/buying/resume")) { answer, _ in
                    BuyingSheet(buying: answer.json).text
                }
            }
        }
    }

    /// `purser buying status`.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show whether buying goes on, and who stopped it when and why.",
            discussion: """
                  purser buying status

                \(ExitStatus.text)
                """)

        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("GET", "/buying")) { answer, colours in
                    BuyingSheet(buying: answer.json).text + BuyingTable(buying: answer.json).text(colours: colours)
                }
            }
        }
    }
}
