/// Samples of one name: what they are, and each with its labels.
public struct Family: Sendable {
    /// What kind of number it is.
    public enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// As Prometheus wants it: with the unit last, and `_total` behind a counter.
    public let name: String
    public let kind: Kind
    /// What it is, in one sentence.
    public let help: String
    public let samples: [Sample]

    public init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// A family of one sample without labels.
    public init(_ name: String, _ kind: Kind, _ help: String, _ value: Value) {
        self.init(name, kind, help, [Sample([], value)])
    }
}

/// One number with what tells it from others of its family.
public struct Sample: Sendable {
    let labels: [(name: String, value: String)]
    let value: Value
    /// `_bucket`, `_sum` or `_count`; nothing but in a histogram.
    let suffix: String

    public init(_ labels: [(String, String)], _ value: Value, suffix: String = "") {
        self.labels = labels
        self.value = value
        self.suffix = suffix
    }
}

/// A number as it is written, exactly.
public struct Value: Sendable, Hashable {
    let text: String

    private init(_ text: String) { self.text = text }

    /// How many.
    public static func count(_ count: Int) -> Value { Value(String(count)) }

    /// Yes as 1, no as 0.
    public static func flag(_ isSet: Bool) -> Value { Value(isSet ? "1" : "0") }

    /// A length of time in seconds.
    public static func seconds(nanoseconds: Int64) -> Value {
        let magnitude = nanoseconds.magnitude
        var fraction = String(magnitude % 1_000_000_000)
        fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        let sign = nanoseconds < 0 ? "-" : ""
        return Value(sign + String(magnitude / 1_000_000_000) + (fraction.isEmpty ? "" : "." + fraction))
    }

    /// A length of time, or an instant since 1970, in seconds.
    public static func seconds(milliseconds: Int64) -> Value { seconds(nanoseconds: milliseconds * 1_000_000) }

    /// A decimal that was written exactly by somebody else: digits, a sign and a point.
    public static func decimal(_ text: String) -> Value { Value(text) }
}
