/// Why the store does not let something be spent: found in the transaction that would have said that it may be.
public enum SpendingBar: Sendable, Hashable {
    /// An operator has stopped buying.
    case paused(BuyingChange)
}

extension SpendingBar {
    /// What callers are told.
    var problem: Problem {
        switch self {
        case .paused(let change): Problem(.buyingPaused, change.words)
        }
    }
}
