import Foundation

/// What things cost, before they are bought.
extension Purchaser {
    /// What a request would cost at each vendor and which would be chosen now; buys nothing and stores nothing.
    /// - Throws: `Problem` `invalid_request` when the request names a vendor that is not configured.
    public func quotation(for request: OrderRequest, traceparent: String? = nil) async throws(Problem) -> Quotation {
        try await floor.desk.quotation(for: request, traceparent: traceparent)
    }

    /// Learns from the stored orders what vendors charged last for products that they price no other way.
    func learnPrices() async throws(StoreError) {
        for vendor in floor.vendors {
            let shapes = vendor.adapter.offers.filter { !$0.quotes && !$0.tellsStock }.map(\.shape)
            for product in Set(shapes.map(\.product)) { try await learnPrices(of: product, at: vendor) }
        }
    }

    private func learnPrices(of product: Product, at vendor: Vendor) async throws(StoreError) {
        var query = OrderQuery()
        query.vendors = [vendor.name]
        query.products = [product]
        query.statuses = [.completed, .provisioning]
        query.limit = 20
        for order in try await floor.store.orders(query).orders { vendor.lastPrices.learn(from: order, vendor.adapter) }
    }
}
