/// A price, with what led to it.
struct LegacyPrice: Hashable {
    let total: SandboxDecimal
    /// Per cent; 0 without a valid promo code.
    let discount: Int
}

extension LegacyPrice {
    /// A price in cents, less so many per cent, in cents.
    init(full: SandboxDecimal, discount: Int) {
        self.init(total: full.scaled(by: Int64(100 - discount), over: 100).roundedToCents, discount: discount)
    }
}

extension LegacyState {
    /// Sells, by a client's request or by hand (`/api-reference/create-an-order`). A promo code that is not known does
    /// not stop the sale: it is made at the full price.
    mutating func sell(
        _ json: SandboxJSON, in exchange: Exchange?, charged: Bool = true, at now: SandboxTime
    ) throws(LegacyRefusal) -> (LegacyOrder, SandboxSale) {
        let order = try LegacyOrder(json, settings)
        let price = price(of: order.terms).total + settings.saleSurcharge
        guard !charged || price <= ledger.balance else { throw .funds }
        let goods = take(order, at: now)
        var sale = SandboxSale(order: goods.orderNumber, product: order.terms.type.rawValue, price: price)
        sale.charged = charged
        sale.orderID = ids.digits(goods.orderID)
        sale.country = order.terms.country
        sale.quantity = order.terms.quantity
        sale.days = order.terms.days
        ledger.sell(sale, in: exchange, at: now)
        return (order, sale)
    }

    /// The whole order's price, after the discount and in cents: 1.31 less ten per cent is 1.18
    /// (`/api-reference/price-calculation/calculate-an-order`). That a price grows evenly with the days is assumed.
    func price(of terms: LegacyTerms) -> LegacyPrice {
        let monthly = settings.offers[terms.offer].price.times(terms.quantity)
        let full = monthly.scaled(by: Int64(terms.days), over: 30).roundedToCents
        guard case .valid(let index) = terms.promo else { return LegacyPrice(total: full, discount: 0) }
        return LegacyPrice(full: full, discount: settings.promoCodes[index].discount)
    }

    private mutating func take(_ order: LegacyOrder, at now: SandboxTime) -> LegacyGoods {
        settings.offers[order.terms.offer].available -= order.terms.quantity
        if case .valid(let index) = order.terms.promo { settings.promoCodes[index].countUses += 1 }
        let number = ids.next()
        let goods = LegacyGoods(
            order: order, orderNumber: "NUMBER-" + ids.digits(number), orderID: ids.next(by: settings.groupsPerOrder),
            groups: settings.groupsPerOrder,
            firstAddress: goods.last.map { $0.firstAddress + $0.order.terms.quantity } ?? 1,
            unitPrice: settings.offers[order.terms.offer].price, soldAt: now,
            rents: Array(repeating: LegacyRent(endsAt: now.adding(days: order.terms.days)), count: order.terms.quantity)
        )
        self.goods.append(goods)
        return goods
    }
}
