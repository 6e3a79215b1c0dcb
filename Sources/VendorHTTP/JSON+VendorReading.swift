public import ExactJSON
public import Purchasing

extension JSON {
    /// An amount as a number or as text with a number, exactly: no exponent, at most 13 digits before the point and
    /// nothing below a millionth; nil for anything else.
    public func exactAmount(allowsSign: Bool = false) -> Millionths? {
        guard var text = number?.literal ?? string, text.utf8.count <= 24 else { return nil }
        if let point = text.firstIndex(of: ".") {
            while text.hasSuffix("0"), text.distance(from: point, to: text.endIndex) > 7 { text.removeLast() }
            guard text.distance(from: point, to: text.endIndex) <= 7 else { return nil }
        }
        return Millionths(text, allowsSign: allowsSign)
    }

    /// The text, when this is a string of 1 to 128 visible ASCII characters: an id that can be stored and shown.
    public var visibleToken: String? {
        guard let text = string, text.isVisibleASCII(upTo: 128) else { return nil }
        return text
    }

    /// The first member that is there and not `null`, of several likely spellings.
    public func first(of names: String...) -> JSON? {
        for name in names {
            if let value = self[name], !value.isNull { return value }
        }
        return nil
    }
}

extension String {
    /// Whether this is 1 to `limit` visible ASCII characters, without blanks.
    func isVisibleASCII(upTo limit: Int) -> Bool {
        (1...limit).contains(utf8.count) && utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
