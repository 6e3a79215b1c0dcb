import ArgumentParser
import Foundation
import Purchasing

extension OrdersCommand {
    /// `purser orders list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List orders, newest first.",
            discussion: """
                \(GatewayOptions.text) \(OrderFilterOptions.text)

                  purser orders list --status unknown --vendor legacy

                \(ExitStatus.text)
                """)

        @OptionGroup var filters: OrderFilterOptions
        @OptionGroup var page: PageOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(call) { answer, colours in
                    OrderTable(orders: answer.json, now: Date()).text(colours: colours)
                }
            }
        }

        /// The call.
        var call: GatewayCall { GatewayCall(reading: "/orders", filters.parameters + page.parameters) }
    }

    /// `purser orders show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one order.",
            discussion: """
                \(GatewayOptions.text)

                  purser orders show ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC

                \(ExitStatus.text)
                """)

        @Argument(help: "The order's id.", transform: ArgumentForm.orderID)
        var order: OrderID
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                let answer = try await gateway.document(GatewayCall("GET", "/orders/\(order)"))
                guard !gateway.json else { return }
                var sheet = OrderSheet(order: answer.json, now: Date())
                if OrderSheet.mayBeDecided(answer.json) {
                    sheet.events = try await gateway.document(GatewayCall("GET", "/orders/\(order)/events")).json
                }
                try Terminal.output.tell(sheet.text)
            }
        }
    }

    /// `purser orders events`.
    struct Events: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an order's timeline, oldest first: every state it was in, and why.",
            discussion: """
                \(GatewayOptions.text)

                  purser orders events ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC

                \(ExitStatus.text)
                """)

        @Argument(help: "The order's id.", transform: ArgumentForm.orderID)
        var order: OrderID
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("GET", "/orders/\(order)/events")) { answer, colours in
                    EventTable(events: answer.json).text(colours: colours)
                }
            }
        }
    }
}
