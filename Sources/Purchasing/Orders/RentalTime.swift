/// How long IPs are rented: a caller says months or days, exactly one of them.
public enum RentalTime: Sendable, Hashable {
    case months(Int)
    case days(Int)

    /// Whole months for a vendor that sells months: 30 days are one month, 360 days are twelve; nil when the days are
    /// no multiple of 30.
    public var wholeMonths: Int? {
        switch self {
        case .months(let months): months
        case .days(let days): days.isMultiple(of: 30) ? days / 30 : nil
        }
    }

    /// Days for a vendor that sells days: a month is 30 days, so twelve are 360.
    public var asDays: Int {
        switch self {
        case .months(let months): 30 * months
        case .days(let days): days
        }
    }
}
