public import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

extension HTTPServerBuilder {
    /// An HTTP/1.1 server behind Purser's front door.
    ///
    /// ```swift
    /// Application(
    ///     router: router,
    ///     server: .frontDoor(settings),
    ///     configuration: settings.applicationConfiguration(address: .hostname("127.0.0.1", port: 8080)))
    /// ```
    ///
    /// Routes behind it get whole requests only, one at a time for each connection, each with exactly one `Host`, at
    /// most one `Authorization`, `Content-Type` and `Idempotency-Key`, and exactly one good `X-Request-Id`. A `HEAD`
    /// reaches them as a `GET`. Every answer carries the request's id, and every error has an RFC 9457 problem as its
    /// body, whoever answered it.
    ///
    /// - Parameter settings: What the door bounds. ``DoorSettings/maxConnections`` takes effect only through
    ///   ``DoorSettings/applicationConfiguration(address:)``.
    public static func frontDoor(_ settings: DoorSettings) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            DoorChannel(responder: responder, settings: settings)
        }
    }
}

/// An HTTP/1 connection whose pipeline begins with the door.
///
/// It stands in for Hummingbird's `HTTP1Channel`. The door takes the place of Hummingbird's handler for idle
/// connections and shutdown, so a request passes no more handlers than it would without a door.
struct DoorChannel: HTTPChannelHandler {
    let responder: HTTPChannelHandler.Responder
    let settings: DoorSettings

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<DoorConnection> {
        channel.eventLoop.makeCompletedFuture {
            try self.limitReads(of: channel)
            try self.addHandlers(to: channel.pipeline.syncOperations)
            return try DoorConnection(
                NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    func handle(value: DoorConnection, logger: Logger) async {
        await self.handleHTTP(asyncChannel: value.take(), logger: logger)
    }

    private func addHandlers(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        let door = DoorHandler(settings: self.settings)
        try pipeline.addHandler(ArrivalWatch(door: door))
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: .init(self.settings))
        try pipeline.addHandler(door)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
    }

    /// One read at a time and a small one, so that little can arrive behind a request that is being answered.
    private func limitReads(of channel: any Channel) throws {
        let allocator = AdaptiveRecvByteBufferAllocator(minimum: 256, initial: 1024, maximum: 16 * 1024)
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        try channel.syncOptions?.setOption(.recvAllocator, value: allocator)
    }
}

extension NIOHTTPDecoderLimitConfiguration {
    fileprivate init(_ settings: DoorSettings) {
        self.init()
        self.maxHeaderFieldSize = settings.headerFieldLimit
        self.maxHeaderListSize = settings.headerListLimit
        self.maxHeaderFieldCount = settings.headerCountLimit
    }
}
