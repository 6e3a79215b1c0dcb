import ArgumentParser
import Foundation
import Purchasing

/// Which gateway a command calls, and with which key.
struct GatewayAccess: ParsableArguments {
    @Option(help: "The gateway's address. (default: PURSER_URL, else \(GatewayAddress.standard))")
    var url: String?
    @Flag(help: "Send the key over plain http to another machine, where whoever is on the way can read it.")
    var insecure = false

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

    /// Makes a client for the length of a closure.
    /// - Throws: what the closure throws; `CommandFailure` when there is no key, or none that may travel.
    func withClient<Result>(_ work: (GatewayClient) async throws -> Result) async throws -> Result {
        let client = try client()
        do {
            let result = try await work(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }
}
