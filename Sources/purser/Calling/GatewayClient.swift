import AsyncHTTPClient
import ExactJSON
import Foundation
import NIOCore
import NIOHTTP1
import Purchasing

/// Calls a gateway's API for the commands: over the network with a key, or over the socket beside its database.
struct GatewayClient: GatewayCalling {
    static let unreadable = CommandFailure(ExitStatus.unreachable, "the gateway's answer cannot be read")

    /// The longest answer that is read, in bytes.
    private static let longestAnswer = 1 << 26

    private let base: String
    /// The `Host` to send where the URL names none.
    private let host: String?
    private let key: Secret?
    private let http: HTTPClient

    /// The id of the key that it calls with, which is no secret; nil without a key, and for what is none of Purser's.
    var keyID: String? { key.flatMap { KeyToken.keyID(in: $0.revealed) } }

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
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(3), read: .seconds(90)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func send(_ call: GatewayCall) async throws(CallFailure) -> GatewayAnswer {
        do {
            let response = try await http.execute(request(call), timeout: TimeAmount(call.limit))
            return try await answer(response)
        } catch let failure as CallFailure {
            throw failure
        } catch {
            throw CallFailure(error)
        }
    }

    private func request(_ call: GatewayCall) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + call.path)
        request.method = HTTPMethod(rawValue: call.method)
        request.headers = HTTPHeaders(call.headers)
        request.headers.add(name: "user-agent", value: "purser/\(Purser.version)")
        if let host { request.headers.add(name: "host", value: host) }
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key.revealed)") }
        if let body = call.body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(body, length: .known(Int64(body.count)))
        }
        return request
    }

    private func answer(_ response: HTTPClientResponse) async throws -> GatewayAnswer {
        let bytes = Array(try await response.body.collect(upTo: Self.longestAnswer).readableBytesView)
        return try GatewayAnswer(
            status: Int(response.status.code), bytes: bytes,
            retryAfter: response.headers.first(name: "retry-after").flatMap { Int($0) },
            isReplay: response.headers.first(name: "idempotent-replayed") == "true")
    }

    /// Reads a list as it comes: a piece is asked for when the one before was taken.
    /// - Parameters:
    ///   - media: the media type that the list has to have.
    ///   - take: takes a piece; what it throws ends the transfer.
    /// - Returns: how many proxies were ordered, where it is a list of those and the gateway says so.
    /// - Throws: `CommandFailure` when the gateway refuses, when there is no list, or when it broke off.
    func download(
        _ call: GatewayCall, as media: String, _ take: ([UInt8]) throws(CommandFailure) -> Void
    ) async throws(CommandFailure) -> Int? {
        let response: HTTPClientResponse
        do throws(CallFailure) { response = try await list(call, as: media) } catch { throw error.commandFailure }
        guard response.status == .ok else {
            let answer: GatewayAnswer
            do { answer = try await self.answer(response) } catch {
                throw ((error as? CallFailure) ?? CallFailure(error)).commandFailure
            }
            throw CommandFailure(answer.refusalStatus, answer.problemText)
        }
        var pieces = response.body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do { piece = try await pieces.next() } catch { throw Self.brokenOff }
            guard let piece else { break }
            try take(Array(piece.readableBytesView))
        }
        // A body that ends where its connection ends may have ended anywhere.
        guard response.hasMarkedEnd else { throw Self.brokenOff }
        return response.headers.first(name: "x-proxies-ordered").flatMap { Int($0) }
    }

    private static let brokenOff = CommandFailure(
        ExitStatus.unreachable, "the list broke off before its end; what was printed is not the whole list")

    private func list(_ call: GatewayCall, as media: String) async throws(CallFailure) -> HTTPClientResponse {
        let response: HTTPClientResponse
        do { response = try await http.execute(request(call), timeout: TimeAmount(call.limit)) } catch {
            throw CallFailure(error)
        }
        let told = response.headers.first(name: "content-type")?.prefix { $0 != ";" && $0 != " " }
        guard response.status != .ok || told?.lowercased() == media else { throw .unreadable(status: 200) }
        return response
    }

    /// Makes a call, once, for a command that needs nothing but its document.
    /// - Throws: `CommandFailure` when there is no answer that can be read.
    func call(
        _ method: String, _ path: String, body: JSON? = nil, headers: [(String, String)] = []
    ) async throws(CommandFailure) -> GatewayAnswer {
        do throws(CallFailure) {
            return try await send(GatewayCall(method, path, body: body?.bytes, headers: headers))
        } catch {
            throw error.commandFailure
        }
    }

    /// Closes the connections; calls in flight are lost.
    func close() async {
        do { try await http.shutdown() } catch {
            // It was closed before; there is nothing left to close.
        }
    }
}

extension HTTPClientResponse {
    /// Whether the body says itself where it ends.
    fileprivate var hasMarkedEnd: Bool {
        headers.contains(name: "content-length")
            || headers[canonicalForm: "transfer-encoding"].last?.lowercased() == "chunked"
    }
}
