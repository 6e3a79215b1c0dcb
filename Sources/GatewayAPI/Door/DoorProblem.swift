import NIOCore

/// One error as the front door tells it: an RFC 9457 problem of fixed words, none of them the caller's.
struct DoorProblem: Equatable, Sendable {
    let code: DoorCode
    let status: Int
    let detail: String
    let moneyState: MoneyState
    /// Whether the connection's framing is in doubt, so that no further request may be read from it.
    let endsConnection: Bool

    /// What the call did to money.
    enum MoneyState: String {
        /// The call did nothing.
        case unchanged
        /// The call reached a route that failed in a way that nobody foresaw.
        case maybeSpent = "maybe_spent"
    }

    init(_ code: DoorCode, detail: String? = nil, endsConnection: Bool) {
        self.code = code
        self.status = code.status
        self.detail = detail ?? code.standardDetail
        self.moneyState = .unchanged
        self.endsConnection = endsConnection
    }

    /// The problem for an error that a route or the framework answered without one.
    ///
    /// - Parameters:
    ///   - status: The status that was answered, 400 or more. It is kept.
    ///   - isSafe: Whether the request's method only reads. A fault behind any other method may have spent money.
    init(standingInFor status: Int, isSafe: Bool) {
        self.code = DoorCode(status: status)
        self.status = status
        self.detail = self.code.standardDetail
        self.moneyState = self.code == .internalError && !isSafe ? .maybeSpent : .unchanged
        self.endsConnection = false
    }

    /// A request after which the connection cannot be trusted.
    static func malformed(_ detail: String? = nil) -> Self {
        Self(.malformedRequest, detail: detail, endsConnection: true)
    }

    /// A request that is wrong in itself, on a connection that is in order.
    static func refused(_ code: DoorCode, _ detail: String? = nil) -> Self {
        Self(code, detail: detail, endsConnection: false)
    }

    static let requestTimeout = Self(.requestTimeout, endsConnection: true)
    static let bodyTooLarge = Self(.bodyTooLarge, endsConnection: true)
    static let cutShort = Self.malformed("The request ended before it was whole, so nothing was done.")
    static let stopping = Self(
        .overloaded, detail: "The server is stopping and does not wait for the rest of the request.",
        endsConnection: true)
}

extension DoorProblem {
    /// The problem's JSON document.
    ///
    /// - Parameter requestID: Visible ASCII, and the only text here that may come from the caller.
    func body(requestID: String, allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: 512)
        buffer.writeString(#"{"type":"/problems/\#(self.code.rawValue)","title":"\#(self.code.title)","#)
        buffer.writeString(#""status":\#(self.status),"code":"\#(self.code.rawValue)","#)
        buffer.writeString(#""detail":"\#(self.detail)","money_state":"\#(self.moneyState.rawValue)","#)
        buffer.writeString(#""retry_action":"\#(self.code.retryAction)","request_id":""#)
        for byte in requestID.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                buffer.writeInteger(UInt8(ascii: "\\"))
            }
            buffer.writeInteger(byte)
        }
        buffer.writeString(#""}"#)
        return buffer
    }
}
