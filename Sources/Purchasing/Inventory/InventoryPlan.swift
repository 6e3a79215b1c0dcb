/// Which products of which vendors have a say in what a query asks for, and what has to be known of each (pure).
struct InventoryPlan {
    /// A product of a vendor.
    struct Part: Sendable {
        /// The vendor's place in the configured order.
        let vendorIndex: Int
        let vendor: Vendor
        let offer: ProductOffer
        /// What has to be known; nil when nothing can be read of the product.
        let topic: ReadingTopic?
    }

    let query: InventoryQuery
    /// The vendors that are asked about, in the configured order.
    let vendors: [Vendor]
    /// What is asked of those that may be read.
    let parts: [Part]

    /// - Parameter all: every configured vendor, in the configured order.
    init(_ query: InventoryQuery, vendors all: [Vendor]) {
        self.query = query
        vendors = all.filter { query.vendor.map { [name = $0.name] in $0 == name } ?? $0.isEnabled }
        parts = vendors.enumerated().filter(\.element.isEnabled).flatMap { index, vendor in
            vendor.adapter.offers.filter { query.wants($0.shape) && $0.honours(query.filters) }.compactMap { offer in
                let topic = offer.topic(for: query)
                // Of a product of which nothing can be read, nobody knows where it is sold.
                guard topic != nil || query.filters.isEmpty else { return nil }
                return Part(vendorIndex: index, vendor: vendor, offer: offer, topic: topic)
            }
        }
    }

    // MARK: Rows

    /// What a part says of which nothing can be read: that it is sold, and the price that was charged last, else the one
    /// that the configuration states.
    func row(of part: Part, _ seen: LastPrices.Seen?) -> InventoryRow {
        let shape = part.offer.shape
        return InventoryRow(shape, price: seen?.price ?? part.vendor.adapter.listPrice(of: shape))
    }

    /// What a part says, given what is known of its topic.
    func rows(of part: Part, _ value: VendorReading?) -> [InventoryRow] {
        switch value {
        case .stock(let rows): rows.filter(matches)
        case .lists(let lists): rows(from: lists, part.offer.shape)
        case .account: []
        case nil: []
        }
    }

    /// Whether a row of the stock is one that was asked for. The vendor was asked by country and ASN, so a row that does
    /// not say them again is one; it was not asked by city.
    private func matches(_ row: InventoryRow) -> Bool {
        func agrees<Value: Equatable>(_ told: Value?, _ wanted: Value?) -> Bool {
            guard let told, let wanted else { return true }
            return told == wanted
        }
        return agrees(row.country, query.country) && agrees(row.asn, query.asn)
            && (query.city == nil || row.city == query.city)
    }

    /// One row for each country and, where there are mobile operators, for each operator.
    private func rows(from lists: ReferenceLists, _ shape: ProductShape) -> [InventoryRow] {
        let rentalDays = lists.rentalDays ?? []
        let operators = shape == .mobileByIP ? lists.mobileOperators ?? [] : []
        var rows = operators.map { one in
            InventoryRow(
                shape, country: one.country, rentalDays: rentalDays, mobileOperator: one.name,
                rotationSeconds: one.rotationSeconds)
        }
        let served = Set(operators.compactMap(\.country))
        for country in lists.countries ?? [] where !served.contains(country) {
            rows.append(InventoryRow(shape, country: country, rentalDays: rentalDays))
        }
        return rows.filter { query.country == nil || $0.country == query.country }
    }
}

extension ProductOffer {
    /// Whether an order can be narrowed by all of some fields.
    fileprivate func honours(_ fields: [RequestField]) -> Bool {
        fields.allSatisfy { required.contains($0) || optional.contains($0) }
    }

    /// What says the most about the product.
    fileprivate func topic(for query: InventoryQuery) -> ReadingTopic? {
        if tellsStock { return .stock(StockQuery(shape, country: query.country, asn: query.asn)) }
        // Lists know countries alone.
        if tellsLists, query.city == nil, query.asn == nil { return .lists(shape) }
        return nil
    }
}
