import ArgumentParser
import Foundation
import Purchasing
import UnixSignals

/// Under which key a command changes something, and how long it waits for what comes of it.
struct SubmissionOptions: ParsableArguments {
    /// What the help of each command that changes something says about it.
    static let text = """
        Prints the idempotency key on standard error before anything is sent. Whatever interrupts it, the same command \
        with that --key finds what it made or sends it once more under the same key; nothing is done twice. Ctrl-C \
        withdraws nothing. Connections that fail, and answers that say so, are tried again with the same key until \
        the timeout; a gateway that was never reached for \(Int(Submission.reachPatience.seconds)) s.
        """

    /// What the exit statuses of a command mean that changes what was bought.
    static let actionStatusText = """
        Of an action, 0 means done (or taken, with --no-wait), 1 certainly not done by this call, 2 and 3 that nothing \
        was sent, 4 that it is not known or not decided yet: go on with --key. A signal ends it with 128 and its number.
        """

    @Option(help: "The idempotency key of an earlier try, to go on with it; without one, a new key and a new try.")
    var key: String?
    @Option(help: "How long to try and to wait. (default: 15m)", transform: SubmissionOptions.duration)
    var timeout = Duration.seconds(900)
    @Flag(help: "Return as soon as the gateway has taken it.")
    var noWait = false
    @Flag(help: "Go on trying while an operator has paused buying, too; else that is told at once.")
    var waitForBuying = false

    func validate() throws {
        guard let key else { return }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), key.first != "\""
        else { throw ValidationError("--key has 1 to 255 visible ASCII characters and no quote at its start") }
    }

    /// Sends a change, waits for what comes of it, and shows that.
    /// - Throws: the exit status, when it is not that of success; `CommandFailure` when nothing was sent.
    func submit(_ change: Change, through client: GatewayClient, for gateway: GatewayOptions) async throws {
        let key = key ?? change.newKey
        let announcement = "key \(key); if this is interrupted, run the same command again with --key \(key)"
        guard Terminal.error.report(announcement) || self.key != nil else {
            throw CommandFailure(ExitStatus.refused, "the key could not be printed, so nothing was sent")
        }
        let progress = SubmissionProgress(
            of: change.undertaking, isTerminal: Terminal.error.isTerminal, timepiece: .system)
        let submission = Submission(
            change: change, key: key, timeout: timeout, waits: !noWait, waitsForBuying: waitForBuying,
            gateway: client, timepiece: .system, progress: progress)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let watch = Task {
            for await signal in signals { Self.leave(on: signal, change.undertaking, key, progress) }
        }
        let count = Task { await progress.count() }
        let ending = await submission.run()
        watch.cancel()
        count.cancel()
        await count.value
        progress.end()
        try show(ending, of: change.undertaking, key, for: gateway)
    }

    /// Ends the process; what was sent goes on without it.
    private static func leave(
        on signal: UnixSignal, _ undertaking: Undertaking, _ key: String, _ progress: SubmissionProgress
    ) -> Never {
        progress.end()
        let made = progress.id.map { "\(undertaking.noun) \($0), " } ?? ""
        Terminal.error.report("stopped waiting; what was sent is not withdrawn\n\(made)go on with --key \(key)")
        _exit(ExitStatus.stopped(by: signal.number).rawValue)
    }

    private func show(
        _ ending: SubmissionEnding, of undertaking: Undertaking, _ key: String, for gateway: GatewayOptions
    ) throws {
        let status = ending.exitStatus(of: undertaking, waits: !noWait)
        Terminal.error.report(ending.trouble(of: undertaking))
        if status == ExitStatus.unsettled { Terminal.error.report("go on with --key \(key)") }
        // Whether the words were read changes nothing about the money, which is what the status tells of.
        if let output = output(of: ending, undertaking, for: gateway), !Terminal.output.write(output) {
            Terminal.error.report("standard output did not take this:\n\(output)")
        }
        guard status == .success else { throw status }
    }

    /// What is printed; nil when there is nothing but trouble.
    private func output(of ending: SubmissionEnding, _ undertaking: Undertaking, for gateway: GatewayOptions) -> String?
    {
        if gateway.json { return ending.document.map(gateway.output) }
        guard case .reached(let answer, _) = ending else { return nil }
        let standing = undertaking.standing(answer.json)
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
