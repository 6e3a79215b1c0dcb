import ArgumentParser
import ExactJSON
import Foundation
import Purchasing

/// `purser webhooks`: who is sent events.
struct WebhooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks",
        abstract: "Set up who is sent events, and see what became of each.",
        discussion: """
            \(GatewayOptions.text) Auditors may list; the rest is for operators.

              purser webhooks create https://hooks.example.com/purser --events 'order.*' --clients crawler
              purser webhooks deliveries whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC --status failed

            Where events may be sent says `webhooks.allowed_hosts` in the gateway's configuration; docs/webhooks.md has how \
            to verify a signature.

            \(ExitStatus.text)
            """,
        subcommands: [
            List.self, Create.self, Show.self, Update.self, Delete.self, Rotate.self, Test.self, Deliveries.self,
            Resend.self,
        ])
}

/// Which receiver a command is about.
struct WebhookArgument: ParsableArguments {
    @Argument(help: "The webhook's id.", transform: Self.id)
    var webhook: Identifier

    /// Its path.
    var path: String { "/webhooks/\(webhook)" }

    @Sendable private static func id(_ text: String) throws -> Identifier {
        guard let id = Identifier(text, kind: .webhook) else {
            throw ValidationError("a webhook's id is whk_ and 26 letters and digits")
        }
        return id
    }
}

extension WebhooksCommand {
    /// `purser webhooks list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List every webhook, without its secret.",
            discussion: """
                \(GatewayOptions.text)

                  purser webhooks list

                \(ExitStatus.text)
                """)

        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                try await gateway.read(GatewayCall("GET", "/webhooks")) { answer, colours in
                    WebhookTable(webhooks: answer.json, now: Date()).text(colours: colours)
                }
            }
        }
    }

    /// `purser webhooks show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one webhook, and how it does.",
            discussion: """
                \(GatewayOptions.text)

                  purser webhooks show whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC

                \(ExitStatus.text)
                """)

        @OptionGroup var subject: WebhookArgument
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure { try await gateway.showWebhook(GatewayCall("GET", subject.path)) }
        }
    }

    /// `purser webhooks delete`.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget a webhook, and what it is owed.",
            discussion: """
                \(GatewayOptions.text) \(ConsentOptions.text)

                  purser webhooks delete whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC

                \(ExitStatus.text)
                """)

        @OptionGroup var subject: WebhookArgument
        @OptionGroup var consent: ConsentOptions
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                let deed = "forget webhook \(subject.webhook)"
                try await Consent(isGiven: consent.yes).require(to: deed) {
                    "\(deed.prefix(1).uppercased())\(deed.dropFirst())? What it is owed is never sent."
                }
                try await gateway.showWebhook(GatewayCall("DELETE", subject.path))
            }
        }
    }

    /// `purser webhooks rotate`.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace the secret of a webhook, and print the new one, once.",
            discussion: """
                \(GatewayOptions.text)

                  purser webhooks rotate whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC --keep-old-for-hours 48

                \(ExitStatus.text)
                """)

        @OptionGroup var subject: WebhookArgument
        @Option(help: "For how many hours the old secret signs, too, 0 to 168. (default: 24)")
        var keepOldForHours: Int?
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                let body: JSON = .object([("keep_old_for_hours", keepOldForHours.map(JSON.int))])
                try await gateway.showWebhook(GatewayCall("POST", subject.path + "/rotate-secret", body: body.bytes))
            }
        }
    }

    /// `purser webhooks test`.
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a made-up event now, and say what came of it.",
            discussion: """
                \(GatewayOptions.text) The status is 1 when it was not taken.

                  purser webhooks test whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC

                \(ExitStatus.text)
                """)

        @OptionGroup var subject: WebhookArgument
        @OptionGroup var gateway: GatewayOptions

        func run() async throws {
            try await reportingFailure {
                let answer = try await gateway.read(GatewayCall("POST", subject.path + "/test")) { answer, _ in
                    Sheet(lines: [
                        ("event", answer.json["event_id"].cell), ("delivered", answer.json["delivered"].cell),
                        ("status", answer.json["status"].cell), ("error", answer.json["error"].cell),
                        ("took", "\(answer.json["took_ms"].cell) ms"),
                    ]).text
                }
                guard answer.json["delivered"]?.bool == true else { throw ExitStatus.failure }
            }
        }
    }
}

extension GatewayOptions {
    /// Makes a call whose answer is a webhook, and shows it.
    func showWebhook(_ call: GatewayCall) async throws {
        let answer = try await read(call) { answer, _ in WebhookSheet(webhook: answer.json).text }
        guard answer.json["secret"]?.string != nil else { return }
        Terminal.error.report("keep the secret now, where the receiver reads it: it is shown this once")
    }
}
