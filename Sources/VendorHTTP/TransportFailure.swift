public import Purchasing

/// Why a call has no answer, and what that proves. It never carries a URL, a header or a vendor's text.
public enum TransportFailure: Error, Sendable, Hashable {
    /// Proof that the vendor cannot have acted: no connection stood, or the body was never given out.
    case notSent(NotSent)
    /// The request may have arrived.
    case lost(Loss)

    /// Why nothing left; the raw values are stable words.
    public enum NotSent: String, Sendable, Hashable, CaseIterable {
        case connectionRefused = "connection_refused"
        case nameNotResolved = "name_not_resolved"
        case hostUnreachable = "host_unreachable"
        case tlsFailed = "tls_failed"
        case connectTimeout = "connect_timeout"
        /// The deadline came before a connection was free, or before the body was asked for.
        case noConnectionInTime = "no_connection_in_time"
        /// This process has no file descriptor or port left.
        case outOfDescriptors = "out_of_descriptors"
        /// The request could not be put into HTTP.
        case requestNotBuilt = "request_not_built"
        /// The client was closed.
        case clientClosed = "client_closed"
    }

    /// How an answer was lost; the raw values are stable words.
    public enum Loss: String, Sendable, Hashable, CaseIterable {
        case deadline
        case connectionLost = "connection_lost"
        case malformedAnswer = "malformed_answer"
        case bodyTooLarge = "body_too_large"
        /// The answer does not say where its body ends, so that a cut one could not be told from a whole one. Only
        /// downloads fail of it: what is read as a whole document shows by itself that it is whole.
        case unframedBody = "unframed_body"
        /// The task that waited for a read was cancelled.
        case canceled
        /// An error of the HTTP client that this room does not know.
        case unrecognized = "unrecognized_failure"
    }

    /// The stable word of the failure, for events and logs.
    public var reason: String {
        switch self {
        case .notSent(let reason): reason.rawValue
        case .lost(let reason): reason.rawValue
        }
    }
}

extension TransportFailure {
    /// What the failure of a purchase call proves.
    public var outcome: PurchaseOutcome {
        switch self {
        case .notSent(let reason): .notSent(.unreachable(reason.rawValue))
        case .lost(let reason): .unknown(Doubt(reason.rawValue))
        }
    }

    /// The failure of a read.
    public var readFailure: VendorError { .unavailable(reason: reason) }
}
