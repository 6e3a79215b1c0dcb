/// The addresses of one order.
struct LegacyGoods: Sendable {
    let order: LegacyOrder
    /// What the order's answer said: `NUMBER-…`.
    let orderNumber: String
    /// What the list says; the second and further groups of one order count up from it.
    let orderID: Int
    /// In how many groups the addresses are listed.
    let groups: Int
    let firstAddress: Int
    /// Dollars per address and 30 days, at the sale.
    let unitPrice: SandboxDecimal
    let soldAt: SandboxTime
    /// In the order of their numbers; the first belongs to the first group, the second to the second, and so on.
    var rents: [LegacyRent]

    /// The indices of one group's addresses.
    func indices(ofGroup group: Int) -> StrideTo<Int> {
        stride(from: group, to: rents.count, by: groups)
    }
}

/// For how long one address is rented.
struct LegacyRent: Sendable {
    var endsAt: SandboxTime
    /// By how many days the vendor extends it by itself; nil means that it does not.
    var autoExtendDays: Int?
    /// The end for which the vendor has tried to.
    var triedFor: SandboxTime?
}

/// One address of one order.
struct LegacySpot: Hashable, Sendable {
    /// The index of the order.
    let goods: Int
    /// The index in it.
    let index: Int
}
