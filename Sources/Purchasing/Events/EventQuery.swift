/// Which events of all orders to read, in the order of their commits.
public struct EventQuery: Sendable, Hashable {
    /// Only events behind this place; 0 from the first one on.
    public var after: Int64
    /// Only events of this client's orders.
    public var client: String?
    /// Only events of these types; empty for all.
    public var types: [OrderEvent.Kind]
    /// Only events of this order.
    public var order: OrderID?
    /// At most this many, at least 1.
    public var limit: Int

    public init(
        after: Int64 = 0, client: String? = nil, types: [OrderEvent.Kind] = [], order: OrderID? = nil, limit: Int = 50
    ) {
        self.after = after
        self.client = client
        self.types = types
        self.order = order
        self.limit = limit
    }

    /// Whether an event is one of those that are asked for.
    public func matches(_ placed: PlacedEvent) -> Bool {
        placed.place > after && (client == nil || client == placed.client)
            && (types.isEmpty || types.contains(placed.event.type)) && (order == nil || order == placed.event.orderID)
    }
}

/// An event and its place among those of all orders.
public struct PlacedEvent: Sendable, Hashable {
    /// Counts up in the order of the commits, from 1 without gaps.
    public let place: Int64
    /// Whose order it tells of.
    public let client: String
    public let event: OrderEvent

    public init(place: Int64, client: String, event: OrderEvent) {
        self.place = place
        self.client = client
        self.event = event
    }
}
