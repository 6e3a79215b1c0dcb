import ArgumentParser
import Foundation
import Purchasing
import UnixSignals

/// `purser buy`: buys once, whatever happens on the way.
struct BuyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "buy",
        abstract: "Buy, once for each key, and wait until the goods are ready.",
        discussion: """
            \(GatewayOptions.text) The order is given by options or as a JSON body.

              purser buy --product isp --country us --quantity 20 --months 1 --max-total 150
              purser buy --body order.json --key crawler-2026-05-28-001

            Prints the idempotency key on standard error before anything is sent. Whatever interrupts it, the same command \
            with that --key finds the order or sends it once more under the same key; nothing is bought twice. Ctrl-C \
            withdraws nothing. Connections that fail, and answers that say so, are tried again with the same key until \
            the timeout; a gateway that was never reached for \(Int(Purchase.reachPatience.seconds)) s.

            Of a purchase, 0 means bought (or taken, with --no-wait), 1 certainly not bought by this call, 2 and 3 that \
            nothing was sent, 4 that it is not known or not decided yet: go on with --key. A signal ends it with 128 and \
            its number.

            \(ExitStatus.text)
            """)

    @OptionGroup var gateway: GatewayOptions
    @Option(help: "The idempotency key of this purchase; without one, a new key and a new purchase.")
    var key: String?
    @Option(help: "How long to try and to wait. (default: 15m)", transform: BuyCommand.duration)
    var timeout = Duration.seconds(900)
    @Flag(help: "Return as soon as the gateway has taken the order.")
    var noWait = false
    @OptionGroup(title: "What to buy") var order: OrderOptions

    func validate() throws {
        guard let key else { return }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), key.first != "\""
        else { throw ValidationError("--key has 1 to 255 visible ASCII characters and no quote at its start") }
    }

    func run() async throws {
        try await reportingFailure {
            let body = try order.body()
            let client = try gateway.client()
            do {
                try await buy(body, client)
            } catch {
                await client.close()
                throw error
            }
            await client.close()
        }
    }

    private func buy(_ body: [UInt8], _ client: GatewayClient) async throws {
        let key = key ?? "buy-\(UUID().uuidString.lowercased())"
        let announcement = "key \(key); if this is interrupted, run the same command again with --key \(key)"
        guard Terminal.error.report(announcement) || self.key != nil else {
            throw CommandFailure(ExitStatus.refused, "the key could not be printed, so nothing was sent")
        }
        let progress = PurchaseProgress(isTerminal: Terminal.error.isTerminal, timepiece: .system)
        let purchase = Purchase(
            key: key, body: body, timeout: timeout, waits: !noWait, gateway: client, timepiece: .system,
            progress: progress)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let watch = Task { for await signal in signals { Self.leave(on: signal, key, progress) } }
        let count = Task { await progress.count() }
        let ending = await purchase.run()
        watch.cancel()
        count.cancel()
        await count.value
        progress.end()
        try show(ending, key)
    }

    /// Ends the process; what was sent goes on without it.
    private static func leave(on signal: UnixSignal, _ key: String, _ progress: PurchaseProgress) -> Never {
        progress.end()
        let order = progress.orderID.map { "order \($0), " } ?? ""
        Terminal.error.report("stopped waiting; what was sent is not withdrawn\n\(order)go on with --key \(key)")
        _exit(ExitStatus.stopped(by: signal.number).rawValue)
    }

    private func show(_ ending: PurchaseEnding, _ key: String) throws {
        let status = ending.exitStatus(waits: !noWait)
        Terminal.error.report(ending.trouble)
        if status == ExitStatus.unsettled { Terminal.error.report("go on with --key \(key)") }
        // Whether the words were read changes nothing about the money, which is what the status tells of.
        if let output = output(of: ending), !Terminal.output.write(output) {
            Terminal.error.report("standard output did not take this:\n\(output)")
        }
        guard status == .success else { throw status }
    }

    /// What is printed; nil when there is nothing but trouble.
    private func output(of ending: PurchaseEnding) -> String? {
        if gateway.json { return ending.document.map(gateway.output) }
        guard case .order(let answer, _) = ending else { return nil }
        let standing = OrderStanding(answer.json)
        return "\(standing.line)\n" + standing.notes.map { "  \($0)\n" }.joined()
    }

    @Sendable private static func duration(_ text: String) throws -> Duration {
        guard let duration = Duration(settingText: text), duration <= .seconds(604_800) else {
            throw ValidationError("expected a duration such as 90s (ms, s, m, h or d), 7 days at most")
        }
        return duration
    }
}

extension UnixSignal {
    /// The number that the system gives the signal; of those that are trapped here.
    fileprivate var number: Int32 { self == .sigint ? SIGINT : SIGTERM }
}
