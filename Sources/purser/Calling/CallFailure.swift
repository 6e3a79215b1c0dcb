import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix

/// Why a call has no answer, and whether it may have arrived.
enum CallFailure: Error, Hashable {
    /// No connection stood, so nothing was sent.
    case notReached(String)
    /// The call may have arrived.
    case lost(String)
    /// Something answered, and it is no document of a gateway.
    case unreadable(status: Int)

    /// What the errors of the HTTP client mean. Only those that come before a request is written prove that nothing was
    /// sent; whatever is not known here may have been.
    init(_ error: any Error) {
        switch error {
        case let error as NIOConnectionError: self = .notReached(Self.words(error))
        case let error as IOError where [ECONNREFUSED, ENOENT].contains(error.errnoCode):
            self = .notReached(Self.words(error))
        case let error as IOError: self = .lost(Self.words(error))
        case let error as HTTPClientError: self.init(error)
        case is NIOTooManyBytesError: self = .lost("the answer is too long")
        default:
            let words = "\(error)"
            self = words.hasPrefix("handshakeFailed") ? .notReached("TLS: \(words)") : .lost(words)
        }
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .connectTimeout: self = .notReached("no connection in time")
        case .tlsHandshakeTimeout: self = .notReached("no TLS handshake in time")
        case .deadlineExceeded: self = .lost("no answer in time")
        case .remoteConnectionClosed, .uncleanShutdown: self = .lost("the connection was closed")
        default: self = .lost("\(error)")
        }
    }

    /// No address of the host could be connected to; the last failure speaks for all.
    private static func words(_ error: NIOConnectionError) -> String {
        guard let last = error.connectionErrors.last?.error else { return "there is no such host" }
        return (last as? IOError).map(words) ?? "no connection in time"
    }

    private static func words(_ error: IOError) -> String { String(cString: strerror(error.errnoCode)).lowercased() }

    /// What happened, for a person.
    var words: String {
        switch self {
        case .notReached(let reason): "the gateway cannot be reached: \(reason)"
        case .lost(let reason): "the gateway does not answer: \(reason)"
        case .unreadable(let status): "what answered (status \(status)) is no gateway's answer"
        }
    }

    var commandFailure: CommandFailure {
        CommandFailure(ExitStatus.unreachable, words.terminalText(limit: 1000))
    }
}
