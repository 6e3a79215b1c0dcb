public import Purchasing

/// Orders as they were when the view was made: a copy.
public actor MemoryOrderView: OrderView {
    private var rest: ArraySlice<Order>
    /// How many pieces can be read; nil for all.
    private var lifetime: Int?

    init(_ orders: [Order], lifetime: Int? = nil) {
        rest = orders[...]
        self.lifetime = lifetime
    }

    public func next() throws(StoreError) -> [Order]? {
        if let left = lifetime {
            guard left > 0 else { throw .unavailable("the view is broken") }
            lifetime = left - 1
        }
        if rest.isEmpty { return nil }
        defer { rest = rest.dropFirst(3) }
        return Array(rest.prefix(3))
    }
}
