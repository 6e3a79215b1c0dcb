import ArgumentParser
import ExactJSON
import Foundation
import Purchasing

extension WebhooksCommand {
    /// `purser webhooks create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have events sent to a URL, and print the secret that signs them, once.",
            discussion: """
                \(GatewayOptions.text)

                  purser webhooks create https://hooks.example.com/purser --events 'order.*,goods.expiring'

                \(ExitStatus.text)
                """)

        @Argument(help: "Where events are sent.")
        var url: String
        @OptionGroup var filter: WebhookFilterOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure { try await gateway.showWebhook(call) }
        }

        /// The call.
        var call: GatewayCall {
            GatewayCall("POST", "/webhooks", body: JSON.object([("url", .string(url))] + filter.members).bytes)
        }
    }

    /// `purser webhooks update`.
    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a webhook: what is given, and nothing else.",
            discussion: """
                \(GatewayOptions.text)

                  purser webhooks update whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC --enable
                  purser webhooks update whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC --to https://hooks.example.com/v2 --events ''

                \(ExitStatus.text)
                """)

        /// Whether events are sent to it.
        enum Use: String, EnumerableFlag { case enable, disable }

        @OptionGroup var subject: WebhookArgument
        @Option(help: ArgumentHelp("Where events are sent from now on.", valueName: "url"))
        var to: String?
        @Flag(help: "Whether events are sent to it, and kept for it.")
        var use: Use?
        @OptionGroup var filter: WebhookFilterOptions
        @OptionGroup var gateway: GatewayOptions

        func validate() throws {
            guard to == nil, use == nil, filter.members.allSatisfy({ $0.1 == nil }) else { return }
            throw ValidationError("say what to change: --to, --events, --clients, --description, --enable or --disable")
        }

        func run() async throws {
            try await reportingFailure { try await gateway.showWebhook(call) }
        }

        /// The call.
        var call: GatewayCall {
            let own: [(String, JSON?)] = [
                ("url", to.map(JSON.string)), ("enabled", use.map { .bool($0 == .enable) }),
            ]
            return GatewayCall("PATCH", subject.path, body: JSON.object(own + filter.members).bytes)
        }
    }

    /// `purser webhooks deliveries`.
    struct Deliveries: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what a webhook was sent, and is owed, newest event first.",
            discussion: """
                \(GatewayOptions.text)

                  purser webhooks deliveries whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC --status failed

                \(ExitStatus.text)
                """)

        @OptionGroup var subject: WebhookArgument
        @Option(help: "Only in this state: pending, delivered or failed.")
        var status: String?
        @Option(help: "Only events of this order.", transform: ArgumentForm.orderID)
        var order: OrderID?
        @OptionGroup var page: PageOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(call) { answer, colours in
                    DeliveryTable(deliveries: answer.json, now: Date()).text(colours: colours)
                }
            }
        }

        /// The call.
        var call: GatewayCall {
            GatewayCall(
                reading: subject.path + "/deliveries",
                [("status", status), ("order_id", order?.text)] + page.parameters)
        }
    }

    /// `purser webhooks resend`.
    struct Resend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send one event again, or everything that failed since a time.",
            discussion: """
                \(GatewayOptions.text)

                  purser webhooks resend whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1
                  purser webhooks resend whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC --failed-since 2026-05-28

                \(ExitStatus.text)
                """)

        @OptionGroup var subject: WebhookArgument
        @Argument(help: "The event's id, which its receiver knows as `webhook-id`.", transform: Self.eventID)
        var event: Identifier?
        @Option(help: ArgumentHelp("Everything that failed, of events from here on.", valueName: "time"))
        var failedSince: String?
        @OptionGroup var gateway: GatewayOptions

        func validate() throws {
            guard (event == nil) != (failedSince == nil) else {
                throw ValidationError("either an event's id or --failed-since")
            }
        }

        func run() async throws {
            try await reportingFailure {
                if let event {
                    let call = GatewayCall("POST", subject.path + "/deliveries/\(event)/resend")
                    let mustWait = try await mustWait()
                    try await gateway.read(call) { answer, _ in
                        Self.text("\(answer.json["event_id"].cell), \(answer.json["type"].cell)", mustWait: mustWait)
                    }
                } else {
                    let body: JSON = .object([("failed_since", failedSince.map(JSON.string))])
                    let call = GatewayCall("POST", subject.path + "/resend", body: body.bytes)
                    let mustWait = try await mustWait()
                    try await gateway.read(call) { answer, _ in
                        let more = answer.json["has_more"]?.bool == true ? "; there are more, ask again" : ""
                        return Self.text("\(answer.json["resent"].cell)\(more)", mustWait: mustWait)
                    }
                }
            }
        }

        /// Whether the webhook is disabled, so that what is sent again waits; a program is told nothing of it here.
        private func mustWait() async throws -> Bool {
            guard !gateway.json else { return false }
            let call = GatewayCall("GET", subject.path)
            let answer = try await gateway.access.withClient { client in
                do throws(CallFailure) { return try await client.send(call) } catch { throw error.commandFailure }
            }
            guard answer.isGood else { throw CommandFailure(answer.refusalStatus, answer.problemText) }
            return answer.json["status"]?.string == "disabled"
        }

        private static func text(_ what: String, mustWait: Bool) -> String {
            mustWait
                ? "queued: \(what); the webhook is disabled, and is sent nothing until it is enabled\n"
                : "sent again: \(what)\n"
        }

        @Sendable private static func eventID(_ text: String) throws -> Identifier {
            guard let id = Identifier(text, kind: .event) else {
                throw ValidationError("an event's id is evt_ and 26 letters and digits")
            }
            return id
        }
    }
}

/// Which events a receiver is sent, and what it is for.
struct WebhookFilterOptions: ParsableArguments {
    @Option(help: "Only these types, such as order.completed, or families, such as 'order.*'; empty for all.")
    var events: String?
    @Option(help: "Only events of these clients' orders; empty for all.")
    var clients: String?
    @Option(help: "What to remember it by; empty takes it away.")
    var description: String?

    /// The members of a body.
    var members: [(String, JSON?)] {
        [
            ("events", events.map(Self.list)), ("clients", clients.map(Self.list)),
            ("description", description.map(JSON.string)),
        ]
    }

    private static func list(_ text: String) -> JSON { .array(text.split(separator: ",").map { .string(String($0)) }) }
}
