public import Foundation

/// For how long a budget's limit is.
public enum BudgetPeriod: String, Sendable, Hashable, CaseIterable {
    /// Once and for all.
    case total
    /// Anew with each month, in UTC.
    case month
    /// Anew with each day, in UTC.
    case day

    /// The period that an instant belongs to: its start, and the start of the next one; nil for one that has neither.
    public func span(around instant: Date) -> (start: Date, end: Date)? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let span: DateInterval? =
            switch self {
            case .total: nil
            case .month: calendar.dateInterval(of: .month, for: instant)
            case .day: calendar.dateInterval(of: .day, for: instant)
            }
        return span.map { ($0.start, $0.end) }
    }
}
