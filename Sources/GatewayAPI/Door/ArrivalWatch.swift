import NIOCore

/// Sits in front of the parser and tells the door when bytes arrive: a request begins with its first byte, long before
/// the parser has anything to say about it. Bytes that the door does not want do not reach the parser.
final class ArrivalWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let door: DoorHandler

    init(door: DoorHandler) {
        self.door = door
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.door.admits(byteCount: self.unwrapInboundIn(data).readableBytes) {
            context.fireChannelRead(data)
        }
    }
}
