public import HummingbirdCore
import NIOCore

public import struct Hummingbird.ApplicationConfiguration

/// Everything that the front door bounds: how long a request may take to arrive, how large it may be, and how many
/// connections may be open. The defaults suit a gateway whose requests are small JSON documents.
public struct DoorSettings: Sendable {
    /// The longest time from the first byte of a request's head to the last byte of its body. Default: 10 s.
    /// A request that takes longer is answered `408`, and its connection closed.
    public var requestDeadline: Duration = .seconds(10)

    /// The longest time that a connection may wait for its next request. Default: 10 s. Then it is closed in silence.
    public var idleTimeout: Duration = .seconds(10)

    /// The longest time that a caller may let an answer wait in Purser's buffer without reading it on. Default: 10 s.
    /// Then the connection is closed.
    public var writeTimeout: Duration = .seconds(10)

    /// How long a connection whose last answer has been written stays half open, so that a caller which is still
    /// sending gets to read that answer. What arrives meanwhile is thrown away. Default: 1 s.
    public var lingerTimeout: Duration = .seconds(1)

    /// The largest request body, in bytes. Default: 64 KiB. A larger one, declared or grown, is answered `413`.
    public var bodyLimit = 64 * 1024

    /// The largest name, value or request target in a head, in bytes. Default: 8 KiB.
    public var headerFieldLimit = 8 * 1024

    /// The largest head: the names, the values and the request target together, in bytes. Default: 16 KiB.
    public var headerListLimit = 16 * 1024

    /// The largest number of fields in a head, those of a trailer included. Default: 64.
    public var headerCountLimit = 64

    /// The largest number of open connections for each address that is listened on. Default: 512.
    /// When all places are taken, the connection that has waited longest for a request is closed to make room. Where
    /// every one has a request in progress, further callers wait in the kernel's backlog.
    public var maxConnections = 512

    /// How long a connection may wait for a request before it has to make room for others. Default: 1 s.
    public var idleGrace: Duration = .seconds(1)

    /// Makes an id for a request that came without a usable `X-Request-Id`: `req_` and a ULID.
    public var makeRequestID: @Sendable () -> String

    /// The places at the one address that these settings are for.
    let room = DoorRoom()

    /// The default settings, for one address.
    ///
    /// - Parameter makeRequestID: Makes an id for a request that came without a usable one. It is called on an event
    ///   loop, so it must not block, and its answer must be visible ASCII.
    public init(makeRequestID: @escaping @Sendable () -> String) {
        self.makeRequestID = makeRequestID
    }
}

extension DoorSettings {
    /// The part of the settings that Hummingbird takes apart from the server builder: no `Server` header, and at most
    /// ``maxConnections`` open connections, with room for 1,024 more in the kernel's backlog.
    ///
    /// - Parameter address: Where to listen: a host and port, or the path of a Unix-domain socket.
    public func applicationConfiguration(address: BindAddress) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: address,
            serverName: nil,
            backlog: 1024,
            availableConnectionsDelegate: DoorPlaces(
                room: self.room, count: self.maxConnections, grace: TimeAmount(self.idleGrace)))
    }

    /// What may wait in memory behind an answer that is being made: one request of the largest size.
    var heldBytesLimit: Int { self.bodyLimit + self.headerListLimit }

    func amount(of timing: DoorState.Timing) -> TimeAmount? {
        switch timing {
        case .none: nil
        case .idle: TimeAmount(self.idleTimeout)
        case .request: TimeAmount(self.requestDeadline)
        case .write: TimeAmount(self.writeTimeout)
        case .linger: TimeAmount(self.lingerTimeout)
        }
    }
}
