import Foundation

/// Finds the price of a request in a vendor's stock. Pure.
///
/// Rows overlap: one without a city or a network speaks for all of them, and its price may be only the lowest of theirs.
struct StockPrice {
    /// The rows that the request may be taken from.
    private let rows: [InventoryRow]
    private let request: OrderRequest

    init(of request: OrderRequest, in rows: [InventoryRow]) {
        self.request = request
        let here = rows.filter { $0.shape == request.shape && $0.country == request.country }
        self.rows = Self.fitting(Self.fitting(here, \.city, request.city), \.asn, request.asn)
    }

    /// The rows that say what the request says; where no row says anything, those that speak for all; every row where the
    /// request says nothing. A place that is not among those that are named is not sold.
    private static func fitting<Value: Equatable>(
        _ rows: [InventoryRow], _ field: KeyPath<InventoryRow, Value?>, _ value: Value?
    ) -> [InventoryRow] {
        guard let value else { return rows }
        let isNamed = rows.contains { $0[keyPath: field] != nil }
        return isNamed ? rows.filter { $0[keyPath: field] == value } : rows
    }

    /// How many there are, by the rows that speak for all where there are any, since rows overlap; nil when some row does
    /// not tell.
    var available: Int? {
        let counted = Self.general(Self.general(rows, \.city), \.asn)
        var sum = 0
        for row in counted {
            guard let count = row.available else { return nil }
            sum = sum.addingReportingOverflow(count).partialValue
        }
        return counted.isEmpty ? nil : sum
    }

    private static func general<Value>(_ rows: [InventoryRow], _ field: KeyPath<InventoryRow, Value?>) -> [InventoryRow]
    {
        let general = rows.filter { $0[keyPath: field] == nil }
        return general.isEmpty ? rows : general
    }

    /// Why no price can be known where some of what is sold tells none.
    static let someUntold = "some of its inventory tells no price"

    /// The price at an instant; where rows differ the highest, since the vendor chooses among them.
    /// - Parameter listed: what the price list says, for rows that tell no price; where it says nothing the price is the
    ///   least that it may be.
    func price(asOf: Date, listed: UnitPrice? = nil) -> Pricing {
        guard !rows.isEmpty else { return .unpriced("its inventory shows nothing of the kind") }
        let inStock = rows.filter { $0.available != 0 }
        let relevant = inStock.isEmpty ? rows : inStock
        let sums = StockSums(of: relevant)
        let untold = relevant.filter { $0.price == nil && !sums.cover($0) }
        let told = relevant.compactMap(\.price)
        let units = told + (untold.isEmpty ? [] : [listed].compactMap(\.self))
        guard let highest = units.max(by: { $0.money.amount < $1.money.amount }) else {
            return .unpriced("its inventory tells no price")
        }
        guard Set(units.map(\.money.currency)).count == 1, Set(units.map(\.unit)).count == 1 else {
            return .unpriced("its inventory tells prices that cannot be compared")
        }
        guard let total = highest.total(of: request) else { return .unpriced("its price does not fit the request") }
        let isTold = told.contains(highest)
        var price = VendorPrice(
            total: total, unit: highest, source: isTold ? .inventory : .priceList, asOf: isTold ? asOf : nil,
            available: available)
        price.isLeast = !untold.isEmpty && listed == nil
        if let lowest = units.map(\.money.amount).min(), lowest < highest.money.amount {
            price.warnings.append(
                "a unit costs \(Money(lowest).text) to \(highest.money.text), as city and network are chosen; "
                    + "the highest is taken")
        }
        if !untold.isEmpty, !told.isEmpty {
            price.warnings.append(Self.someUntold + (listed == nil ? "" : "; the price list speaks for that"))
        }
        if let available, let quantity = request.quantity, available < quantity {
            price.warnings.append("its inventory shows \(available) of \(quantity)")
        }
        return .priced(price)
    }
}
