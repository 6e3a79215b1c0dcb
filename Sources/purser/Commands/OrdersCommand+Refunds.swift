import ArgumentParser
import ExactJSON
import Foundation
import Purchasing

extension OrdersCommand {
    /// `purser orders refund`.
    struct Refund: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write down that a vendor gave money back for an order.",
            discussion: """
                \(GatewayOptions.text)

                  purser orders refund ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC --amount 12.50 --note "half of the IPs were dead"

                For operators, after a look at the vendor's own records; what was written down cannot be taken back. The \
                order stands as it was, and so do its total and its client's budget; `purser orders stats` adds refunds up \
                apart. Asks first on a terminal; elsewhere it needs --yes. Prints its idempotency key on standard error: \
                with that --key the same command writes nothing down twice.

                \(ExitStatus.text)
                """)

        @Argument(help: "The order's id.", transform: ArgumentForm.orderID)
        var order: OrderID
        @Option(help: ArgumentHelp("What came back, in the currency of the order's total.", valueName: "amount"))
        var amount: String
        @Option(help: "Why, in your words; it stays in the order's timeline for ever.")
        var note: String
        @Option(help: ArgumentHelp("What the vendor calls it, such as the number of a credit note.", valueName: "text"))
        var reference: String?
        @Option(help: "The idempotency key of an earlier try, to go on with it; without one, a new key.")
        var key: String?
        @Flag(help: "Do it without asking; needed where nobody is at a terminal.")
        var yes = false
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                let deed = "note that \(amount) came back for order \(order)"
                try await Consent(isGiven: yes).require(to: deed) {
                    "\(deed.prefix(1).uppercased())\(deed.dropFirst())? It cannot be taken back."
                }
                let key = key ?? "refund-\(UUID().uuidString.lowercased())"
                let announcement = "key \(key); if this is interrupted, run the same command again with --key \(key)"
                guard Terminal.error.report(announcement) || self.key != nil else {
                    throw CommandFailure(ExitStatus.refused, "the key could not be printed, so nothing was sent")
                }
                try await gateway.read(call(key: key)) { answer, _ in
                    Self.text(of: answer)
                }
            }
        }

        /// What was written down, now or before.
        static func text(of answer: GatewayAnswer) -> String {
            (answer.isReplay ? "already recorded, with this key; nothing was added\n" : "")
                + RefundTable(refunds: ["data": .array([answer.json])]).text(colours: false)
        }

        /// The call.
        func call(key: String) -> GatewayCall {
            let body = JSON.object([
                ("amount", .string(amount)), ("note", .string(note)),
                ("vendor_reference", reference.map(JSON.string)),
            ])
            return GatewayCall(
                "POST", "/orders/\(order)/refunds", body: body.bytes, headers: [("Idempotency-Key", key)])
        }
    }

    /// `purser orders refunds`.
    struct Refunds: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what came back for an order, oldest first.",
            discussion: """
                \(GatewayOptions.text)

                  purser orders refunds ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC

                \(ExitStatus.text)
                """)

        @Argument(help: "The order's id.", transform: ArgumentForm.orderID)
        var order: OrderID
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("GET", "/orders/\(order)/refunds")) { answer, colours in
                    RefundTable(refunds: answer.json).text(colours: colours)
                }
            }
        }
    }
}
