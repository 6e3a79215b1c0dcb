/// What came of sending one event once.
public enum WebhookReply: Sendable, Hashable {
    /// The receiver answered with a status; with how long it asks to be left alone, where it says so.
    case answered(status: Int, retryAfter: Duration?)
    /// It did not.
    case failed(WebhookFailure)

    /// What that means.
    enum Verdict: Sendable, Hashable {
        /// It has the event.
        case delivered
        /// It wants no more events, ever (410).
        case gone
        /// It wants none for a while.
        case busy(Duration)
        case refused
    }

    var verdict: Verdict {
        switch self {
        case .answered(200...299, _): .delivered
        case .answered(410, _): .gone
        case .answered(429, let pause?), .answered(503, let pause?): .busy(pause)
        case .answered, .failed: .refused
        }
    }

    /// The status of the answer; nil when there was none.
    public var status: Int? {
        switch self {
        case .answered(let status, _): status
        case .failed: nil
        }
    }

    /// Why it is no delivery, in a stable word: `status_500`, `redirected`, `timed_out`; nil when it is one.
    public var reason: String? {
        switch self {
        case .answered(200...299, _): nil
        case .answered(300...399, _): "redirected"
        case .answered(let status, _): "status_\(status)"
        case .failed(let failure): failure.rawValue
        }
    }
}

/// Why there is no answer.
public enum WebhookFailure: String, Error, Sendable, Hashable, CaseIterable {
    /// The configuration does not allow the host (any more); nothing was sent.
    case hostNotAllowed = "host_not_allowed"
    /// Its name leads to an address that nothing is sent to; nothing was sent.
    case addressNotAllowed = "address_not_allowed"
    case nameNotResolved = "name_not_resolved"
    case notConnected = "not_connected"
    case tlsFailed = "tls_failed"
    case timedOut = "timed_out"
    /// The connection ended before there was an answer, or what came was none.
    case noAnswer = "no_answer"
}

/// One attempt as it is sent: a `POST` of these bytes with the three fields of the specification.
public struct WebhookRequest: Sendable, Hashable {
    public let url: WebhookURL
    public let id: String
    public let timestamp: String
    public let signature: String
    public let body: [UInt8]

    public init(url: WebhookURL, id: String, timestamp: String, signature: String, body: [UInt8]) {
        self.url = url
        self.id = id
        self.timestamp = timestamp
        self.signature = signature
        self.body = body
    }
}

/// What carries requests to receivers.
public protocol WebhookCourier: Sendable {
    /// Sends a request, once, and waits for the answer no longer than it is set to.
    func send(_ request: WebhookRequest) async -> WebhookReply
}
