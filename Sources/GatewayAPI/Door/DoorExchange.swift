import NIOCore
import NIOHTTP1

/// One request and the answer to it, as far as the door has to remember them.
struct DoorExchange {
    /// The id of the request, on its way in and in its answer.
    let requestID: String
    /// Whether the request was a `HEAD`, which the routes see as a `GET`.
    let isHead: Bool
    /// Whether the request's method only reads.
    let isSafe: Bool
    /// The version that the caller speaks and that the answer must be framed for.
    let version: HTTPVersion
    /// Whether no request may follow.
    let isLast: Bool
    /// Why the request will not reach a route, if so.
    let refusal: DoorProblem?
    /// The head, until it is handed on.
    private(set) var head: HTTPRequestHead?
    /// The body, as far as it has arrived.
    private(set) var body: ByteBuffer?
    private var bodyCount = 0
    /// Whether the body of the answer is not to be sent: it answers a `HEAD`, or the door has put its own in its place.
    var dropsBody: Bool

    /// - Parameter requestID: The id to use if the caller sent none that can be kept.
    init(_ head: HTTPRequestHead, judgement: HeadJudgement, requestID: @autoclosure () -> String) {
        self.requestID = judgement.requestID ?? requestID()
        self.isHead = head.method == .HEAD
        self.isSafe = head.method == .GET || head.method == .HEAD
        self.version = head.version == .http1_0 ? .http1_0 : .http1_1
        self.isLast = judgement.isLast
        self.refusal = judgement.refusal
        self.dropsBody = self.isHead
        self.head = head
        // A caller's own mark would have its answer look like none.
        if judgement.hasHeadMark { self.head?.headers.remove(name: HeadJudgement.headMark) }
        if self.isHead {
            self.head?.method = .GET
            self.head?.headers.add(name: HeadJudgement.headMark, value: "1")
        }
        if judgement.requestID == nil { self.head?.headers.replaceOrAdd(name: "X-Request-Id", value: self.requestID) }
    }

    /// An exchange for bytes in which no head could be found.
    init(requestID: String) {
        self.requestID = requestID
        self.isHead = false
        self.isSafe = true
        self.version = .http1_1
        self.isLast = true
        self.refusal = nil
        self.dropsBody = false
    }

    /// Adds a part of the body, copying all but the first: a part is a slice of a read buffer, and a caller that sends
    /// byte by byte must not keep one such buffer alive for each.
    ///
    /// - Returns: Whether the body is within the limit.
    mutating func append(_ part: consuming ByteBuffer, limit: Int) -> Bool {
        self.bodyCount += part.readableBytes
        guard self.bodyCount <= limit else { return false }
        guard self.refusal == nil else { return true }
        if self.body == nil {
            self.body = part
        } else {
            self.body?.writeBuffer(&part)
        }
        return true
    }

    /// Hands the request over.
    mutating func take() -> (head: HTTPRequestHead, body: ByteBuffer?)? {
        defer {
            self.head = nil
            self.body = nil
        }
        return self.head.map { ($0, self.body) }
    }
}
