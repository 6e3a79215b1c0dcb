extension BudgetStanding {
    /// Why an order at a price would be refused as the budget stands now, by the rules that the store keeps; nil where there
    /// is room.
    /// - Parameter price: what a vendor asks; nil where no price can be known.
    public func problem(with price: Money?) -> Problem? {
        guard free > .zero else { return SpendingBar.overBudget(self, price: price).problem }
        guard let price, price.currency == "USD" else { return SpendingBar.unpriced(self).problem }
        return price.amount > free ? SpendingBar.overBudget(self, price: price).problem : nil
    }
}

extension Purchaser {
    /// The budget that a caller's own orders are held against; nil where it has none, or the store cannot be read now:
    /// nothing is refused by what this tells.
    public func ownBudget(of caller: Caller) async -> BudgetStanding? {
        do { return try await floor.store.budget(of: caller.client, at: floor.timepiece.now()) } catch { return nil }
    }
}
