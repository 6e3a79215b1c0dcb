import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Puts the vendor's `Date` in place of the one that the HTTP server wrote, which tells the machine's time.
final class DateHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let date: @Sendable () -> String?

    /// - Parameter date: what the field says now; nil leaves it out.
    init(_ date: @escaping @Sendable () -> String?) {
        self.date = date
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            head.headerFields[.date] = date()
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body, .end:
            context.write(data, promise: promise)
        }
    }
}
