import AsyncHTTPClient
import ExactJSON
import Foundation
import NIOCore
import NIOHTTP1
import Purchasing

/// Calls a gateway's API for the commands: over the network with a key, or over the socket beside its database.
struct GatewayClient: Sendable {
    /// An answer: its status, its header fields, and its document.
    struct Answer: Sendable {
        let status: Int
        let json: JSON

        /// The document of a good answer.
        /// - Throws: `CommandFailure` with what the gateway says is wrong.
        func successful() throws(CommandFailure) -> JSON {
            guard !(200...299).contains(status) else { return json }
            let faults = (json["errors"]?.array ?? []).compactMap { $0["detail"]?.string.map { ": \($0)" } }.joined()
            let detail = json["detail"]?.string ?? json["title"]?.string ?? "status \(status)"
            throw CommandFailure(ExitStatus.failure, (detail + faults).terminalText(limit: 1000))
        }
    }

    static let unreadable = CommandFailure(ExitStatus.failure, "the gateway's answer cannot be read")

    private let base: String
    /// The `Host` to send where the URL names none.
    private let host: String?
    private let key: Secret?
    private let http: HTTPClient

    /// A gateway on the network.
    init(url: String, key: Secret) { self.init(base: url, host: nil, key: key) }

    /// The gateway that has a database open; it needs no key.
    init(socket: LocalSocket) {
        let path = socket.path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? socket.path
        self.init(base: "http+unix://\(path)", host: "localhost", key: nil)
    }

    private init(base: String, host: String?, key: Secret?) {
        self.base = base
        self.host = host
        self.key = key
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(3)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Makes a call, once.
    /// - Parameter limit: how long it may take.
    /// - Throws: `CommandFailure` when there is no answer that can be read.
    func call(
        _ method: String, _ path: String, body: JSON? = nil, headers: [(String, String)] = [],
        limit: TimeAmount = .seconds(70)
    ) async throws(CommandFailure) -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = HTTPMethod(rawValue: method)
        request.headers = HTTPHeaders(headers)
        if let host { request.headers.add(name: "host", value: host) }
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key.revealed)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(body.bytes, length: .known(Int64(body.bytes.count)))
        }
        do {
            let response = try await http.execute(request, timeout: limit)
            let bytes = try await response.body.collect(upTo: 1 << 22)
            return Answer(
                status: Int(response.status.code), json: try JSON(parsing: Array(bytes.readableBytesView), as: .answer))
        } catch is JSONError {
            throw Self.unreadable
        } catch {
            throw CommandFailure(ExitStatus.failure, "the gateway does not answer: \(error)")
        }
    }

    /// Closes the connections; calls in flight are lost.
    func close() async {
        do { try await http.shutdown() } catch {
            // It was closed before; there is nothing left to close.
        }
    }
}
