import Foundation
import Testing

/// A directory with a configuration whose one vendor nobody can reach, and with the database of whatever runs there.
final class GatewayDirectory: Sendable {
    static let environment = ["CANARY_KEY": "canary-key"]

    private let directory: TemporaryDirectory
    var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        try configure(port: 0)
    }

    /// Writes the configuration.
    func configure(port: Int) throws {
        let key = try directory.file("key", "canary-key")
        _ = try directory.file(
            "purser.yaml",
            """
            http: { port: \(port) }
            logging: { format: json }
            vendors: { a: { kind: legacy, base_url: "http://127.0.0.1:1", api_key: { file: \(key) } } }
            """)
    }

    /// Runs a command here to its end.
    func run(_ arguments: String...) async throws -> Program.Result {
        let program = try RunningProgram(arguments, in: path)
        let status = await program.status()
        return Program.Result(status: status, output: program.output.text, error: program.error.text)
    }

    /// Starts a gateway and waits until it listens.
    func serve(environment: [String: String] = [:]) async throws -> RunningProgram {
        let server = try RunningProgram(["serve"], environment: environment, in: path)
        #expect(await server.error.contains("purser is listening on http://127.0.0.1:"), "\(server.error.text)")
        return server
    }

    /// The port that a gateway says it listens on.
    func port(of server: RunningProgram) -> Int? {
        server.error.text.firstMatch(of: /listening on http:\/\/127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) }
    }
}
