import NIOCore
import NIOHTTP1

extension DoorHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.arrive(.part(self.unwrapInboundIn(data)), context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            self.arrive(.fault(error), context: context)
        } else {
            context.fireErrorCaught(error)
        }
    }

    /// Takes what arrives now, or holds it behind the answer that is being made.
    private func arrive(_ arrival: Arrival, context: ChannelHandlerContext) {
        if self.state.phase == .answering || self.isDraining {
            self.held.append(arrival)
        } else {
            self.take(arrival, context: context)
        }
    }

    /// Takes what was held, up to and including the next whole request.
    func drain(context: ChannelHandlerContext) {
        guard !self.isDraining else { return }
        self.isDraining = true
        defer { self.isDraining = false }
        var didTake = false
        while self.state.phase != .answering, let arrival = self.held.popFirst() {
            self.take(arrival, context: context)
            didTake = true
        }
        if didTake { context.fireChannelReadComplete() }
        if self.held.isEmpty && self.state.inputEnded { self.note(.inputEnded) }
        self.resumeReading()
    }

    private func take(_ arrival: Arrival, context: ChannelHandlerContext) {
        // The bytes of this request may have come together with those of the one before.
        if self.state.phase == .waiting { self.note(.bytes(0)) }
        guard self.state.phase == .receiving else { return }
        switch arrival {
        case .part(.head(let head)): self.begin(head, context: context)
        case .part(.body(let part)): self.extend(part)
        case .part(.end): self.complete(context: context)
        case .fault(let error): self.note(.fault(.init(parser: error)))
        }
    }

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let judgement = HeadJudgement(head, bodyLimit: self.settings.bodyLimit)
        self.exchange = DoorExchange(head, judgement: judgement, requestID: self.settings.makeRequestID())
        if let refusal = judgement.refusal {
            // Whoever waits for leave to send the body must hear the refusal first, and then its body may or may not
            // come; all others are answered when their request is over, and may go on.
            if refusal.endsConnection || judgement.awaitsContinue { self.note(.fault(refusal)) }
        } else if judgement.awaitsContinue {
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(self.wrapOutboundOut(.head(head)), promise: nil)
        }
    }

    private func extend(_ part: ByteBuffer) {
        guard let isWithin = self.exchange?.append(part, limit: self.settings.bodyLimit), !isWithin else { return }
        self.note(.fault(.bodyTooLarge))
    }

    private func complete(context: ChannelHandlerContext) {
        guard let isLast = self.exchange?.isLast else { return }
        self.note(.requestComplete(isLast: isLast))
        if let refusal = self.exchange?.refusal {
            self.answer(refusal, context: context)
        } else if let request = self.exchange?.take() {
            context.fireChannelRead(self.wrapInboundOut(.head(request.head)))
            if let body = request.body { context.fireChannelRead(self.wrapInboundOut(.body(body))) }
            context.fireChannelRead(self.wrapInboundOut(.end(nil)))
        }
    }
}

extension DoorProblem {
    /// The problem for bytes that the parser refused.
    fileprivate init(parser error: HTTPParserError) {
        switch error {
        case .headerOverflow: self = .malformed("The head of the request is larger than this server reads.")
        case .invalidVersion, .paused: self = .malformed("Only HTTP/1.1 and HTTP/1.0 are spoken here.")
        case .invalidContentLength, .unexpectedContentLength:
            self = .malformed("Send one `Content-Length` or one `Transfer-Encoding: chunked`, not both.")
        default: self = .malformed()
        }
    }
}
