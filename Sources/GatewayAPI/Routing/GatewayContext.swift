public import Hummingbird
import NIOCore

/// What Hummingbird keeps with a call, and whom it came from.
public struct GatewayContext: RequestContext {
    /// Hummingbird's own part.
    public var coreContext: CoreRequestContextStorage
    private let address: SocketAddress?

    /// The caller's address; nil on a Unix socket.
    var peer: String? { address?.ipAddress }

    /// The context of a call that came over a channel.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress
    }
}
