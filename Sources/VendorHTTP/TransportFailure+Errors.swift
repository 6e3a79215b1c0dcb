import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// What the errors of the HTTP client (async-http-client 1.37) and of NIO mean here. Each of these lists was made by
/// reading where the client throws; whatever is on none of them is `lost`.
extension TransportFailure {
    /// - Parameter provesNothingLeft: whether the body was withheld, so that it can never have left.
    init(_ error: any Error, provesNothingLeft: Bool) {
        if provesNothingLeft, let reason = NotSent(error) {
            self = .notSent(reason)
        } else {
            self = .lost(Loss(error))
        }
    }

    /// The failure of a call that may change something and has no body that could have been withheld.
    init(ofBodiless error: any Error) {
        if let reason = NotSent(ofBodiless: error) {
            self = .notSent(reason)
        } else {
            self = .lost(Loss(error))
        }
    }
}

extension TransportFailure.NotSent {
    /// The reason, when the error can come from nothing but a connection that was never there: a time-out, an unreachable
    /// host or a broken TLS can also end one on which the request has left.
    init?(ofBodiless error: any Error) {
        switch error {
        case let error as IOError:
            switch error.errnoCode {
            case ECONNREFUSED, EMFILE, ENFILE: self.init(error)
            default: return nil
            }
        case let error as HTTPClientError where error == .deadlineExceeded || error == .cancelled: return nil
        case is HTTPClientError, is NIOConnectionError, is SocketAddressError, is SocketAddressError.UnknownHost,
            ChannelError.connectTimeout:
            self.init(error)
        default: return nil
        }
    }

    /// The reason, when the error is one of those that come before a request is written.
    ///
    /// A connection that closes or resets is none of them, asked or not: the head of the request may have been read.
    init?(_ error: any Error) {
        switch error {
        case let error as IOError: self.init(errno: error.errnoCode)
        case let error as NIOConnectionError: self.init(error)
        case let error as HTTPClientError: self.init(error)
        case is SocketAddressError, is SocketAddressError.UnknownHost: self = .nameNotResolved
        case ChannelError.connectTimeout: self = .connectTimeout
        default:
            guard isFromTLS(error) else { return nil }
            self = .tlsFailed
        }
    }

    private init?(errno: Int32) {
        switch errno {
        case ECONNREFUSED: self = .connectionRefused
        case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL: self = .hostUnreachable
        case ETIMEDOUT: self = .connectTimeout
        case EMFILE, ENFILE, ENOBUFS: self = .outOfDescriptors
        default: return nil
        }
    }

    /// A host by name: either its name was not found, or every address of it failed; the last failure speaks for all.
    private init?(_ error: NIOConnectionError) {
        if let last = error.connectionErrors.last {
            self.init(last.error)
        } else {
            self = error.dnsAError == nil && error.dnsAAAAError == nil ? .connectTimeout : .nameNotResolved
        }
    }

    private init?(_ error: HTTPClientError) {
        switch error {
        case .connectTimeout: self = .connectTimeout
        case .tlsHandshakeTimeout: self = .tlsFailed
        case .getConnectionFromPoolTimeout, .deadlineExceeded: self = .noConnectionInTime
        case .alreadyShutdown, .cancelled: self = .clientClosed
        case .invalidURL, .emptyHost, .emptyScheme, .traceRequestWithBody: self = .requestNotBuilt
        default:
            switch error.shortDescription {
            case HTTPClientError.invalidHeaderFieldNames([]).shortDescription,
                HTTPClientError.invalidHeaderFieldValues([]).shortDescription,
                HTTPClientError.unsupportedScheme("").shortDescription:
                self = .requestNotBuilt
            case HTTPClientError.serverOfferedUnsupportedApplicationProtocol("").shortDescription:
                self = .tlsFailed
            default: return nil
            }
        }
    }
}

extension TransportFailure.Loss {
    init(_ error: any Error) {
        switch error {
        case is HTTPParserError, is NIOHTTPDecoderError: self = .malformedAnswer
        case is NIOTooManyBytesError: self = .bodyTooLarge
        case is CancellationError: self = .canceled
        case is IOError, is ChannelError, is NIOConnectionError: self = .connectionLost
        case let error as HTTPClientError: self.init(error)
        default: self = isFromTLS(error) ? .connectionLost : .unrecognized
        }
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .deadlineExceeded, .readTimeout, .writeTimeout: self = .deadline
        case .remoteConnectionClosed, .uncleanShutdown, .requestStreamCancelled, .connectTimeout,
            .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .cancelled:
            self = .connectionLost
        default: self = .unrecognized
        }
    }
}

/// Whether an error comes from the TLS library, whose errors have many types: whichever it is, TLS has failed.
private func isFromTLS(_ error: any Error) -> Bool {
    String(reflecting: type(of: error)).hasPrefix("NIOSSL.")
}
