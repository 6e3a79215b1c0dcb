public import Foundation

/// An operator's word on what a client may spend: one row of a list that is only added to. A client's newest one stands.
public struct BudgetChange: Sendable, Hashable {
    /// Counts the changes of a store, from 1.
    public let number: Int
    public let client: String
    /// What may be spent, in US dollars; nil where the budget was removed.
    public let limit: Millionths?
    /// Nil where the budget was removed.
    public let period: BudgetPeriod?
    /// Why; nil where nobody had to say so.
    public let reason: String?
    /// Who said so.
    public let by: String
    /// The request id of the call that said so.
    public let requestID: String
    public let at: Date

    public init(
        number: Int, client: String, limit: Millionths?, period: BudgetPeriod?, reason: String?, by: String,
        requestID: String, at: Date
    ) {
        self.number = number
        self.client = client
        self.limit = limit
        self.period = period
        self.reason = reason
        self.by = by
        self.requestID = requestID
        self.at = at
    }
}
