import ArgumentParser
import ExactJSON
import Foundation
import Purchasing

/// `purser orders`: history, what an order bought, and its renewal.
struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders",
        abstract:
            "List, watch, export and add up orders, get their proxies, rent those for longer, and settle what is not known.",
        discussion: """
            \(GatewayOptions.text)

              purser orders list --status unknown
              purser orders proxies ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC > proxies.txt
              purser orders renew ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC --months 1 --max-total 120

            \(ExitStatus.text)
            """,
        subcommands: [
            List.self, Show.self, Events.self, Proxies.self, Renew.self, AutoRenew.self, Actions.self, Cancel.self,
            Resolve.self, Refund.self, Refunds.self, Watch.self, Export.self, Stats.self,
        ])
}

extension OrdersCommand {
    /// `purser orders proxies`.
    struct Proxies: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the proxies that an order bought, one form for all vendors.",
            discussion: """
                \(GatewayOptions.text)

                  purser orders proxies ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC --format uri --protocol socks5

                \(ProxyListOptions.text)

                \(ExitStatus.text)
                """)

        @Argument(help: "The order's id.", transform: ArgumentForm.orderID)
        var order: OrderID
        @OptionGroup var list: ProxyListOptions
        @OptionGroup var gateway: GatewayAccess

        func run() async throws {
            try await reportingFailure { try await list.print("/orders/\(order)/proxies", through: gateway) }
        }
    }

    /// `purser orders renew`.
    struct Renew: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rent what an order bought for longer, once for each key.",
            discussion: """
                \(GatewayOptions.text)

                  purser orders renew ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC --days 30 --max-total 20

                The price is asked for, or calculated from what the order cost, just before; above --max-total nothing is \
                sent to the vendor. HeloData rents by months, and takes days that are a multiple of 30; the legacy API rents by \
                days, and a month is 30 of them. Which periods a vendor allows, `purser catalog` shows.

                \(SubmissionOptions.text)

                \(SubmissionOptions.actionStatusText)

                \(ExitStatus.text)
                """)

        @Argument(help: "The order's id.", transform: ArgumentForm.orderID)
        var order: OrderID
        @OptionGroup var renewal: RenewalOptions
        @Option(
            name: .customLong("ip"),
            help: ArgumentHelp(
                "Only this IP, by its address or the vendor's id, where a vendor renews IPs one by one; may be repeated.",
                valueName: "ip"),
            transform: ArgumentForm.vendorID)
        var ips: [String] = []
        @Option(help: ArgumentHelp("A vendor's promo code.", valueName: "code"))
        var promoCode: String?
        @OptionGroup var submission: SubmissionOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                let count = "\(ips.count) IP\(ips.count == 1 ? "" : "s")"
                let goods = ips.isEmpty ? "order \(order)" : "\(count) of order \(order)"
                try await gateway.access.withClient { client in
                    Terminal.error.report(renewal.announcement(of: goods))
                    try await submission.submit(change, through: client, for: gateway)
                }
            }
        }

        /// The call.
        var change: Change {
            let more: [(String, JSON?)] = [
                ("ips", ips.isEmpty ? nil : .array(ips.map(JSON.string))), ("promo_code", promoCode.map(JSON.string)),
            ]
            return .action("renew", "/orders/\(order)/renew", .object(renewal.fields + more))
        }
    }

    /// `purser orders auto-renew`.
    struct AutoRenew: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "auto-renew",
            abstract: "Have the vendor renew by itself what an order bought, or stop it.",
            discussion: """
                \(GatewayOptions.text)

                  purser orders auto-renew ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC --days 30
                  purser orders auto-renew ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC --off

                What the vendor then charges, it charges without asking: no ceiling holds for that.

                \(SubmissionOptions.text)

                \(SubmissionOptions.actionStatusText)

                \(ExitStatus.text)
                """)

        @Argument(help: "The order's id.", transform: ArgumentForm.orderID)
        var order: OrderID
        @Option(help: "Renew for so many days each time.", transform: ArgumentForm.count)
        var days: JSONNumber?
        @Option(help: "Renew for so many months, of 30 days, each time.", transform: ArgumentForm.count)
        var months: JSONNumber?
        @Flag(help: "Renew no more.")
        var off = false
        @OptionGroup var submission: SubmissionOptions
        @OptionGroup var gateway: GatewayOptions

        func validate() throws {
            guard [days != nil, months != nil, off].count(where: { $0 }) == 1 else {
                throw ValidationError("say --days, --months or --off, one of them")
            }
        }

        func run() async throws {
            try await reportingFailure {
                try await gateway.access.withClient { client in
                    try await submission.submit(change, through: client, for: gateway)
                }
            }
        }

        /// The call.
        var change: Change {
            let fields: [(String, JSON?)] = [
                ("enabled", .bool(!off)), ("days", days.map(JSON.number)), ("months", months.map(JSON.number)),
            ]
            return .action("auto-renew", "/orders/\(order)/auto-renew", .object(fields))
        }
    }

    /// `purser orders actions`.
    struct Actions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List everything that was asked to be done to what an order bought, oldest first.",
            discussion: """
                \(GatewayOptions.text)

                  purser orders actions ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC

                \(ExitStatus.text)
                """)

        @Argument(help: "The order's id.", transform: ArgumentForm.orderID)
        var order: OrderID
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("GET", "/orders/\(order)/actions")) { answer, colours in
                    ActionTable(actions: answer.json, now: Date()).text(colours: colours)
                }
            }
        }
    }
}
