import ArgumentParser
import ExactJSON
import Foundation
import Purchasing

/// Which gateway a command calls, and in which form it tells what came of it.
struct GatewayOptions: ParsableArguments {
    /// What the help of each command that calls a gateway says about it.
    static let text = """
        Calls the gateway at PURSER_URL (\(GatewayAddress.standard) where that is not set) with the key in \
        PURSER_API_KEY; `purser keys create` makes one. NO_COLOR turns colours off.
        """

    @Option(help: "The gateway's address. (default: PURSER_URL, else \(GatewayAddress.standard))")
    var url: String?
    @Flag(help: "Send the key over plain http to another machine, where whoever is on the way can read it.")
    var insecure = false
    @Flag(help: "Print the gateway's JSON as it is, on one line; a problem too.")
    var json = false

    /// A client for the gateway.
    /// - Throws: `CommandFailure` when there is no key, or none that may travel to that address.
    func client(environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandFailure)
        -> GatewayClient
    {
        let told = environment["PURSER_URL"].flatMap { $0.isEmpty ? nil : $0 }
        let address = try GatewayAddress(url ?? told ?? GatewayAddress.standard)
        let key = environment["PURSER_API_KEY"] ?? ""
        guard !key.isEmpty else { throw Self.keyMissing }
        guard key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CommandFailure(
                ExitStatus.refused, "PURSER_API_KEY holds something else than a key: it has blanks or other characters")
        }
        guard address.isPrivate || insecure else {
            throw CommandFailure(
                ExitStatus.refused,
                "the key is not sent over plain http to another machine: use https, or --insecure to do it all the same"
            )
        }
        return GatewayClient(url: address.url, key: Secret(key))
    }

    private static let keyMissing = CommandFailure(
        ExitStatus.refused,
        """
        PURSER_API_KEY is not set. Where the gateway's purser.yaml is, make a key:
          export PURSER_API_KEY=$(purser keys create --config purser.yaml --client NAME --role buyer)
        """)

    /// Reads one document and shows it.
    /// - Parameter show: the document for a person, given whether it may have colours.
    func read(_ call: GatewayCall, show: (GatewayAnswer, _ colours: Bool) -> String) async throws {
        let client = try client()
        let answer: GatewayAnswer
        do throws(CallFailure) {
            answer = try await client.send(call)
        } catch {
            await client.close()
            throw error.commandFailure
        }
        await client.close()
        if json { try Terminal.output.tell(output(answer)) }
        guard answer.isGood else { throw CommandFailure(answer.refusalStatus, answer.problemText) }
        guard !json else { return }
        guard answer.json.object != nil else { throw GatewayClient.unreadable }
        try Terminal.output.tell(show(answer, Terminal.output.hasColours))
    }

    /// A document as it is printed for programs.
    func output(_ answer: GatewayAnswer) -> String {
        answer.line(forTerminal: Terminal.output.isTerminal) + "\n"
    }
}
