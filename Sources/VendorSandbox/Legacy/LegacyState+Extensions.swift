extension LegacyState {
    /// `POST extend` and `POST extend/order`: charges, and moves the end of each address by the days. There is no
    /// idempotency: what comes twice is charged twice. As with an order, a promo code that is not known stops nothing.
    mutating func extend(
        _ wanted: LegacyExtension, in exchange: Exchange, at now: SandboxTime
    ) throws(LegacyRefusal) {
        let price = price(of: wanted).total + settings.extensionSurcharge
        guard price <= ledger.balance else { throw .funds }
        if case .valid(let index) = wanted.promo { settings.promoCodes[index].countUses += 1 }
        prolong(wanted, price: price, as: .extension, in: exchange, at: now)
    }

    /// `POST extend/auto` and `POST extend/order/auto`: on or off; charges nothing now.
    mutating func setAutoExtension(
        _ wanted: LegacyExtension, to isOn: Bool, in exchange: Exchange, at now: SandboxTime
    ) {
        for spot in wanted.spots {
            goods[spot.goods].rents[spot.index].autoExtendDays = isOn ? wanted.days : nil
            goods[spot.goods].rents[spot.index].triedFor = nil
            autoExtended.insert(spot.goods)
        }
        note(isOn ? .autoExtendOn : .autoExtendOff, wanted, in: exchange, at: now)
    }

    /// The price of extending, after the discount and in cents. That it is the price of an order for as many days, by the
    /// present price list, is assumed. The samples show a valid promo code with the discount 0
    /// (`/api-reference/price-calculation/extend-by-ips`); the settings decide whether one counts.
    func price(of wanted: LegacyExtension) -> LegacyPrice {
        let monthly = wanted.spots.reduce(SandboxDecimal.zero) { $0 + unitPrice(of: goods[$1.goods]) }
        let full = monthly.scaled(by: Int64(wanted.days), over: 30).roundedToCents
        guard case .valid(let index) = wanted.promo, settings.promosDiscountExtensions else {
            return LegacyPrice(total: full, discount: 0)
        }
        return LegacyPrice(full: full, discount: settings.promoCodes[index].discount)
    }

    /// Takes the price and moves the ends.
    mutating func prolong(
        _ wanted: LegacyExtension, price: SandboxDecimal, as kind: SandboxSale.Kind, in exchange: Exchange?,
        at now: SandboxTime
    ) {
        for spot in wanted.spots {
            let end = goods[spot.goods].rents[spot.index].endsAt
            goods[spot.goods].rents[spot.index].endsAt = end.adding(days: wanted.days)
        }
        let numbers = Set(wanted.spots.map(\.goods)).sorted().map { goods[$0].orderNumber }
        var sale = SandboxSale(
            order: numbers.joined(separator: ","), product: wanted.type.rawValue, price: price)
        sale.kind = kind
        sale.orderID = orderIDs(of: wanted).joined(separator: ",")
        sale.country = wanted.spots.first.map { goods[$0.goods].order.terms.country }
        sale.quantity = wanted.spots.count
        sale.days = wanted.days
        ledger.sell(sale, in: exchange, at: now)
        note(.extend, wanted, price: price, in: exchange, at: now)
    }

    private func unitPrice(of goods: LegacyGoods) -> SandboxDecimal {
        let terms = goods.order.terms
        let offer = settings.offers.first { $0.proxyType == terms.type && $0.country == terms.country }
        return offer?.price ?? goods.unitPrice
    }

    private func orderIDs(of wanted: LegacyExtension) -> [String] {
        Set(wanted.spots.map(orderID)).sorted()
    }

    private mutating func note(
        _ kind: SandboxChange.Kind, _ wanted: LegacyExtension, price: SandboxDecimal = .zero,
        in exchange: Exchange?, at now: SandboxTime
    ) {
        var change = SandboxChange(kind, count: wanted.spots.count)
        change.orderIDs = orderIDs(of: wanted)
        if wanted.naming == .addresses { change.items = wanted.spots.map(addressID) }
        change.price = price
        if kind == .extend {
            change.expiresAt = wanted.spots.map { goods[$0.goods].rents[$0.index].endsAt }.max()?.millisecondsText
        }
        ledger.change(change, in: exchange, at: now)
    }
}
