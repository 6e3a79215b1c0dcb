import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A connection below HTTP: where an answer can be cut, dripped, or left out.
struct Wire: Sendable {
    let channel: any Channel

    /// Sends bytes as they are, past the HTTP encoder.
    func send(_ bytes: ByteBuffer) async throws {
        try await channel.triggerUserOutboundEvent(WireOrder.send(bytes)).get()
    }

    /// Ends the connection: by FIN, or by RST.
    func close(reset: Bool) async {
        if reset, let socket = channel as? any SocketOptionProvider {
            try? await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close()
    }

    /// Waits until the client ends the connection, or the sandbox ends.
    func waitForClientToLeave() async {
        try? await channel.triggerUserOutboundEvent(WireOrder.closeWhenClientLeaves).get()
        await withTaskCancellationOrGracefulShutdownHandler {
            try? await channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
        }
    }
}

/// What the call desk asks of the handler at the head of the pipeline.
enum WireOrder: Sendable {
    case send(ByteBuffer)
    case closeWhenClientLeaves
}

/// Sits between the socket and the HTTP codec, and carries out ``WireOrder``s.
final class WireHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private var clientHasLeft = false
    private var closesWhenClientLeaves = false

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event as? WireOrder {
        case .send(let bytes)?:
            context.writeAndFlush(wrapOutboundOut(.byteBuffer(bytes)), promise: promise)
        case .closeWhenClientLeaves?:
            closesWhenClientLeaves = true
            promise?.succeed()
            if clientHasLeft { context.close(promise: nil) }
        case nil:
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            clientHasLeft = true
            if closesWhenClientLeaves { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }
}

/// Hummingbird's HTTP/1 channel with a ``WireHandler`` next to the socket.
struct SandboxChannel: ServerChildChannel {
    let http: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try channel.pipeline.syncOperations.addHandler(WireHandler(), position: .first)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
