import ExactJSON
import Purchasing

/// Reads a small body member by member and notes every fault that it meets, by the rules of orders: a field that is not
/// there is refused, `null` is the same as leaving a field out, whole numbers are JSON integers, money is exact.
struct BodyReader {
    private var faults: [Fault]
    private let members: [String: JSON]

    /// - Parameter fields: every field that the body may have.
    init(_ body: JSON, fields: [String]) {
        faults = body.strangers(to: fields)
        members = body.present
    }

    /// A member; nil when it is absent or `null`.
    subscript(name: String) -> JSON? { members[name] }

    func has(_ name: String) -> Bool { members[name] != nil }

    /// Ends the reading.
    /// - Throws: `Problem` `invalid_request` with every fault.
    func finish() throws(Problem) {
        guard faults.isEmpty else { throw .badBody(faults) }
    }

    mutating func fault(_ pointer: String, _ code: String, _ detail: String) {
        faults.append(Fault(.pointer(pointer), code, detail))
    }

    /// Notes fields that make no sense beside the others.
    mutating func refuse(_ names: [String], _ detail: String) {
        for name in names where has(name) { fault("/\(name)", "not_applicable", detail) }
    }

    mutating func whole(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = self[name] else { return nil }
        if let whole = value.int, range.contains(whole) { return whole }
        let isWhole = value.number.map { number in
            number.literal.drop { $0 == "-" }.utf8.allSatisfy { (48...57).contains($0) }
        }
        let words = "\(range.lowerBound) to \(range.upperBound)"
        fault("/\(name)", isWhole == true ? "out_of_range" : "not_an_integer", "a JSON integer, \(words)")
        return nil
    }

    mutating func flag(_ name: String) -> Bool? {
        guard let value = self[name] else { return nil }
        if let flag = value.bool { return flag }
        fault("/\(name)", "not_a_boolean", "true or false")
        return nil
    }

    mutating func text(_ name: String, _ length: ClosedRange<Int>) -> String? {
        guard let value = self[name] else { return nil }
        if let text = value.string, length.contains(text.count), text.contains(where: { !$0.isWhitespace }) {
            return text
        }
        fault("/\(name)", "invalid_text", "\(length.lowerBound) to \(length.upperBound) characters, not only blanks")
        return nil
    }

    /// An amount of US dollars, exact.
    mutating func amount(_ name: String) -> Money? {
        guard let value = self[name] else { return nil }
        if let text = value.string ?? value.number?.literal {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let fits = (parts.first?.count ?? 0) <= 7 && parts.dropFirst().allSatisfy { $0.count <= 6 }
            if fits, let amount = Money.usd(text) { return amount }
        }
        fault(
            "/\(name)", "invalid_amount", #"US dollars such as "150.00": at most 7 digits, and at most 6 decimals"#)
        return nil
    }

    /// A person's `reason`, which every decision needs.
    mutating func reason() -> String {
        let text = self["reason"]?.string ?? ""
        if (1...500).contains(text.count), text.contains(where: { !$0.isWhitespace }) { return text }
        fault(
            "/reason", has("reason") ? "invalid_text" : "required",
            "why, in 1 to 500 characters, for those who read the timeline later")
        return text
    }

    /// `months` or `days`, not both; nil when there is neither.
    mutating func rental() -> RentalTime? {
        let months = whole("months", 1...60)
        let days = whole("days", 1...1800)
        if has("months"), has("days") {
            fault("/days", "conflicting_fields", "send months or days, not both")
            return nil
        }
        return months.map(RentalTime.months) ?? days.map(RentalTime.days)
    }

    /// A vendor's id.
    mutating func vendorID(_ name: String) -> String? {
        guard let value = self[name] else { return nil }
        if let id = value.string, id.isVendorID { return id }
        fault("/\(name)", "invalid_id", Self.vendorIDWords)
        return nil
    }

    /// A list of different vendor's ids, at least one; empty when it was left out.
    mutating func vendorIDs(_ name: String) -> [String] {
        guard let value = self[name] else { return [] }
        guard let elements = value.array, !elements.isEmpty else {
            fault("/\(name)", "invalid_list", "a list of at least one id; leave it out for all")
            return []
        }
        var ids: Set<String> = []
        for (index, element) in elements.enumerated() {
            guard let id = element.string, id.isVendorID else {
                fault("/\(name)/\(index)", "invalid_id", Self.vendorIDWords)
                continue
            }
            if !ids.insert(id).inserted { fault("/\(name)/\(index)", "duplicate", "name each id once") }
        }
        return ids.sorted()
    }

    private static let vendorIDWords = "a string: an id as the vendor gave it, at most 128 characters"
}
