import ExactJSON
import Foundation
import OrderedCollections
import Purchasing
import VendorHTTP

/// Reads the lists of what may be asked for.
///
/// Documented: `rentPeriodDays` (/api-reference/rent-period) and `promoCodes` with `code`, `startDate`, `endDate`,
/// `endless`, `discount` (/api-reference/promo-codes); that `country` is an alpha-3 code "from the country request", and
/// `mobileOperator` a tag and `rotationTime` a number "from the mobile-operator request" (/api-reference/create-an-order),
/// in seconds (/price-calculation/calculate-an-order). The bodies of `country` and `mobileOperator` are in no stored copy:
/// their keys are those that a reseller's client tries (`countries`, `mobileOperators`; `alpha3code`, `alpha3`,
/// `countryCode`, `code`), and some that are likely.
///
/// A list is read whole or not at all (nil): from a part of it, what is missing would seem not to be for sale.
struct LegacyListReader: Sendable {
    let redaction: Redaction

    // MARK: GET country

    /// The countries, each once, in the vendor's order.
    func countries(_ said: LegacyAnswer) -> [Country]? {
        guard let list = said.json.first(of: "countries", "country", "countryList", "data", "items", "list", "content")
        else { return nil }
        // An object by code tells something only where it has members; an empty list says that there are none.
        guard let elements = list.array ?? list.object?.keys.map(JSON.string), list.object?.isEmpty != true else {
            return nil
        }
        var countries: OrderedSet<Country> = []
        for element in elements {
            if let country = Self.country(element) {
                countries.append(country)
            } else if !Self.isNoCountry(element) {
                return nil
            }
        }
        return countries.elements
    }

    private static func country(_ json: JSON) -> Country? { code(json).flatMap(Country.init) }

    /// The code of a country: a text, or inside an object, or in an object in that.
    private static func code(_ json: JSON) -> String? {
        if let code = json.string { return code }
        let inner = json.first(
            of: "alpha3code", "alpha3Code", "alpha3", "countryCode", "country_code", "code", "iso3", "alpha2", "country"
        )
        return inner?.string ?? inner?.first(of: "alpha3code", "alpha3Code", "alpha3", "countryCode", "code")?.string
    }

    /// Whether a code is one that ISO 3166 leaves to its users (`XKX`), so that no request can name that place.
    private static func isNoCountry(_ json: JSON) -> Bool {
        guard let code = code(json)?.uppercased(), code.utf8.allSatisfy({ (65...90).contains($0) }) else {
            return false
        }
        let ranges =
            switch code.utf8.count {
            case 2: ["AA"..."AA", "QM"..."QZ", "XA"..."XZ", "ZZ"..."ZZ"]
            case 3: ["AAA"..."AAZ", "QMA"..."QZZ", "XAA"..."XXZ", "ZZA"..."ZZZ"]
            default: [] as [ClosedRange<String>]
            }
        return ranges.contains { $0.contains(code) }
    }

    // MARK: GET rentPeriod

    /// The rental times in days, ascending.
    func rentalDays(_ said: LegacyAnswer) -> [Int]? {
        guard let list = said.json.first(of: "rentPeriodDays", "rentPeriods")?.array else { return nil }
        let days = list.compactMap(Self.whole)
        return days.count == list.count && days.allSatisfy { $0 > 0 } ? Array(Set(days)).sorted() : nil
    }

    /// A whole number, as a number or as text.
    private static func whole(_ json: JSON) -> Int? {
        (json.number?.literal ?? json.string).flatMap(RetryAfter.wholeNumber)
    }

    // MARK: GET promoCode

    /// The promo codes of the account. A code without an end that can be read has none that would rule it out.
    func promoCodes(_ said: LegacyAnswer) -> [ReferenceLists.PromoCode]? {
        guard let list = said.json.first(of: "promoCodes")?.array else { return nil }
        let codes = list.compactMap(promoCode)
        return codes.count == list.count ? codes : nil
    }

    private func promoCode(_ json: JSON) -> ReferenceLists.PromoCode? {
        guard let code = json["code"]?.visibleToken, isShowable(code) else { return nil }
        let discount = json["discount"]?.number.flatMap { $0.literal.utf8.count <= 24 ? $0 : nil }
        let isEndless = json["endless"]?.bool ?? false
        return ReferenceLists.PromoCode(
            code: code, discount: discount, startsAt: (json["startDate"]?.string).flatMap(Date.init(rfc3339:)),
            endsAt: isEndless ? nil : (json["endDate"]?.string).flatMap(Date.init(rfc3339:)))
    }

    // MARK: GET mobileOperator

    /// The operators: one list, or a list for each country, under its code or inside its object.
    func mobileOperators(_ said: LegacyAnswer) -> [ReferenceLists.MobileOperator]? {
        guard let list = said.json.first(of: "mobileOperators", "mobileOperator", "operators", "data", "items", "list")
        else { return nil }
        var operators = OrderedDictionary<Operator, [Int]?>()
        guard collect(list, in: nil, into: &operators) else { return nil }
        return operators.map { key, rotations in
            ReferenceLists.MobileOperator(
                name: key.name, country: key.country, rotationSeconds: Array(Set(rotations ?? [])).sorted())
        }
    }

    private struct Operator: Hashable {
        let name: String
        let country: Country?
    }

    /// - Returns: whether every element could be read.
    private func collect(
        _ json: JSON, in country: Country?, into operators: inout OrderedDictionary<Operator, [Int]?>
    ) -> Bool {
        if let members = json.object {
            return members.allSatisfy { key, list in
                guard country == nil, list.array != nil, let country = Country(key) else { return false }
                return collect(list, in: country, into: &operators)
            }
        }
        return json.array?.allSatisfy { collect(element: $0, in: country, into: &operators) } ?? false
    }

    private func collect(
        element json: JSON, in outer: Country?, into operators: inout OrderedDictionary<Operator, [Int]?>
    ) -> Bool {
        let country = Self.country(json.string == nil ? json : .null) ?? outer
        if let list = json.first(of: "mobileOperators", "operators"), list.array != nil {
            return collect(list, in: country, into: &operators)
        }
        // The tag goes into an order; a name stands in for it where there is none.
        let name = json.visibleText ?? json.first(of: "tag", "mobileOperator", "operatorTag", "name")?.visibleText
        guard let name, name.utf8.count <= 64, isShowable(name) else { return false }
        let key = Operator(name: name, country: country)
        let rotations = Self.rotations(json)
        // Told once with rotation times and once without, it has none that would rule others out.
        guard let earlier = operators[key] else {
            operators.updateValue(rotations, forKey: key)
            return true
        }
        operators.updateValue(earlier.flatMap { earlier in rotations.map { earlier + $0 } }, forKey: key)
        return true
    }

    /// The rotation times in seconds; nil when they are not told, or not readably. Zero is no time that can be asked for.
    private static func rotations(_ json: JSON) -> [Int]? {
        guard let told = json.first(of: "rotationTimes", "rotationTime", "rotations", "rotation") else { return nil }
        let list = told.array ?? [told]
        let times = list.compactMap { time in
            whole(time) ?? time.first(of: "rotationTime", "seconds", "value").flatMap(whole)
        }
        return times.count == list.count ? times.filter { $0 > 0 } : nil
    }

    /// Whether a vendor's word holds no secret, so that it may be stored and shown as it is.
    private func isShowable(_ text: String) -> Bool { redaction.text(text) == text }
}
