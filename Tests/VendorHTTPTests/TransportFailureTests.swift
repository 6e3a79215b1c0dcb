import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Purchasing
import Testing

@testable import VendorHTTP

struct `A transport failure` {
    /// Errors that come before anything is written, and the word for each.
    static let unsent: [(any Error & Sendable, TransportFailure.NotSent)] = [
        (IOError(errnoCode: ECONNREFUSED, reason: "connect"), .connectionRefused),
        (IOError(errnoCode: ENETUNREACH, reason: "connect"), .hostUnreachable),
        (IOError(errnoCode: EHOSTUNREACH, reason: "connect"), .hostUnreachable),
        (IOError(errnoCode: ETIMEDOUT, reason: "connect"), .connectTimeout),
        (IOError(errnoCode: EMFILE, reason: "socket"), .outOfDescriptors),
        (ChannelError.connectTimeout(.seconds(1)), .connectTimeout),
        (HTTPClientError.connectTimeout, .connectTimeout),
        (HTTPClientError.tlsHandshakeTimeout, .tlsFailed),
        (HTTPClientError.getConnectionFromPoolTimeout, .noConnectionInTime),
        (HTTPClientError.deadlineExceeded, .noConnectionInTime),
        (HTTPClientError.alreadyShutdown, .clientClosed),
        (HTTPClientError.cancelled, .clientClosed),
        (HTTPClientError.invalidURL, .requestNotBuilt),
        (HTTPClientError.invalidHeaderFieldValues(["canary"]), .requestNotBuilt),
        (HTTPClientError.invalidHeaderFieldNames(["canary"]), .requestNotBuilt),
        (HTTPClientError.unsupportedScheme("canary"), .requestNotBuilt),
        (HTTPClientError.serverOfferedUnsupportedApplicationProtocol("h3"), .tlsFailed),
    ]

    /// Errors that prove nothing, whether the body was asked for or not.
    static let lost: [(any Error & Sendable, TransportFailure.Loss)] = [
        (IOError(errnoCode: ECONNRESET, reason: "read"), .connectionLost),
        (IOError(errnoCode: EPIPE, reason: "write"), .connectionLost),
        (ChannelError.ioOnClosedChannel, .connectionLost),
        (ChannelError.eof, .connectionLost),
        (HTTPClientError.remoteConnectionClosed, .connectionLost),
        (HTTPClientError.uncleanShutdown, .connectionLost),
        (HTTPClientError.requestStreamCancelled, .connectionLost),
        (HTTPClientError.readTimeout, .deadline),
        (HTTPClientError.writeTimeout, .deadline),
        (HTTPClientError.bodyLengthMismatch, .unrecognized),
        (HTTPClientError.redirectLimitReached, .unrecognized),
        (HTTPParserError.invalidEOFState, .malformedAnswer),
        (NIOHTTPDecoderError.unsolicitedResponse, .malformedAnswer),
        (NIOTooManyBytesError(maxBytes: 1), .bodyTooLarge),
        (CancellationError(), .canceled),
        (Unheard(), .unrecognized),
    ]

    struct Unheard: Error {}

    @Test(arguments: unsent.indices)
    func `is a proof only while nothing can have left`(_ index: Int) {
        let (error, reason) = Self.unsent[index]
        #expect(TransportFailure(error, provesNothingLeft: true) == .notSent(reason))
        guard case .lost = TransportFailure(error, provesNothingLeft: false) else {
            Issue.record("\(error) after the body was asked for proves nothing")
            return
        }
    }

    /// Errors that a connection can also end with on which a request has left.
    private static let ambiguous: Set<Int32> = [ENETUNREACH, EHOSTUNREACH, ETIMEDOUT]

    @Test(arguments: unsent.indices)
    func `of a call without a body is a proof only where no connection ever stood`(_ index: Int) {
        let (error, reason) = Self.unsent[index]
        let isAmbiguous =
            (error as? IOError).map { Self.ambiguous.contains($0.errnoCode) }
            ?? (error as? HTTPClientError).map { $0 == .deadlineExceeded || $0 == .cancelled } ?? false
        let failure = TransportFailure(ofBodiless: error)
        if isAmbiguous {
            guard case .lost = failure else {
                Issue.record("\(error) may come after the request has left")
                return
            }
        } else {
            #expect(failure == .notSent(reason))
        }
    }

    @Test(arguments: lost.indices)
    func `of a call without a body is a doubt wherever that of another is`(_ index: Int) {
        let (error, reason) = Self.lost[index]
        #expect(TransportFailure(ofBodiless: error) == .lost(reason))
    }

    @Test(arguments: lost.indices)
    func `is a doubt where the request may have arrived`(_ index: Int) {
        let (error, reason) = Self.lost[index]
        #expect(TransportFailure(error, provesNothingLeft: false) == .lost(reason))
        #expect(TransportFailure(error, provesNothingLeft: true) == .lost(reason))
    }

    @Test func `becomes an outcome that says as much as it proves`() {
        for reason in TransportFailure.NotSent.allCases {
            #expect(TransportFailure.notSent(reason).outcome == .notSent(.unreachable(reason.rawValue)))
        }
        for reason in TransportFailure.Loss.allCases {
            #expect(TransportFailure.lost(reason).outcome == .unknown(Doubt(reason.rawValue)))
            #expect(TransportFailure.lost(reason).readFailure == .unavailable(reason: reason.rawValue))
        }
    }
}
