public import ExactJSON

/// An exact amount of money: whole millionths of a currency's unit, never a binary fraction.
public struct Money: Sendable, Hashable {
    /// The amount in the currency's unit (dollars, not cents).
    public let amount: Millionths
    /// The ISO 4217 code, upper case.
    public let currency: String

    public init(_ amount: Millionths, currency: String = "USD") {
        self.amount = amount
        self.currency = currency
    }

    /// US dollars from whole millionths of a dollar.
    public static func usd(micros: Int64) -> Money { Money(Millionths(micros)) }

    /// US dollars from plain decimal text such as `4.50`; nil when it is not such text.
    public static func usd(_ text: String) -> Money? { Millionths(text).map { Money($0) } }

    /// The amount as decimal text with at least two decimals.
    public var text: String { amount.text(places: 2) }

    /// `{"amount":"120.00","currency":"USD"}`.
    public var json: JSON { ["amount": .string(text), "currency": .string(currency)] }

    /// Whether this is more than another amount; nil when the currencies differ, since nothing can be said then.
    public func exceeds(_ other: Money) -> Bool? {
        currency == other.currency ? amount > other.amount : nil
    }

    /// The difference to another amount; nil when the currencies differ or it does not fit.
    public func minus(_ other: Money) -> Money? {
        let (difference, overflows) = amount.count.subtractingReportingOverflow(other.amount.count)
        guard currency == other.currency, !overflows else { return nil }
        return Money(Millionths(difference), currency: currency)
    }
}
