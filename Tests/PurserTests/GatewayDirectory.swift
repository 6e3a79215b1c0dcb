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

/// A caller that sends half a request and then nothing.
struct HalfSentRequest {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
        let head = "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"
        try #require(send(descriptor, head, head.utf8.count, 0) == head.utf8.count)
    }

    func close() { _ = Foundation.close(descriptor) }
}
