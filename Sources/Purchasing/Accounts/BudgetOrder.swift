public import Foundation

/// What an operator wants a client's budget to be.
public struct BudgetOrder: Sendable, Hashable {
    public let client: String
    /// What may be spent in a period, in US dollars, not less than nothing; nil to remove the budget.
    public let limit: Millionths?
    public let period: BudgetPeriod
    public let reason: String?
    /// Who wants it.
    public let by: String
    public let requestID: String
    public let at: Date

    public init(
        client: String, limit: Millionths?, period: BudgetPeriod = .total, reason: String?, by: String,
        requestID: String, at: Date
    ) {
        self.client = client
        self.limit = limit
        self.period = period
        self.reason = reason
        self.by = by
        self.requestID = requestID
        self.at = at
    }
}
