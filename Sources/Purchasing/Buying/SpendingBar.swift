/// Why the store does not let something be spent: found in the transaction that would have said that it may be.
public enum SpendingBar: Sendable, Hashable {
    /// An operator has stopped buying.
    case paused(BuyingChange)
    /// The client's budget has no room, as it stood then; nil where no price was known yet and nothing is free.
    case overBudget(BudgetStanding, price: Money?)
    /// The client has a budget, and no price in US dollars is known that it could hold.
    case unpriced(BudgetStanding)
}

extension SpendingBar {
    /// What callers are told, where it does not matter who asked the price.
    var problem: Problem { problem(asking: nil) }

    /// What callers are told.
    /// - Parameter asking: who asks how much, the cheapest first, in words; nil where that is not known.
    func problem(asking: String?) -> Problem {
        switch self {
        case .paused(let change): Problem(.buyingPaused, change.words)
        case .overBudget(let budget, let price):
            Problem(
                .budgetExceeded,
                [budget.words, asking ?? price.map { "the price is \($0.text)" }].compactMap(\.self)
                    .joined(separator: ", and "))
        case .unpriced(let budget):
            Problem(
                .priceUnknown,
                "no price in US dollars is known before buying that \(budget.client)'s budget could hold, and "
                    + "allow_unknown_price does not help with that: an operator can configure the vendor's prices, or "
                    + "remove the budget")
        }
    }
}
