public import Foundation

/// How a client's budget stands in one of its periods. Spent, held and free are the limit, at every commit.
///
/// An order, and an action on it, belongs to the period in which it was made, whenever it is sent or settled.
public struct BudgetStanding: Sendable, Hashable {
    public let client: String
    /// In US dollars, as every amount here.
    public let limit: Millionths
    public let period: BudgetPeriod
    /// What sold orders and done actions cost, as their vendors told or quoted it.
    public let spent: Millionths
    /// What is set aside for those whose outcome is open, at the price that was known before they were sent; and for those
    /// that were sold at a price that nobody told, or not in US dollars.
    public let held: Millionths
    /// When the period began, and when the next one does; nil for one that does neither.
    public let since: Date?
    public let resetsAt: Date?
    /// The newest change of the budget.
    public let changedAt: Date
    public let by: String
    public let reason: String?

    /// What is left; less than nothing where sales cost more than was known before.
    public var free: Millionths { Millionths(limit.count - spent.count - held.count) }

    /// - Parameter instant: any instant of the period.
    public init(
        client: String, limit: Millionths, period: BudgetPeriod, spent: Millionths, held: Millionths,
        around instant: Date, changedAt: Date, by: String, reason: String?
    ) {
        self.client = client
        self.limit = limit
        self.period = period
        self.spent = spent
        self.held = held
        let span = period.span(around: instant)
        since = span?.start
        resetsAt = span?.end
        self.changedAt = changedAt
        self.by = by
        self.reason = reason
    }

    /// The budget, for those who are refused by it.
    var words: String {
        let span =
            switch period {
            case .total: "in total"
            case .month: "for the month of \((since ?? changedAt).rfc3339.prefix(7))"
            case .day: "for the day \((since ?? changedAt).rfc3339.prefix(10))"
            }
        return "\(client)'s budget of \(limit.text(places: 2)) USD \(span) has \(free.text(places: 2)) left "
            + "(\(spent.text(places: 2)) spent, \(held.text(places: 2)) held)"
    }
}
