import ExactJSON
import Foundation
import OrderedCollections
import Purchasing
import VendorHTTP

/// Reads the members of one object of the inventory, in every likely spelling, and keeps account of what was read.
///
/// Names are compared without case, `_` and `-`. Where two spellings of one thing disagree, it was not told readably.
struct HeloDataStockFields {
    typealias Place = HeloDataStockNode.Place
    typealias Told = HeloDataStockNode.Told
    typealias Frame = HeloDataStockNode.Frame

    private let members: OrderedDictionary<String, JSON>
    private let place: Place
    private let outer: Frame
    private var read: Set<String> = []

    init(_ members: OrderedDictionary<String, JSON>, as place: Place, _ outer: Frame) {
        self.members = members
        self.place = place
        self.outer = outer
    }

    /// The members that were not read yet and say something.
    var unread: [(name: String, value: JSON)] {
        members.filter { !read.contains($0.key) && !$0.value.isNull }.map { ($0.key, $0.value) }
    }

    mutating func markRead(_ name: String) { read.insert(name) }

    /// What was not read.
    var rest: JSON? {
        let rest = unread
        return rest.isEmpty ? nil : .object(rest.map { ($0.name, $0.value) })
    }

    /// What was read and what was not, but for the lists that were.
    var everythingButLists: JSON {
        .object(
            members.filter { member in
                !read.contains(member.key) || member.value.array == nil && Self.list(member.key) == nil
            }.map { ($0.key, $0.value) })
    }

    // MARK: Places

    mutating func country() -> Told<Country> {
        let own = ["country", "countrycode", "alpha2", "alpha3", "iso2", "iso3"]
        return told(place == .country ? [own, ["code"], ["id"]] : [own], Self.country)
    }

    mutating func city() -> Told<String> {
        told([["city"], ["cityname"]] + (place == .city ? [["name"], ["slug"]] : []), Self.city)
    }

    mutating func asn() -> Told<Int> {
        told([["asn", "asnumber", "asnnumber"]] + (place == .asn ? [["number"]] : []), Self.asn)
    }

    /// A code, or an object with one.
    static func country(_ json: JSON) -> Country? {
        (json.string ?? json.first(of: "code", "country_code", "alpha2", "alpha3")?.string).flatMap(Country.init)
    }

    /// A name in the form of `OrderRequest.city`: `New York` and `new_york` are `newyork`, `São Paulo` is `saopaulo`.
    static func city(_ json: JSON) -> String? {
        guard let text = json.string ?? json.first(of: "city", "name", "slug")?.string, text.utf8.count <= 128 else {
            return nil
        }
        let name = text.folding(options: .diacriticInsensitive, locale: nil)
        let isAllowed = { (character: Character) in
            character.isASCII && (character.isLetter || " .'-_".contains(character))
        }
        guard name.count <= 64, name.allSatisfy(isAllowed), name.contains(where: \.isLetter) else { return nil }
        return String(name.lowercased().filter(\.isLetter))
    }

    /// A number, or text such as `7922` or `AS7922`, or an object with one.
    static func asn(_ json: JSON) -> Int? {
        guard let text = json.number?.literal ?? json.string else {
            return json.object == nil
                ? nil : json.first(of: "asn", "number").flatMap { $0.object == nil ? asn($0) : nil }
        }
        var digits = Substring(text)
        if json.string != nil, let prefix = ["asn", "as"].first(where: text.lowercased().hasPrefix) {
            digits = digits.dropFirst(prefix.count)
        }
        guard let number = RetryAfter.wholeNumber(String(digits)), (1...4_294_967_295).contains(number) else {
            return nil
        }
        return number
    }

