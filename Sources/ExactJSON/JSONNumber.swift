/// A JSON number as its digits stand in the document; nothing passes through a binary fraction.
public struct JSONNumber: Sendable, Hashable {
    /// The number as written, for example `225.00` or `1e2`.
    public let literal: String

    /// A number from text that a JSON parser accepted.
    init(literal: String) { self.literal = literal }

    /// A whole number.
    public init(_ value: Int) { literal = String(value) }

    /// A number from plain decimal text (`-`, digits, at most one point with digits on both sides), else nil.
    public init?(decimal text: String) {
        var digits = text.utf8[...]
        if digits.first == UInt8(ascii: "-") { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let isDigits = { (part: Substring.UTF8View) in !part.isEmpty && part.allSatisfy { (48...57).contains($0) } }
        guard parts.allSatisfy(isDigits) else { return nil }
        guard let whole = parts.first, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return nil }
        literal = text
    }

    /// The value, when it is written as a whole number (no fraction, no exponent, not `-0`) and fits 64 bits.
    public var int: Int? { literal == "-0" ? nil : Int(literal) }

    /// Whether the number is written without an exponent.
    public var isPlainDecimal: Bool { !literal.utf8.contains { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") } }
}
