import ArgumentParser
import ExactJSON
import Foundation
import Purchasing

/// `purser budgets`: what clients may spend.
struct BudgetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budgets",
        abstract: "List, show, set and remove what clients may spend.",
        discussion: """
            \(GatewayOptions.text) Setting and removing is for an operator's key; a buyer's shows its own budget.

            What an order is expected to cost is held against its client's budget before it is sent, and spent or given back \
            when its outcome is known. A client without a budget may spend anything.

              purser budgets set crawler --limit 500 --period month --reason "as agreed with the team"

            \(ExitStatus.text)
            """,
        subcommands: [List.self, Show.self, Set.self, Remove.self])
}

extension BudgetsCommand {
    /// `purser budgets list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List every budget as it stands now.",
            discussion: """
                  purser budgets list

                \(ExitStatus.text)
                """)

        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("GET", "/budgets")) { answer, colours in
                    BudgetTable(budgets: answer.json["data"]?.array ?? []).text(colours: colours)
                }
            }
        }
    }

    /// `purser budgets show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a client's budget as it stands now, and who changed it.",
            discussion: """
                  purser budgets show crawler

                \(ExitStatus.text)
                """)

        @Argument(help: "The client's name.", transform: BudgetsCommand.client)
        var client: String
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("GET", "/budgets/\(client)")) { answer, _ in
                    BudgetSheet(budget: answer.json).text
                }
                // For a program the document is the budget alone, as it ever was.
                guard !gateway.json else { return }
                try await gateway.read(GatewayCall("GET", "/budgets/\(client)/changes")) { answer, colours in
                    "\n" + BudgetChangeTable(changes: answer.json["data"]?.array ?? []).text(colours: colours)
                }
            }
        }
    }

    /// `purser budgets set`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set what a client may spend; what it spent and holds already counts.",
            discussion: """
                A period is total (once and for all), month or day (anew with each, in UTC). An order counts in the period in \
                which it was made.

                  purser budgets set crawler --limit 500 --period month --reason "as agreed with the team"

                \(ExitStatus.text)
                """)

        @Argument(help: "The client's name.", transform: BudgetsCommand.client)
        var client: String
        @Option(help: ArgumentHelp("What it may spend in a period, in US dollars.", valueName: "amount"))
        var limit: String
        @Option(help: "total, month or day.")
        var period: String
        @Option(help: "Why, in your words; it is kept for ever.")
        var reason: String
        @OptionGroup var gateway: GatewayOptions

        func validate() throws {
            guard BudgetPeriod(rawValue: period) == nil else { return }
            throw ValidationError(
                "a period is one of \(BudgetPeriod.allCases.map(\.rawValue).joined(separator: ", "))")
        }

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(call) { answer, _ in BudgetSheet(budget: answer.json).text }
            }
        }

        /// The call.
        var call: GatewayCall {
            let body: JSON = ["limit": .string(limit), "period": .string(period), "reason": .string(reason)]
            return GatewayCall("PUT", "/budgets/\(client)", body: body.bytes)
        }
    }

    /// `purser budgets remove`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a client's budget: from then on it may spend anything.",
            discussion: """
                \(ConsentOptions.text)

                  purser budgets remove crawler

                \(ExitStatus.text)
                """)

        @Argument(help: "The client's name.", transform: BudgetsCommand.client)
        var client: String
        @OptionGroup var consent: ConsentOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                let deed = "remove the budget of \(client)"
                try await Consent(isGiven: consent.yes).require(to: deed) {
                    "\(deed.prefix(1).uppercased())\(deed.dropFirst())? From then on it may spend anything."
                }
                try await gateway.read(GatewayCall("DELETE", "/budgets/\(client)")) { _, _ in
                    "\(client) has no budget now and may spend anything\n"
                }
            }
        }
    }

    /// A client's name, as a step of a path.
    @Sendable fileprivate static func client(_ text: String) throws -> String {
        let isName =
            (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "._-".utf8.contains(byte)
            }
        guard isName else { throw ValidationError("a client's name is 1 to 64 letters, digits, dots, _ and -") }
        return text
    }
}