    /// What members say: the first group of names of which one can be read decides. All that say the same are read.
    private mutating func told<Value: Hashable>(_ groups: [[String]], _ value: (JSON) -> Value?) -> Told<Value> {
        let named = { (names: [String], name: String) in names.contains(Self.plain(name)) }
        let found = unread.filter { member in
            member.value.array == nil && groups.contains { named($0, member.name) }
        }
        for member in found where Self.isVague(member.value) { markRead(member.name) }
        let stated = found.filter { !Self.isVague($0.value) }
        for names in groups {
            let readable = Set(stated.filter { named(names, $0.name) }.compactMap { value($0.value) })
            guard let first = readable.first else { continue }
            guard readable.count == 1 else { return .unreadable }
            for member in stated where value(member.value) == first { markRead(member.name) }
            return .value(first)
        }
        return stated.isEmpty ? .nothing : .unreadable
    }

    /// What a bare name says.
    static func told<Value: Hashable>(_ json: JSON, _ value: (JSON) -> Value?) -> Told<Value> {
        isVague(json) ? .nothing : value(json).map { .value($0) } ?? .unreadable
    }

    /// Whether a text leaves open what it could name.
    private static func isVague(_ json: JSON) -> Bool {
        (json.string?.lowercased()).map { ["", "any", "all", "*"].contains($0) } ?? false
    }

    // MARK: Quantity

    /// How many there are: the first of the spellings that is a whole number. Those that may count something else do so only
    /// where a place is named, and `count` not beside a list, whose elements it may count.
    mutating func available(isPlaced: Bool, isEnvelope: Bool) -> Int? {
        let sure = ["available", "availablequantity", "availableips", "instock"]
        let likely = ["stock", "quantity"] + (isEnvelope ? [] : ["count"])
        for name in sure + (isPlaced ? likely : []) {
            for member in unread where Self.plain(member.name) == name {
                let text = member.value.number?.literal ?? member.value.string
                guard let count = text.flatMap(RetryAfter.wholeNumber) else { continue }
                markRead(member.name)
                return count
            }
        }
        return nil
    }

    // MARK: Prices

    /// What this object says of the prices in it and in its parts.
    mutating func frame() -> Frame {
        var frame = outer
        let currency = told([Self.currencyNames], Self.currency)
        if currency.isTold { frame.currency = currency }
        if let isForIPMonth = isForIPMonth() { frame.isForIPMonth = isForIPMonth }
        return frame
    }

    /// What one IP costs for one month.
    mutating func price(_ frame: Frame) -> Told<Money> {
        let found = unread.filter { Self.isPrice($0.name) && !Self.isPriceList($0.name, $0.value) }
        let readable = found.compactMap { member in
            Self.money(member.value, frame, isDollars: Self.plain(member.name).hasSuffix("usd"))
                .map { (name: member.name, money: $0) }
        }
        guard let first = readable.first?.money else { return found.isEmpty ? .nothing : .unreadable }
        guard readable.allSatisfy({ $0.money == first }) else { return .unreadable }
        for member in readable { markRead(member.name) }
        return .value(first)
    }

    /// A number, text with a number, or an object with an amount and perhaps a currency; nil for anything else, and where
    /// the currency is not known or the price is for something else than one IP and one month. Zero is nil too: nothing is
    /// free, so where it stands no price was told.
    static func money(_ json: JSON, _ frame: Frame, isDollars: Bool = false) -> Money? {
        var frame = frame
        if isDollars { frame.currency = .value("USD") }
        var amount = json.exactAmount()
        if let members = json.object {
            var reader = HeloDataStockFields(members, as: .any, frame)
            let inner = reader.frame()
            if isDollars, inner.currency != frame.currency { return nil }
            frame = inner
            let others = reader.unread.filter { !["amount", "value", "formatted"].contains($0.name) }
            guard others.isEmpty else { return nil }
            amount = Self.amount(in: json)
        }
        guard frame.isForIPMonth, let currency = frame.currency.value, let amount, amount > .zero else { return nil }
        return Money(amount, currency: currency)
    }

    private static func amount(in json: JSON) -> Millionths? {
        let told = ["amount", "value"].compactMap { json[$0] }
        return told.count == 1 ? told.first?.exactAmount() : nil
    }

    private static func currency(_ json: JSON) -> String? {
        guard let text = json.string, text.utf8.count == 3, text.allSatisfy({ $0.isASCII && $0.isLetter }) else {
            return nil
        }
        return text.uppercased()
    }

