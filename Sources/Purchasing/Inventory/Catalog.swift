/// What one vendor sells of one product, with what it lists as possible values.
public struct CatalogEntry: Sendable, Hashable {
    public let vendor: String
    public let offer: ProductOffer
    /// The vendor's lists, with their age; nil where it has none.
    public let lists: KnownReading?
}

extension Purchaser {
    /// What can be asked for, vendor by vendor in the order of the configuration, product by product.
    /// - Parameters:
    ///   - vendor: only this one.
    ///   - products: only these; all when empty.
    public func catalog(vendor: String? = nil, products: [Product] = []) async -> [CatalogEntry] {
        let wanted = floor.vendors.filter { $0.isEnabled && (vendor == nil || $0.name == vendor) }
        let places = wanted.flatMap { vendor in
            vendor.adapter.offers.filter { products.isEmpty || products.contains($0.shape.product) }
                .map { (vendor: vendor.name, offer: $0) }
        }
        return await withTaskGroup(of: (Int, CatalogEntry).self) { group in
            for (index, place) in places.enumerated() {
                group.addTask { (index, await self.entry(place.vendor, place.offer)) }
            }
            var entries: [Int: CatalogEntry] = [:]
            for await (index, entry) in group { entries[index] = entry }
            return places.indices.compactMap { entries[$0] }
        }
    }

    private func entry(_ vendor: String, _ offer: ProductOffer) async -> CatalogEntry {
        CatalogEntry(
            vendor: vendor, offer: offer,
            lists: offer.tellsLists ? await floor.desk.cache.reading(.lists(offer.shape), at: vendor) : nil)
    }
}
