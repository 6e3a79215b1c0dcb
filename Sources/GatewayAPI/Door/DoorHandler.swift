import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The front door of one connection: sees every request before anything else of Purser does, and every answer after.
///
/// It sits between the HTTP/1 parser and all that speaks to routes, because doubled fields, odd versions and odd
/// targets can only be told apart there. What it decides is in ``HeadJudgement`` and ``DoorState``; it only carries
/// the decisions out.
final class DoorHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What arrives behind a request that is still being answered.
    enum Arrival {
        case part(HTTPServerRequestPart)
        case fault(HTTPParserError)
    }

    let settings: DoorSettings
    var state: DoorState
    var exchange: DoorExchange?
    var held = CircularBuffer<Arrival>(initialCapacity: 0)
    var isDraining = false
    private var readIsDue = false
    private var context: ChannelHandlerContext?
    private var alarm: DoorAlarm?
    private var timing = DoorState.Timing.none
    private var readerProgress = ReaderProgress()

    init(settings: DoorSettings) {
        self.settings = settings
        self.state = DoorState(surplusLimit: settings.heldBytesLimit)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.alarm = DoorAlarm(eventLoop: context.eventLoop) { [unowned self] in self.alarmRang() }
        if context.channel.isActive { self.keepTime() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.alarm?.stop()
        self.settings.room.waitsNoMore(self)
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        self.keepTime()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.note(.inactive)
        self.alarm?.stop()
        self.held.removeAll()
        self.exchange = nil
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.note(.writable(context.channel.isWritable))
        context.fireChannelWritabilityChanged()
    }

    /// The door ends connections in its own time: a stop waits for an answer, and a caller that has closed its side
    /// gets what it asked for before.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: self.note(.stopping)
        case ChannelEvent.inputClosed: self.note(.inputEnded)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// What is behind the door closes its side when it has no more to say. That is for ``DoorState`` to decide. It closes
    /// the whole connection within an answer that it cannot bring to its end.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output {
            promise?.succeed()
        } else {
            if self.state.phase == .answering && self.exchange?.version == .http1_0 { self.resetOnClose(context) }
            context.close(mode: mode, promise: promise)
        }
    }

    /// To a caller that knows no chunks, an end in peace would be the end of the answer.
    private func resetOnClose(_ context: ChannelHandlerContext) {
        guard let socket = context.channel as? any SocketOptionProvider else { return }
        // Where it cannot be set, the connection is gone already.
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
    }

    func read(context: ChannelHandlerContext) {
        if self.state.wantsRead(hasHeld: !self.held.isEmpty) {
            context.read()
        } else {
            self.readIsDue = true
        }
    }

    /// Reads on, if a read was put off.
    func resumeReading() {
        guard self.readIsDue, let context = self.context else { return }
        self.readIsDue = false
        self.read(context: context)
    }
}

// MARK: - Carrying decisions out

extension DoorHandler {
    /// Whether bytes that have arrived should reach the parser.
    func admits(byteCount: Int) -> Bool {
        let step = self.state.on(.bytes(byteCount))
        self.keepTime()
        return step != .discard
    }

    /// Tells the state machine what happened and does what it asks for.
    func note(_ event: DoorState.Event) {
        let step = self.state.on(event)
        self.keepTime()
        guard let context = self.context else { return }
        switch step {
        case .none, .discard, .finish, .next: break
        case .refuse(let problem): self.refuse(problem, context: context)
        case .flush: self.flushRest(context: context)
        case .closeOutput: context.close(mode: .output, promise: nil)
        case .close: context.close(mode: .all, promise: nil)
        }
    }

    /// Starts the time that the state calls for, unless it is running already.
    func keepTime() {
        guard self.state.timing != self.timing else { return }
        let didWait = self.timing == .idle
        self.timing = self.state.timing
        if self.timing == .idle, let loop = self.context?.eventLoop {
            self.settings.room.waits(self, on: loop, grace: TimeAmount(self.settings.idleGrace))
        } else if didWait {
            self.settings.room.waitsNoMore(self)
        }
        self.readerProgress.begin(at: self.timing == .write ? self.countUnsent() : nil)
        self.alarm?.set(self.settings.amount(of: self.timing))
    }

    /// Closes the connection in good order if it still waits for a request.
    func makeRoom() {
        if self.state.phase == .waiting { self.note(.inputEnded) }
    }

    /// A caller that reads slowly, but reads, gets more time; one that does not read has had its time.
    private func alarmRang() {
        if self.timing.waitsForReader && self.readerProgress.isReading(self.countUnsent()) {
            self.alarm?.set(self.settings.amount(of: self.timing))
        } else {
            self.note(.deadline)
        }
    }

    /// How many bytes of answers the kernel has not taken yet.
    private func countUnsent() -> Int {
        (try? self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
