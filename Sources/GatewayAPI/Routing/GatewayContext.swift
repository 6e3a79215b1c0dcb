public import Hummingbird
import NIOCore

/// What Hummingbird keeps with a call, and whom it came from.
public struct GatewayContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The caller's address; nil on a Unix socket.
    let peer: String?

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress
    }
}
