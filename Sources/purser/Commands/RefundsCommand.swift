import ArgumentParser
import ExactJSON
import Purchasing

/// `purser refunds`: what vendors gave back, whatever the order.
struct RefundsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refunds",
        abstract: "See what vendors gave back.",
        discussion: """
            \(GatewayOptions.text) `purser orders refund` writes one down.

              purser refunds list --created-after 2026-05-01 --created-before 2026-06-01

            \(ExitStatus.text)
            """,
        subcommands: [List.self])
}

extension RefundsCommand {
    /// `purser refunds list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List refunds, newest first.",
            discussion: """
                \(GatewayOptions.text) Filters are combined; lists have commas. Times are of when a refund was written \
                down; in `purser orders stats` it counts where its order does.

                  purser refunds list --vendor helodata --created-after 2026-05-01

                \(ExitStatus.text)
                """)

        @Option(help: "Only of orders at these vendors.")
        var vendor: String?
        @Option(help: "Only of orders of these clients; for auditors and operators.")
        var client: String?
        @Option(help: "Only of this order.", transform: ArgumentForm.orderID)
        var order: OrderID?
        @Option(help: ArgumentHelp("Written down from this time on, such as 2026-05-28.", valueName: "time"))
        var createdAfter: String?
        @Option(help: ArgumentHelp("Written down before this time.", valueName: "time"))
        var createdBefore: String?
        @OptionGroup var page: PageOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(call) { answer, colours in
                    RefundTable(refunds: answer.json, isOfOneOrder: false).text(colours: colours)
                }
            }
        }

        /// The call.
        var call: GatewayCall {
            GatewayCall(
                reading: "/refunds",
                [
                    ("vendor", vendor), ("client", client), ("order_id", order?.text), ("created_after", createdAfter),
                    ("created_before", createdBefore),
                ] + page.parameters)
        }
    }
}
