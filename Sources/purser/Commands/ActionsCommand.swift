import ArgumentParser
import ExactJSON
import Foundation
import Purchasing

/// `purser actions`: what was asked to be done to what was bought.
struct ActionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "actions",
        abstract: "See what was asked to be done to what was bought, and settle what is not known.",
        discussion: """
            \(GatewayOptions.text)

              purser actions list --status unknown
              purser actions resolve act_01JDA3ZK6V0Y8N5T2W4X6R9QHC --done --reason "the vendor's page shows it"

            \(ExitStatus.text)
            """,
        subcommands: [List.self, Show.self, Resolve.self])
}

extension ActionsCommand {
    /// `purser actions list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List actions, newest first.",
            discussion: """
                \(GatewayOptions.text) Filters are combined; lists have commas.

                  purser actions list --needs-review

                \(ExitStatus.text)
                """)

        @Option(help: "Only in these states, such as unknown,running.")
        var status: String?
        @Option(help: "Only of these kinds, such as renew,replace.")
        var kind: String?
        @Option(help: "Only on this order.", transform: ArgumentForm.orderID)
        var order: OrderID?
        @Option(help: "Only on orders of these clients; for auditors and operators.")
        var client: String?
        @Flag(help: "Only those that a person has to decide.")
        var needsReview = false
        @OptionGroup var page: PageOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(call) { answer, colours in
                    ActionTable(actions: answer.json, now: Date(), isOfOneOrder: false).text(colours: colours)
                }
            }
        }

        /// The call.
        var call: GatewayCall {
            GatewayCall(
                reading: "/actions",
                [
                    ("status", status), ("kind", kind), ("order_id", order?.text), ("client", client),
                    ("needs_review", needsReview ? "true" : nil),
                ] + page.parameters)
        }
    }

    /// `purser actions show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one action.",
            discussion: """
                \(GatewayOptions.text)

                  purser actions show act_01JDA3ZK6V0Y8N5T2W4X6R9QHC

                \(ExitStatus.text)
                """)

        @Argument(help: "The action's id.", transform: ArgumentForm.actionID)
        var action: ActionID
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("GET", "/actions/\(action)")) { answer, _ in
                    ActionSheet(action: answer.json).text
                }
            }
        }
    }

    /// `purser actions resolve`.
    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Settle an unknown action by your decision.",
            usage: """
                purser actions resolve <action> --done [--total <amount>] --reason <reason> [--yes]
                purser actions resolve <action> --not-done --reason <reason> [--yes]
                """,
            discussion: """
                \(GatewayOptions.text) \(DecisionOptions.text)

                  purser actions resolve act_01JDA3ZK6V0Y8N5T2W4X6R9QHC --done --total 6.00 --reason "charged on the 28th"

                \(ExitStatus.text)
                """)

        /// What a person can say.
        enum Outcome: String, EnumerableFlag { case done, notDone }

        @Argument(help: "The action's id.", transform: ArgumentForm.actionID)
        var action: ActionID
        @Flag(help: "Whether the vendor did it.")
        var outcome: Outcome
        @Option(help: ArgumentHelp("What the vendor charged, in US dollars.", valueName: "amount"))
        var total: String?
        @OptionGroup var decision: DecisionOptions
        @OptionGroup var gateway: GatewayOptions

        func validate() throws {
            if outcome == .notDone, total != nil { throw ValidationError("what was not done has no --total") }
        }

        func run() async throws {
            try await reportingFailure {
                let deed = "settle action \(action) as \(outcome == .done ? "done" : "not done")"
                try await decision.settle(deed, call, gateway) { ActionSheet(action: $0.json).text }
            }
        }

        /// The call.
        var call: GatewayCall {
            let body: JSON = .object([
                ("outcome", outcome == .done ? "done" : "not_done"), ("total", total.map(JSON.string)),
                ("reason", .string(decision.reason)),
            ])
            return GatewayCall("POST", "/actions/\(action)/resolve", body: body.bytes)
        }
    }
}
