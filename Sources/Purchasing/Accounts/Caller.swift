/// Who is calling, once a key has been checked.
public struct Caller: Sendable, Hashable {
    /// The client whose orders these are.
    public let client: String
    public let role: Role
    /// How the caller is named in events: the client, or who sits at the local socket.
    public let name: String

    public init(client: String, role: Role, name: String? = nil) {
        self.client = client
        self.role = role
        self.name = name ?? client
    }

    /// Whether the caller may know that an order exists.
    public func maySee(_ order: Order) -> Bool { role != .buyer || order.client == client }

    /// The actor of events that this caller causes.
    public var actor: OrderEvent.Actor { .init(role == .operator ? .operator : .client, name) }
}
