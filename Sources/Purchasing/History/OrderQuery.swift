public import Foundation

/// Which orders to list. An order has to pass every filter; a list lets through what is one of its values, and an empty
/// one lets everything through.
public struct OrderQuery: Sendable, Hashable {
    public var statuses: [OrderStatus] = []
    public var products: [Product] = []
    public var vendors: [String] = []
    public var clients: [String] = []
    public var countries: [Country] = []
    /// Pairs of metadata that the order has, all of them.
    public var metadata: [OrderRequest.Label] = []
    public var idempotencyKey: String?
    public var vendorOrderID: String?
    public var batchID: String?
    /// What somebody looks for: the order's id, the vendor's id of it, its batch, its key, or how a value of its metadata
    /// begins.
    public var search: String?
    /// Of at least this total, whatever its currency; an order without a total has none.
    public var minTotal: Millionths?
    /// Of at most this total.
    public var maxTotal: Millionths?
    /// From this instant on.
    public var createdAfter: Date?
    /// Up to but not at this instant.
    public var createdBefore: Date?
    /// Only sold orders whose goods lapse from this instant on.
    public var expiresAfter: Date?
    /// Only sold orders whose goods lapse before this instant.
    public var expiresBefore: Date?
    /// Only orders older than this one: where the page before ended.
    public var before: OrderID?
    /// At most this many, 1 to 200.
    public var limit = 50

    public init() {}

    /// Whether an order passes every filter. `before` and `limit` are not filters.
    public func matches(_ order: Order) -> Bool {
        (statuses.isEmpty || statuses.contains(order.status))
            && (products.isEmpty || products.contains(order.request.product))
            && (vendors.isEmpty || order.vendor.map(vendors.contains) ?? false)
            && (clients.isEmpty || clients.contains(order.client))
            && (countries.isEmpty || order.request.country.map(countries.contains) ?? false)
            && metadata.allSatisfy(order.request.metadata.contains)
            && (idempotencyKey == nil || idempotencyKey == order.idempotencyKey)
            && (vendorOrderID == nil || vendorOrderID == order.vendorOrderID)
            && (batchID == nil || batchID == order.batchID) && (search.map { finds($0, in: order) } ?? true)
            && costsEnough(order) && wasMadeInTime(order) && lapsesInTime(order)
    }

    private func finds(_ text: String, in order: Order) -> Bool {
        [order.id.text, order.vendorOrderID, order.batchID, order.idempotencyKey].contains(text)
            || order.request.metadata.contains { $0.value.unicodeScalars.starts(with: text.unicodeScalars) }
    }

    private func costsEnough(_ order: Order) -> Bool {
        guard minTotal != nil || maxTotal != nil else { return true }
        guard let total = order.total?.amount else { return false }
        return minTotal.map { total >= $0 } ?? true && maxTotal.map { total <= $0 } ?? true
    }

    private func wasMadeInTime(_ order: Order) -> Bool {
        createdAfter.map { order.createdAt >= $0 } ?? true && createdBefore.map { order.createdAt < $0 } ?? true
    }

    private func lapsesInTime(_ order: Order) -> Bool {
        guard expiresAfter != nil || expiresBefore != nil else { return true }
        guard order.moneyState == .spent, let expiresAt = order.expiresAt else { return false }
        return expiresAfter.map { expiresAt >= $0 } ?? true && expiresBefore.map { expiresAt < $0 } ?? true
    }
}
