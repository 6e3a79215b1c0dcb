public import ExactJSON

/// An exact decimal number with six places, kept as a whole number of millionths: amounts of money and gigabytes.
public struct Millionths: Sendable, Hashable, Comparable {
    /// The number times 1,000,000.
    public let count: Int64

    public init(_ count: Int64) { self.count = count }

    public static let zero = Millionths(0)

    public static func < (left: Millionths, right: Millionths) -> Bool { left.count < right.count }

    /// Reads plain decimal text such as `120.00`: digits, at most one point with digits on both sides, no exponent.
    ///
    /// More than six decimals are rounded half away from zero. Nil when the text is anything else or does not fit.
    public init?(_ text: String, allowsSign: Bool = false) {
        var digits = text.utf8[...]
        let isNegative = allowsSign && digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, parts.last?.isEmpty == false else { return nil }
        let fraction = parts.count == 2 ? parts[1] : Substring("0").utf8
        guard whole.allSatisfy(Self.isDigit), fraction.allSatisfy(Self.isDigit), whole.count <= 13 else { return nil }
        // Thirteen digits may be one too many for 64 bits: counted without a sign first, then seen whether they fit.
        var count: UInt64 = 0
        for digit in whole { count = count * 10 + UInt64(digit - 48) }
        for place in 0..<6 {
            count *= 10
            if place < fraction.count {
                count += UInt64(fraction[fraction.index(fraction.startIndex, offsetBy: place)] - 48)
            }
        }
        if let seventh = fraction.dropFirst(6).first, seventh >= 53 { count += 1 }
        guard let count = Int64(exactly: count) else { return nil }
        self.init(isNegative ? -count : count)
    }

    /// Reads a JSON number from its digits. Nil when it has an exponent or does not fit.
    public init?(_ number: JSONNumber, allowsSign: Bool = false) {
        self.init(number.literal, allowsSign: allowsSign)
    }

    /// How many decimals the text of a number has; 0 without a point.
    public static func decimals(in text: String) -> Int {
        guard let point = text.firstIndex(of: ".") else { return 0 }
        return text.distance(from: point, to: text.endIndex) - 1
    }

    /// Plain decimal text with at least `places` decimals and no more than the number needs.
    public func text(places: Int) -> String {
        let (whole, millionths) = count.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var fraction = millionths
        var decimals = 6
        while decimals > places, fraction % 10 == 0 {
            fraction /= 10
            decimals -= 1
        }
        let text = (count < 0 ? "-" : "") + String(whole)
        guard decimals > 0 else { return text }
        let digits = String(fraction)
        return text + "." + String(repeating: "0", count: decimals - digits.utf8.count) + digits
    }

    /// The number times a whole number; nil when that does not fit.
    public func times(_ factor: Int) -> Millionths? {
        let (product, overflows) = count.multipliedReportingOverflow(by: Int64(factor))
        return overflows ? nil : Millionths(product)
    }

    /// The number times another decimal, rounded half away from zero to six places; nil when that does not fit.
    public func times(_ factor: Millionths) -> Millionths? {
        let product = count.magnitude.multipliedFullWidth(by: factor.count.magnitude)
        guard product.high < 500_000 else { return nil }
        let (quotient, remainder) = UInt64(1_000_000).dividingFullWidth(product)
        guard let rounded = Int64(exactly: quotient + (remainder >= 500_000 ? 1 : 0)) else { return nil }
        return Millionths((count < 0) == (factor.count < 0) ? rounded : -rounded)
    }

    /// The number divided by a whole number above zero; nil when that leaves a remainder.
    public func divided(exactlyBy divisor: Int) -> Millionths? {
        guard divisor > 0, count.isMultiple(of: Int64(divisor)) else { return nil }
        return Millionths(count / Int64(divisor))
    }

    /// The number divided by another above zero, both of them not negative; nil when that has more than six decimals or
    /// does not fit.
    public func divided(exactlyBy divisor: Millionths) -> Millionths? {
        guard divisor > .zero, self >= .zero else { return nil }
        let product = count.magnitude.multipliedFullWidth(by: 1_000_000)
        guard product.high < divisor.count.magnitude else { return nil }
        let (quotient, remainder) = divisor.count.magnitude.dividingFullWidth(product)
        guard remainder == 0 else { return nil }
        return Int64(exactly: quotient).map { Millionths($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
