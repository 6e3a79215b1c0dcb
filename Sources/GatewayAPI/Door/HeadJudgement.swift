import NIOHTTP1

/// What the front door makes of a request's head.
struct HeadJudgement: Equatable {
    /// The caller's own request id, if it sent exactly one that can be kept.
    let requestID: String?
    /// Why the request will not reach a route, if so.
    let refusal: DoorProblem?
    /// Whether the caller waits for `100 Continue` before it sends the body.
    let awaitsContinue: Bool
    /// Whether the connection ends with this request.
    let isLast: Bool
    /// Whether the caller sent the field by which the door tells the routes of a `HEAD`.
    let hasHeadMark: Bool

    static let headMark = "X-Purser-Head"

    init(_ head: HTTPRequestHead, bodyLimit: Int) {
        let fields = WatchedFields(head.headers)
        let id = fields.requestID
        let isUsable = id.count == 1 && (1...128).contains(id.value.utf8.count) && id.value.isVisibleASCII
        self.requestID = isUsable ? id.value : nil
        self.refusal =
            Self.framingFault(head, fields) ?? Self.targetFault(head)
            ?? Self.sizeFault(fields, limit: bodyLimit) ?? Self.fieldFault(fields) ?? Self.bodyFault(fields)
        self.hasHeadMark = fields.headMark.count > 0
        self.awaitsContinue = head.version == .http1_1 && fields.expect.count > 0 && fields.hasBody
        // The parser stops for good behind a request to upgrade, which is otherwise answered as if it were none.
        self.isLast = !head.isKeepAlive || head.version != .http1_1 || fields.upgrade.count > 0
    }

    /// Faults after which nobody knows where the next request begins, or for whom this one was.
    private static func framingFault(_ head: HTTPRequestHead, _ fields: WatchedFields) -> DoorProblem? {
        guard head.version == .http1_1 || head.version == .http1_0 else {
            return .malformed("Only HTTP/1.1 and HTTP/1.0 are spoken here.")
        }
        guard fields.host.count == 1 || (fields.host.count == 0 && head.version == .http1_0) else {
            return .malformed("Send exactly one `Host` header.")
        }
        guard fields.contentLength.count + fields.transferEncoding.count <= 1 else {
            return .malformed("Send one `Content-Length` or one `Transfer-Encoding: chunked`, not both.")
        }
        guard
            fields.transferEncoding.count == 0
                || (fields.transferEncoding.value.isSame(as: "chunked") && head.version == .http1_1)
        else {
            return .malformed("The only transfer coding that is read is `chunked`, in HTTP/1.1.")
        }
        return nil
    }

    private static func targetFault(_ head: HTTPRequestHead) -> DoorProblem? {
        guard head.method != .CONNECT else { return .malformed("This server is not a proxy.") }
        return switch RequestTarget(head.uri) {
        case .plain: nil
        case .unknown: .refused(.notFound)
        case .unreadable: .malformed("The request target must be an absolute path of visible ASCII.")
        }
    }

    private static func sizeFault(_ fields: WatchedFields, limit: Int) -> DoorProblem? {
        guard fields.contentLength.count == 1 else { return nil }
        // The parser let digits through only; more of them than an Int holds are too many in any case.
        return (Int(fields.contentLength.value) ?? .max) > limit ? .bodyTooLarge : nil
    }

    /// Fields that must not come twice: two values would be joined into one that nobody sent.
    private static func fieldFault(_ fields: WatchedFields) -> DoorProblem? {
        if fields.authorization.count > 1 { return .refused(.unauthenticated) }
        if fields.idempotencyKey.count > 1 {
            return .refused(.malformedRequest, "Send exactly one `Idempotency-Key` header.")
        }
        if !fields.idempotencyKey.value.isPlainFieldValue {
            return .refused(.malformedRequest, "An `Idempotency-Key` is visible ASCII, without blanks.")
        }
        if fields.contentType.count > 1 {
            return .refused(.unsupportedMediaType, "Send exactly one `Content-Type` header.")
        }
        return nil
    }

    private static func bodyFault(_ fields: WatchedFields) -> DoorProblem? {
        if fields.contentEncoding.count > 0 { return .refused(.unsupportedMediaType) }
        if fields.expect.count > 0 && !(fields.expect.count == 1 && fields.expect.value.isSame(as: "100-continue")) {
            return .refused(.expectationFailed)
        }
        return nil
    }
}

extension WatchedFields {
    /// Whether the head announces a body.
    fileprivate var hasBody: Bool {
        self.transferEncoding.count > 0 || (self.contentLength.count > 0 && self.contentLength.value != "0")
    }
}
