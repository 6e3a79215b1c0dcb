import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A raw TCP server on loopback that answers exactly the bytes it is told, breaks connections in every way there is, and
/// counts what it was sent. It knows nothing of HTTP beyond where a request ends.
public final class ScriptedServer: Sendable {
    /// What the server does with one connection.
    public enum Act: Sendable {
        /// Writes the bytes and closes in peace.
        case answer([UInt8])
        /// Writes the bytes and waits for the next request on the same connection.
        case answerAndKeep([UInt8])
        /// Writes the bytes and then says nothing more until the client goes.
        case answerAndHang([UInt8])
        /// Writes the bytes, then resets the connection.
        case answerAndReset([UInt8])
        /// Writes the first bytes, then the second ones again and again until the client goes.
        case flood(first: [UInt8], again: [UInt8])
        /// Writes the bytes one by one, 20 ms apart, until the client goes.
        case drip([UInt8])
    }

    /// A request as it arrived.
    public struct Request: Sendable, Hashable {
        public let method: String
        /// Path and query, as they stood in the request line.
        public let target: String
        /// Names in lower case.
        public let headers: [String: String]
        public let body: [UInt8]

        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// When the server stops minding the connection.
    public enum Moment: Sendable {
        /// Before a byte was read.
        case accepted(Act)
        /// After a whole request was read.
        case read(@Sendable (Request) -> Act)
    }

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var open: Set<Int32> = []
        var isStopped = false
    }

    /// `http://127.0.0.1:PORT`.
    public let url: String
    /// `https://127.0.0.1:PORT`; what answers there is no TLS.
    public var tlsURL: String { url.replacingOccurrences(of: "http:", with: "https:") }

    private let listener: Int32
    private let state = Mutex(State())

    /// Every request that arrived whole, in order.
    public var requests: [Request] { state.withLock { $0.requests } }
    /// How many connections were accepted.
    public var connections: Int { state.withLock { $0.connections } }

    /// A server that answers every request as the closure says.
    public convenience init(answering answer: @escaping @Sendable (Request) -> Act) throws {
        try self.init(at: .read(answer))
    }

    public init(at moment: Moment) throws {
        (listener, url) = try Self.boundSocket()
        guard listen(listener, 64) == 0 else { throw POSIXError(.EADDRINUSE) }
        Thread.detachNewThread { [self] in acceptAll(moment) }
    }

    /// An address at which connections are refused: its port is taken and nobody listens.
    public static func refusingURL() throws -> String { try boundSocket().url }

    /// Closes every connection and stops listening.
    public func stop() {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private static func boundSocket() throws -> (Int32, url: String) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
            }
        }
        guard result == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        return (descriptor, "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))")
    }

    private func acceptAll(_ moment: Moment) {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let isWanted = state.withLock { state in
                state.connections += 1
                guard !state.isStopped else { return false }
                state.open.insert(descriptor)
                return true
            }
            guard isWanted else {
                close(descriptor)
                continue
            }
            Thread.detachNewThread { [self] in
                serve(ScriptedConnection(descriptor), moment)
                state.withLock { _ = $0.open.remove(descriptor) }
                close(descriptor)
            }
        }
        close(listener)
    }

    private func serve(_ connection: ScriptedConnection, _ moment: Moment) {
        switch moment {
        case .accepted(let act): _ = connection.perform(act)
        case .read(let answer):
            while let request = connection.readRequest() {
                state.withLock { $0.requests.append(request) }
                guard connection.perform(answer(request)) else { return }
            }
        }
    }
}

extension ScriptedServer.Act {
    /// Closes in peace without a byte.
    public static var close: Self { .answer([]) }
    /// Says nothing.
    public static var hang: Self { .answerAndHang([]) }
    /// Resets the connection without a byte.
    public static var reset: Self { .answerAndReset([]) }

    /// A well-framed answer, after which the connection may be used again.
    public static func http(
        _ status: Int, _ body: String, headers: [String: String] = ["Content-Type": "application/json"]
    ) -> Self {
        .answerAndKeep(Self.bytes(status, body, headers: headers))
    }

    /// The bytes of a well-framed answer.
    public static func bytes(
        _ status: Int, _ body: String, headers: [String: String] = ["Content-Type": "application/json"]
    ) -> [UInt8] {
        let lines = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        return Array("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\(lines)\r\n\(body)".utf8)
    }
}
