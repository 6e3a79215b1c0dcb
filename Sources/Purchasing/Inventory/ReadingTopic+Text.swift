extension ReadingTopic {
    /// The topic as text, the same for equal ones: `stock isp US 7922`, `stock isp - -`, `lists ipv4`, `account`.
    public var text: String {
        switch self {
        case .stock(let query):
            "stock \(query.shape.rawValue) \(query.country?.alpha2 ?? "-") \(query.asn.map(String.init) ?? "-")"
        case .lists(let shape): "lists \(shape.rawValue)"
        case .account: "account"
        }
    }

    /// Reads what `text` gives; nil for anything else.
    public init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        switch (words.first, words.count) {
        case ("stock", 4):
            guard let shape = ProductShape(rawValue: words[1]) else { return nil }
            let (country, asn) = (Country(words[2]), Int(words[3]))
            guard words[2] == "-" || country != nil, words[3] == "-" || asn != nil else { return nil }
            self = .stock(StockQuery(shape, country: country, asn: asn))
        case ("lists", 2):
            guard let shape = ProductShape(rawValue: words[1]) else { return nil }
            self = .lists(shape)
        case ("account", 1): self = .account
        default: return nil
        }
    }
}
