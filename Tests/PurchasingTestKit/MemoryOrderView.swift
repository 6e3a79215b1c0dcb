public import Purchasing

/// Orders as they were when the view was made: a copy.
public actor MemoryOrderView: OrderView {
    private var rest: ArraySlice<Order>

    init(_ orders: [Order]) { rest = orders[...] }

    public func next() -> [Order]? {
        if rest.isEmpty { return nil }
        defer { rest = rest.dropFirst(3) }
        return Array(rest.prefix(3))
    }
}
