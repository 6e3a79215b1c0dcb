/// What one unit costs: exact, and with as many digits as were told (a GB or an IP-month may cost fractions of a cent).
public struct UnitPrice: Sendable, Hashable {
    public let money: Money
    public let unit: Unit

    /// What the price is for.
    public enum Unit: String, Sendable, Hashable {
        case gb
        /// One IP for one month.
        case ipMonth = "ip_month"
    }

    public init(_ money: Money, per unit: Unit) {
        self.money = money
        self.unit = unit
    }

    /// What a request costs at this price; nil when it has not the unit's quantities, or the total does not fit.
    public func total(of request: OrderRequest) -> Money? {
        let amount: Millionths? =
            switch unit {
            case .gb: request.gb.flatMap { money.amount.times($0) }
            case .ipMonth: ipMonths(of: request).flatMap { money.amount.times($0) }
            }
        return amount.map { Money($0, currency: money.currency) }
    }

    private func ipMonths(of request: OrderRequest) -> Int? {
        guard let quantity = request.quantity, let months = request.rental?.wholeMonths else { return nil }
        let (count, overflows) = quantity.multipliedReportingOverflow(by: months)
        return overflows ? nil : count
    }
}
