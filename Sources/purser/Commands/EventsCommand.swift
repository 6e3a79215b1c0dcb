import ArgumentParser
import ExactJSON
import Foundation
import Purchasing

/// `purser events`: what happened to every order and action.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Print every event of every order, in the order in which they were committed.",
        discussion: """
            \(GatewayOptions.text)

              purser events --type order.completed,order.failed
              purser events --follow --after latest
              purser events --follow --json | my-program

            With --follow it goes on as events are committed, until it is interrupted; where the connection is lost it is taken up \
            again, and no event is missed or printed twice.

            \(ExitStatus.text)
            """)

    @Flag(help: "Go on with what is committed from now on.")
    var follow = false
    @Option(
        help: ArgumentHelp("Only what came behind this event; latest: only what comes from now on.", valueName: "event")
    )
    var after: String?
    @Option(help: ArgumentHelp("Only events of these types, with commas between.", valueName: "types"))
    var type: String?
    @Option(help: "Only events of this order.", transform: ArgumentForm.orderID)
    var order: OrderID?
    @Option(help: "Only events of this client's orders; for auditors and operators.")
    var client: String?
    @Flag(help: "Print each event's JSON on a line.")
    var json = false
    @OptionGroup var gateway: GatewayAccess

    func run() async throws {
        try await reportingFailure {
            try await gateway.withClient { client in
                let feed = EventFeed(parameters: parameters, client: client)
                if follow {
                    try await feed.follow(after: after) { event throws(CommandFailure) in
                        try print(event)
                        return true
                    }
                } else {
                    try await feed.list(after: after, print)
                }
            }
        }
    }

    private var parameters: [(name: String, value: String?)] {
        [("type", type), ("order_id", order?.text), ("client", client)]
    }

    private func print(_ event: JSON) throws(CommandFailure) {
        let line = json ? event.text : EventLine(event).text
        try Terminal.output.tell((Terminal.output.isTerminal ? line.terminalText(limit: 1000) : line) + "\n")
    }
}

/// An event on one line for a person.
struct EventLine {
    let text: String

    init(_ event: JSON) {
        let actor = event["actor"]
        let subject = event["action_id"]?.string ?? event["order_id"].cell
        // What came back, or what was charged.
        let money = event["data"]?["amount"]?.object == nil ? event["data"]?["total"] : event["data"]?["amount"]
        text =
            ([
                event["at"].cell, subject, event["type"].cell, event["cause"].cell,
                "\((actor?["kind"]).cell) \((actor?["name"]).cell)",
            ] + (money?.object == nil ? [] : [money.moneyCell])).joined(separator: "  ")
    }
}
