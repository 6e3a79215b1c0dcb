public import Hummingbird
import NIOCore

/// What Hummingbird keeps with a call, and whom it came from.
public struct GatewayContext: RequestContext {
    /// Hummingbird's own part.
    public var coreContext: CoreRequestContextStorage
    /// The caller's address; nil on a Unix socket.
    let peer: String?

    /// The context of a call that came over a channel.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress
    }
}
