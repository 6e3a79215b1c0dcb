import HTTPTypes

extension HTTPFields {
    /// Which of several media types the caller's `Accept` likes best (RFC 9110, 12.5.1): of equals the first, and the first
    /// too where it names none of them, since an answer in another form helps more than none.
    func preferred(of offered: [MediaType]) -> MediaType? {
        let ranges = self[values: .accept].flatMap { $0.split(separator: ",") }.compactMap(AcceptedRange.init)
        guard !ranges.isEmpty else { return offered.first }
        var best: (media: MediaType, weight: Int)?
        for media in offered {
            let fitting = ranges.filter { $0.covers(media) }.max { $0.precision < $1.precision }
            guard let weight = fitting?.weight, weight > best?.weight ?? 0 else { continue }
            best = (media, weight)
        }
        return best?.media ?? offered.first
    }
}

/// One media range of an `Accept` field.
private struct AcceptedRange {
    let type: String
    let subtype: String
    /// Thousandths, 0 to 1000.
    let weight: Int

    /// Nil when it is no media range.
    init?(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.withoutBlanks.lowercased() }
        let names = (parts.first ?? "").split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard names.count == 2 else { return nil }
        type = names[0]
        subtype = names[1]
        guard let quality = parts.dropFirst().first(where: { $0.hasPrefix("q=") })?.dropFirst(2) else {
            weight = 1000
            return
        }
        let digits = quality.filter(\.isWholeNumber)
        guard let thousandths = Int(String(digits.prefix(4)).padding(to: 4)) else { return nil }
        weight = min(1000, thousandths)
    }

    /// How narrow it is: a type with its subtype, a type, or everything.
    var precision: Int { type == "*" ? 0 : subtype == "*" ? 1 : 2 }

    func covers(_ media: MediaType) -> Bool {
        let names = media.rawValue.split(separator: "/")
        return (type == "*" || type == names[0]) && (subtype == "*" || subtype == names[1])
    }
}

extension String {
    /// The text with zeros behind it up to a length.
    fileprivate func padding(to length: Int) -> String { self + String(repeating: "0", count: max(0, length - count)) }
}
