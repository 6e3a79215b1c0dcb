import ArgumentParser
import ExactJSON
import Foundation
import Purchasing

extension OrdersCommand {
    /// `purser orders cancel`.
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw an order of which nothing was sent to a vendor yet.",
            discussion: """
                \(GatewayOptions.text)

                  purser orders cancel ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC

                Only a pending order can be withdrawn; of any other the status is 1, and it stands as it was.

                \(ExitStatus.text)
                """)

        @Argument(help: "The order's id.", transform: ArgumentForm.orderID)
        var order: OrderID
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("POST", "/orders/\(order)/cancel")) { answer, _ in
                    OrderSheet(order: answer.json, now: Date()).text
                }
            }
        }
    }

    /// `purser orders resolve`.
    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Settle an unknown order by your decision.",
            usage: """
                purser orders resolve <order> --bought [--vendor-order-id <id>] [--total <amount>] --reason <reason> [--yes]
                purser orders resolve <order> --not-bought --reason <reason> [--yes]
                """,
            discussion: """
                \(GatewayOptions.text) \(DecisionOptions.text)

                  purser orders resolve ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC --not-bought --reason "not in the vendor's list"

                As long as the goods of an order that was bought are not found, --bought with --vendor-order-id names them anew.

                \(ExitStatus.text)
                """)

        /// What a person can say.
        enum Outcome: String, EnumerableFlag { case bought, notBought }

        @Argument(help: "The order's id.", transform: ArgumentForm.orderID)
        var order: OrderID
        @Flag(help: "Whether the vendor sold it.")
        var outcome: Outcome
        @Option(
            help: ArgumentHelp(
                "The vendor's id of what it sold, by which its goods are found: of the order, or of the batch.",
                valueName: "id"), transform: ArgumentForm.vendorID)
        var vendorOrderId: String?
        @Option(help: ArgumentHelp("What the vendor charged, in US dollars.", valueName: "amount"))
        var total: String?
        @OptionGroup var decision: DecisionOptions
        @OptionGroup var gateway: GatewayOptions

        func validate() throws {
            if outcome == .notBought, total != nil || vendorOrderId != nil {
                throw ValidationError("what was not bought has no --total and no --vendor-order-id")
            }
        }

        func run() async throws {
            try await reportingFailure {
                let deed = "settle order \(order) as \(outcome == .bought ? "bought" : "not bought")"
                try await decision.settle(deed, call, gateway) { OrderSheet(order: $0.json, now: Date()).text }
            }
        }

        /// The call.
        var call: GatewayCall {
            let body: JSON = .object([
                ("outcome", outcome == .bought ? "bought" : "not_bought"),
                ("vendor_order_id", vendorOrderId.map(JSON.string)), ("total", total.map(JSON.string)),
                ("reason", .string(decision.reason)),
            ])
            return GatewayCall("POST", "/orders/\(order)/resolve", body: body.bytes)
        }
    }
}
