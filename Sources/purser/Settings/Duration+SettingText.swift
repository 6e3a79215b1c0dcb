import Purchasing

extension Duration {
    /// The units of durations in the configuration file, each in microseconds; longest first.
    private static let units: [(name: String, microseconds: Int64)] = [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1000),
    ]

    /// Reads `30s`, `1.5h`, `500ms`: a whole or decimal number and a unit, without blanks.
    init?(settingText text: String) {
        let number = text.prefix { $0 == "." || $0.isASCII && $0.isNumber }
        guard let unit = Self.units.first(where: { $0.name == text.dropFirst(number.count) }),
            let amount = Millionths(String(number)),
            let product = Millionths(unit.microseconds).times(amount)
        else { return nil }
        self = .microseconds(product.count)
    }

    /// The duration in the largest unit that it fills whole numbers of: `90s`, `20h`, `0s`.
    var settingText: String {
        let microseconds = Int64((seconds * 1_000_000).rounded())
        guard microseconds != 0 else { return "0s" }
        guard let unit = Self.units.first(where: { microseconds.isMultiple(of: $0.microseconds) }) else {
            return "\(Millionths(microseconds * 1000).text(places: 0))ms"
        }
        return "\(microseconds / unit.microseconds)\(unit.name)"
    }
}
