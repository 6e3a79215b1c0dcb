import FoundationEssentials
import NIOCore
import NIOHTTP1

extension DoorHandler {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard self.state.phase == .answering, let dropsBody = self.exchange?.dropsBody else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch self.unwrapOutboundIn(data) {
        case .head(let head) where (100..<200).contains(head.status.code):
            context.write(data, promise: promise)
        case .head(let head):
            self.write(head, context: context, promise: promise)
        case .body where dropsBody:
            promise?.succeed()
        case .body:
            context.write(data, promise: promise)
        case .end:
            self.end(data, context: context, promise: promise)
        }
    }

    /// Writes a route's head, or the problem that stands in for an error without one.
    private func write(
        _ head: HTTPResponseHead, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?
    ) {
        guard let exchange = self.exchange else { return }
        guard head.status.code >= 400, !head.headers.saysProblem else {
            let head = self.dress(head, for: exchange)
            context.write(self.wrapOutboundOut(.head(head)), promise: promise)
            return
        }
        let problem = DoorProblem(standingInFor: Int(head.status.code), isSafe: exchange.isSafe)
        self.write(problem, keeping: head.headers, of: exchange, context: context)
        self.exchange?.dropsBody = true
        promise?.succeed()
    }

    /// Adds to a head what every answer carries.
    private func dress(_ head: HTTPResponseHead, for exchange: DoorExchange) -> HTTPResponseHead {
        var head = head
        head.headers.set("X-Request-Id", to: exchange.requestID)
        if !head.isKeepAlive { self.note(.answerIsLast) }
        if self.state.isLast { head.headers.set("Connection", to: "close") }
        if head.version != exchange.version { head.version = exchange.version }
        return head
    }

    /// Writes the end of an answer, and what follows from it.
    private func end(_ end: NIOAny, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        // The end of a chunked body would be bytes, and the answer to a HEAD has none.
        let end = self.exchange?.isHead == true ? self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))) : end
        let step = self.state.on(.answerComplete(hasHeld: !self.held.isEmpty))
        self.exchange = nil
        self.keepTime()
        if step == .finish {
            self.flushLast(end, context: context, promise: promise)
        } else {
            context.write(end, promise: promise)
            self.drain(context: context)
        }
    }

    /// Flushes the last piece that this connection will carry.
    private func flushLast(_ end: NIOAny, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        let flushed = promise ?? context.eventLoop.makePromise()
        flushed.futureResult.assumeIsolated().whenComplete { _ in self.note(.flushed) }
        context.writeAndFlush(end, promise: flushed)
    }
}

// MARK: - The door's own answers

extension DoorHandler {
    /// Answers what has arrived of a request, which ends the connection.
    func refuse(_ problem: DoorProblem, context: ChannelHandlerContext) {
        let exchange = self.exchange ?? DoorExchange(requestID: self.settings.makeRequestID())
        self.write(problem, keeping: HTTPHeaders(), of: exchange, context: context)
        self.exchange = nil
        self.flushRest(context: context)
    }

    /// Flushes what has been written, as the last that this connection will carry.
    func flushRest(context: ChannelHandlerContext) {
        self.flushLast(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), context: context, promise: nil)
    }

    /// Answers a whole request that will not reach a route.
    func answer(_ problem: DoorProblem, context: ChannelHandlerContext) {
        guard let exchange = self.exchange else { return }
        self.write(problem, keeping: HTTPHeaders(), of: exchange, context: context)
        self.end(self.wrapOutboundOut(.end(nil)), context: context, promise: nil)
        context.flush()
    }

    private func write(
        _ problem: DoorProblem, keeping headers: HTTPHeaders, of exchange: DoorExchange,
        context: ChannelHandlerContext
    ) {
        let body = problem.body(requestID: exchange.requestID, allocator: context.channel.allocator)
        var head = HTTPResponseHead(
            version: exchange.version, status: HTTPResponseStatus(statusCode: problem.status), headers: headers)
        head.headers.describe(problem, byteCount: body.readableBytes)
        context.write(self.wrapOutboundOut(.head(self.dress(head, for: exchange))), promise: nil)
        if !exchange.isHead { context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    }
}

extension HTTPHeaders {
    /// Sets the one value of a field, which most likely is not there yet or is the same.
    fileprivate mutating func set(_ name: String, to value: String) {
        let values = self[name]
        if values == [value] { return }
        if !values.isEmpty { self.remove(name: name) }
        self.add(name: name, value: value)
    }

    /// Whether a route wrote the body itself: a problem (RFC 9457), or the JSON of a readiness that fails.
    fileprivate var saysProblem: Bool {
        let type = self.first(name: "Content-Type")?.lowercased() ?? ""
        return type.hasPrefix("application/problem+json") || type.hasPrefix("application/json")
    }

    /// Makes these the fields of a problem, keeping those that say more about it, such as `Allow`.
    fileprivate mutating func describe(_ problem: DoorProblem, byteCount: Int) {
        self.remove(name: "Transfer-Encoding")
        self.remove(name: "Content-Encoding")
        self.replaceOrAdd(name: "Content-Type", value: "application/problem+json")
        self.replaceOrAdd(name: "Content-Length", value: String(byteCount))
        self.addMissing("Date") { Date.now.httpDate }
        switch problem.code {
        case .unauthenticated: self.addMissing("WWW-Authenticate") { "Bearer" }
        case .overloaded, .rateLimited: self.addMissing("Retry-After") { "1" }
        default: break
        }
    }

    private mutating func addMissing(_ name: String, _ value: () -> String) {
        if !self.contains(name: name) { self.add(name: name, value: value()) }
    }
}
