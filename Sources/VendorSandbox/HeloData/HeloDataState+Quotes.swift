/// What an order costs, and where its addresses come from.
struct HeloDataQuote {
    /// Addresses from one row of the stock.
    struct Share {
        let index: Int
        var count: Int
    }

    let product: String
    /// The whole order, in cents.
    let total: SandboxDecimal
    /// One gigabyte; zero for addresses.
    var unit = SandboxDecimal.zero
    var shares: [Share] = []
}

extension HeloDataState {
    /// Prices an order. Rounding to cents is assumed: the samples need none.
    func quote(_ order: HeloDataOrder) throws(HeloDataRefusal) -> HeloDataQuote {
        switch order {
        case .bandwidth(let product, let gigabytes):
            let unit = product == "mobile" ? settings.mobilePricePerGb : settings.residentialPricePerGb
            return HeloDataQuote(product: product, total: total(unit.times(gigabytes)), unit: unit)
        case .isp(let isp):
            let shares = try shares(of: isp)
            let monthly = shares.reduce(SandboxDecimal.zero) { $0 + settings.stock[$1.index].price.times($1.count) }
            return HeloDataQuote(product: "isp", total: total(monthly.times(isp.months)), shares: shares)
        }
    }

    private func total(_ price: SandboxDecimal) -> SandboxDecimal {
        price.roundedToCents + settings.saleSurcharge
    }

    /// Fills an order row by row; one without a city or a network may lie in several.
    private func shares(of isp: HeloDataISPOrder) throws(HeloDataRefusal) -> [HeloDataQuote.Share] {
        var missing = isp.quantity
        var shares: [HeloDataQuote.Share] = []
        for (index, stock) in settings.stock.enumerated() where missing > 0 && isp.fits(stock) && stock.available > 0 {
            let count = min(missing, stock.available)
            shares.append(.init(index: index, count: count))
            missing -= count
        }
        guard missing == 0 else { throw .insufficientInventory }
        return shares
    }
}
