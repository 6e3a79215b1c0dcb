import ArgumentParser
import ExactJSON
import Foundation

/// Which gateway a command calls, and in which form it tells what came of it.
struct GatewayOptions: ParsableArguments {
    /// What the help of each command that calls a gateway says about it.
    static let text = """
        Calls the gateway at PURSER_URL (\(GatewayAddress.standard) where that is not set) with the key in \
        PURSER_API_KEY; `purser keys create` makes one. NO_COLOR turns colours off.
        """

    @OptionGroup var access: GatewayAccess
    @Flag(help: "Print the gateway's JSON as it is, on one line; a problem too.")
    var json = false

    /// A client for the gateway.
    /// - Throws: `CommandFailure` when there is no key, or none that may travel to that address.
    func client(environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandFailure)
        -> GatewayClient
    { try access.client(environment: environment) }

    /// Reads one document and shows it.
    /// - Parameter show: the document for a person, given whether it may have colours.
    /// - Returns: the document.
    @discardableResult
    func read(_ call: GatewayCall, show: (GatewayAnswer, _ colours: Bool) -> String) async throws -> GatewayAnswer {
        let answer = try await document(call)
        guard !json else { return answer }
        try Terminal.output.tell(show(answer, Terminal.output.hasColours))
        return answer
    }

    /// Reads one document; it is printed only where a program wants it as it is.
    func document(_ call: GatewayCall) async throws -> GatewayAnswer {
        let answer = try await access.withClient { client in
            do throws(CallFailure) { return try await client.send(call) } catch { throw error.commandFailure }
        }
        if json { try Terminal.output.tell(output(answer)) }
        guard answer.isGood else { throw CommandFailure(answer.refusalStatus, answer.problemText) }
        guard !json else { return answer }
        guard answer.json.object != nil else { throw GatewayClient.unreadable }
        return answer
    }

    /// A document as it is printed for programs.
    func output(_ answer: GatewayAnswer) -> String {
        answer.line(forTerminal: Terminal.output.isTerminal) + "\n"
    }
}
