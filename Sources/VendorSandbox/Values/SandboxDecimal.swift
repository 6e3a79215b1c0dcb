/// A decimal number with six places, kept as an integer: dollars, and the gigabytes of an order.
///
/// Sums and products are exact up to the last place and stop at the ends of the range instead of overflowing.
public struct SandboxDecimal: Sendable, Hashable, Comparable {
    /// Millionths of one unit.
    public let micros: Int64

    /// Nothing.
    public static let zero = SandboxDecimal(micros: 0)

    /// A number of millionths.
    public init(micros: Int64) {
        self.micros = micros
    }

    /// A number of hundredths: `.cents(450)` is 4.50.
    public static func cents(_ count: Int64) -> SandboxDecimal {
        SandboxDecimal(clamping: Int128(count) * 10_000)
    }

    /// Reads `-12.345678`: an optional sign, digits, and at most six places. No exponent, no blanks, nothing out of range.
    public init?(_ text: some StringProtocol) {
        let negative = text.hasPrefix("-")
        let parts = text.dropFirst(negative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count <= 2, Self.isDigits(whole), whole.count <= 13 else { return nil }
        let places = parts.count == 2 ? String(parts[1]) : "0"
        guard Self.isDigits(places), places.count <= 6 else { return nil }
        let padded = places + String(repeating: "0", count: 6 - places.count)
        guard let units = Int64(whole), let millionths = Int64(padded) else { return nil }
        let (micros, overflow) = units.multipliedReportingOverflow(by: 1_000_000)
        let (sum, tooLarge) = micros.addingReportingOverflow(millionths)
        guard !overflow, !tooLarge else { return nil }
        self.micros = negative ? -sum : sum
    }

    init(clamping micros: Int128) {
        self.micros = Int64(clamping: micros)
    }

    /// Compares by value.
    public static func < (left: SandboxDecimal, right: SandboxDecimal) -> Bool {
        left.micros < right.micros
    }

    static func + (left: SandboxDecimal, right: SandboxDecimal) -> SandboxDecimal {
        SandboxDecimal(clamping: Int128(left.micros) + Int128(right.micros))
    }

    static func - (left: SandboxDecimal, right: SandboxDecimal) -> SandboxDecimal {
        SandboxDecimal(clamping: Int128(left.micros) - Int128(right.micros))
    }

    private static func isDigits(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension SandboxDecimal {
    /// This many times the number.
    func times(_ count: Int) -> SandboxDecimal {
        SandboxDecimal(clamping: Int128(micros) * Int128(count))
    }

    /// The number times `numerator` over `denominator`, halves away from zero at the last place.
    func scaled(by numerator: Int64, over denominator: Int64) -> SandboxDecimal {
        SandboxDecimal(clamping: Self.dividing(Int128(micros) * Int128(numerator), by: Int128(denominator)))
    }

    /// The product of two numbers, halves away from zero at the last place.
    func times(_ other: SandboxDecimal) -> SandboxDecimal {
        scaled(by: other.micros, over: 1_000_000)
    }

    /// Rounded to two places, halves away from zero: the vendors' samples all show two.
    var roundedToCents: SandboxDecimal {
        SandboxDecimal(clamping: Self.dividing(Int128(micros), by: 10_000) * 10_000)
    }

    private static func dividing(_ value: Int128, by divisor: Int128) -> Int128 {
        guard divisor != 0 else { return 0 }
        let half = divisor.magnitude / 2
        let rounded = (value.magnitude + half) / divisor.magnitude
        let quotient = Int128(clamping: rounded)
        return (value < 0) == (divisor < 0) ? quotient : -quotient
    }
}

extension SandboxDecimal: CustomStringConvertible {
    /// The number with at least two places: `4.50`, `-0.125`.
    public var description: String {
        text(minimumPlaces: 2)
    }

    /// The number with no more places than it needs: `50`, `0.5`.
    var shortText: String {
        text(minimumPlaces: 0)
    }

    private func text(minimumPlaces: Int) -> String {
        let magnitude = micros.magnitude
        var places = String(String(magnitude % 1_000_000 + 1_000_000).dropFirst())
        while places.count > minimumPlaces, places.hasSuffix("0") {
            places.removeLast()
        }
        let whole = (micros < 0 ? "-" : "") + String(magnitude / 1_000_000)
        return places.isEmpty ? whole : whole + "." + places
    }
}

extension SandboxDecimal: Codable {
    /// Reads a decimal string, so that no binary fraction is ever on the way.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = SandboxDecimal(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a decimal number: \(text)")
        }
        self = value
    }

    /// Writes a decimal string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
