import ArgumentParser
import ExactJSON
import Foundation
import Purchasing

extension OrdersCommand {
    /// `purser orders watch`.
    struct Watch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print an order's timeline as it happens, until the order is settled.",
            discussion: """
                \(GatewayOptions.text)

                  purser orders watch ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC

                The status is 0 when it was bought and is ready, 1 when it was not bought, and 4 when only a person can decide.

                \(ExitStatus.text)
                """)

        @Argument(help: "The order's id.", transform: ArgumentForm.orderID)
        var order: OrderID
        @Flag(help: "Print each event's JSON on a line.")
        var json = false
        @OptionGroup var gateway: GatewayAccess

        func run() async throws {
            try await reportingFailure {
                try await gateway.withClient { client in
                    // An order that is not there has no events, and would be watched for ever.
                    let path = "/orders/\(order)"
                    let answer = try await client.call("GET", path)
                    guard answer.isGood else { throw CommandFailure(answer.refusalStatus, answer.problemText) }
                    var ending = Self.ending(answer.json, orderOf: answer.json)
                    let feed = EventFeed(parameters: [("order_id", order.text)], client: client)
                    if ending != nil {
                        try await feed.list(after: nil, print)
                    } else {
                        try await feed.follow(after: nil) { event throws(CommandFailure) in
                            try print(event)
                            ending = Self.ending(event, orderOf: nil)
                            return ending == nil
                        }
                    }
                    if let ending, ending != ExitCode.success { throw ending }
                }
            }
        }

        private func print(_ event: JSON) throws(CommandFailure) {
            try Terminal.output.tell((json ? event.text : EventLine(event).text.terminalText(limit: 1000)) + "\n")
        }

        /// How the command ends with an event, or an order, that leaves nothing to wait for; else nil.
        static func ending(_ event: JSON, orderOf document: JSON?) -> ExitCode? {
            let status = document?["status"]?.string ?? event["state"]?.string
            switch status {
            case "completed": return .success
            case "failed", "canceled": return ExitStatus.failure
            case "unknown":
                let isParked = document?["unknown"]?["needs_review"] == true || event["cause"] == "needs_review"
                return isParked ? ExitStatus.unsettled : nil
            default: return nil
            }
        }
    }
}