    /// Whether prices are said to be for one IP and one month, at the least that can be ordered; nil when nothing is said.
    /// Lists (of terms to choose from) say nothing.
    private mutating func isForIPMonth() -> Bool? {
        var verdict: Bool?
        for (name, value) in unread where value.array == nil && value.object == nil {
            guard let isPlain = Self.isPlainTerm(Self.plain(name), value) else { continue }
            if isPlain { markRead(name) }
            verdict = (verdict ?? true) && isPlain
        }
        return verdict
    }

    /// Whether a term is that of a plain monthly price; nil when the name is not that of a term.
    private static func isPlainTerm(_ name: String, _ value: JSON) -> Bool? {
        if periodNames.contains(name) {
            return (value.string?.lowercased()).map { monthWords.contains($0.filter(\.isLetter)) } ?? false
        }
        return switch name {
        case "months", "termmonths", "periodmonths": value.int == 1
        case "days", "termdays", "perioddays": value.int == 30
        case "minquantity", "minimumquantity", "min", "minimum", "fromquantity":
            value.int.map { $0 <= HeloDataOffer.quantities.lowerBound } ?? false
        default: nil
        }
    }

    // MARK: Names

    private static let currencyNames = ["currency", "currencycode", "pricecurrency"]
    private static let periodNames: Set<String> = [
        "per", "unit", "period", "interval", "cycle", "billingcycle", "billingperiod", "pricingunit", "priceunit",
        "priceperiod", "term",
    ]
    /// Words for one month, for one IP, or for both; letters only.
    private static let monthWords: Set<String> = [
        "month", "monthly", "mo", "permonth", "ip", "perip", "ipmonth", "ipmo", "peripmonth", "peripermonth",
        "ippermonth",
    ]
    private static let priceNames: Set<String> = [
        "price", "monthlyprice", "pricemonthly", "priceperip", "priceperipmonth", "pricepermonth", "unitprice",
        "pricing",
    ]

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" }
    }

    /// Which list stands under a name; nil when none does.
    static func list(_ name: String) -> Place? {
        switch plain(name) {
        case "countries", "countrylist": .country
        case "cities", "citylist", "offeredcities", "availablecities", "city": .city
        case "asns", "asnlist", "networks", "asn": .asn
        case "data", "inventory", "items", "results", "rows", "list", "records", "content", "locations", "stock",
            "availability", "offers":
            .any
        default: isPricing(name) ? .asn : nil
        }
    }

    /// Whether a list has prices by network.
    static func isPricing(_ name: String) -> Bool {
        ["pricing", "prices", "pricingperasn", "asnpricing"].contains(plain(name))
    }

    /// Whether a name is that of what an answer says about itself.
    static func isAboutAnswer(_ name: String) -> Bool {
        ["meta", "links", "pagination", "paging"].contains(plain(name))
    }

    /// Whether a name is that of what prices are.
    static func isAboutPrices(_ name: String) -> Bool {
        let name = plain(name)
        return currencyNames.contains(name) || isPlainTerm(name, .null) != nil
    }

    /// Whether a name that could be a city's is rather that of a field.
    static func isField(_ name: String) -> Bool {
        let fields: Set<String> = [
            "name", "slug", "code", "id", "count", "total", "country", "countrycode", "cityname", "available",
            "instock",
            "quantity", "page", "limit", "nextcursor", "hasmore",
        ]
        return list(name) != nil || isPrice(name) || fields.contains(plain(name))
    }

    private static func isPrice(_ name: String) -> Bool {
        let name = plain(name)
        return priceNames.contains(name) || name.hasSuffix("usd") && priceNames.contains(String(name.dropLast(3)))
    }

    /// Whether what stands under a price's name is rather a list of prices by network.
    private static func isPriceList(_ name: String, _ value: JSON) -> Bool {
        isPricing(name) && (value.array != nil || value.object != nil && amount(in: value) == nil)
    }
}
