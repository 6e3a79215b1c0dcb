import Foundation
import Purchasing

/// The query of a call, decoded, each parameter once.
struct QueryParameters: Sendable {
    /// Name and value, in the order in which they came.
    let items: [(name: String, value: String)]

    /// Reads a query as HTML forms write it: `&` between parameters, `+` or `%20` for a blank.
    /// - Parameter known: the parameters that the route reads; those of `families` as `name[key]`.
    /// - Throws: `Problem` `invalid_request` naming every parameter that is unknown, unreadable or there twice.
    init(_ query: Substring, known: Set<String>) throws(Problem) {
        var items: [(name: String, value: String)] = []
        var faults: [Fault] = []
        for part in query.utf8.split(separator: UInt8(ascii: "&")) {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                .map(Substring.init)
            let name = Self.decoded(pair[0])
            guard let name, Self.isOne(name, of: known) else {
                faults.append(Self.unknown(name ?? String(pair[0]), known: known))
                continue
            }
            let place = Fault.Place.parameter(name)
            guard let value = Self.decoded(pair.count == 2 ? pair[1] : "") else {
                faults.append(Fault(place, "not_readable", "percent-encoded UTF-8 without control characters"))
                continue
            }
            if items.contains(where: { $0.name == name }) {
                faults.append(Fault(place, "duplicate_parameter", "send it once; lists have commas"))
            } else {
                items.append((name, value))
            }
        }
        guard faults.isEmpty else { throw .badQuery(faults) }
        self.items = items
    }

    /// The value of a parameter; nil when it was not sent.
    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// A parameter that is a whole number of a range.
    /// - Throws: `Problem` `invalid_request` when it is anything else.
    func whole(_ name: String, _ range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = self[name] else { return nil }
        guard let value = Self.whole(text), range.contains(value) else {
            throw .badQuery([Self.notInRange(name, range)])
        }
        return value
    }

    /// The fault of a parameter that is no whole number of a range.
    static func notInRange(_ name: String, _ range: ClosedRange<Int>) -> Fault {
        Fault(.parameter(name), "out_of_range", "a whole number, \(range.lowerBound) to \(range.upperBound)")
    }

    /// A whole number of digits alone; nil for anything else.
    static func whole(_ text: String) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    /// Parameters of which there is one for each key that a caller makes up: `metadata[team]`.
    private static let families: Set<String> = ["metadata"]

    private static func isOne(_ name: String, of known: Set<String>) -> Bool {
        guard let bracket = name.firstIndex(of: "[") else { return known.contains(name) && !families.contains(name) }
        let family = String(name[..<bracket])
        return known.contains(family) && families.contains(family) && name.hasSuffix("]")
    }

    /// The members of a family, by their keys.
    func family(_ family: String) -> [(key: String, value: String)] {
        items.filter { $0.name.hasPrefix(family + "[") }
            .map { (String($0.name.dropFirst(family.count + 1).dropLast()), $0.value) }
    }

    private static func unknown(_ name: String, known: Set<String>) -> Fault {
        let list = known.map { families.contains($0) ? "\($0)[…]" : $0 }.sorted().joined(separator: ", ")
        return Fault(
            .parameter(String(name.prefix(64))), "unknown_parameter",
            known.isEmpty ? "this call takes no parameters" : "parameters are \(list)")
    }

    private static func decoded(_ text: Substring) -> String? {
        guard let decoded = unescaped(text) else { return nil }
        return decoded.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) } ? nil : decoded
    }

    /// Most text has no escapes, and looking for them costs a fraction of what Foundation takes to undo none.
    private static func unescaped(_ text: Substring) -> String? {
        let hasEscapes = text.utf8.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "%") }
        return hasEscapes ? text.replacing("+", with: " ").removingPercentEncoding : String(text)
    }
}

extension Problem {
    /// A query that cannot be taken as it is.
    static func badQuery(_ faults: [Fault]) -> Problem {
        Problem(.invalidRequest, "the query cannot be taken as it is", moneyState: .unchanged, faults: faults)
    }
}
