public import OrderedCollections

/// A JSON document read exactly as written: object members keep their order and numbers keep their digits.
///
/// This small room stands in for a library that the registries do not have. Foundation's `JSONDecoder` takes the first of
/// two equal keys, accepts trailing commas and byte-order marks, and reads `1.0` as an integer; a purchase must be built
/// on none of that.
public enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(OrderedDictionary<String, JSON>)
}

extension JSON {
    /// The member of an object, or nil when this is no object or has no such member.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The text, when this is a string.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The value, when this is `true` or `false`.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The number, when this is one.
    public var number: JSONNumber? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// The whole number, when this is one written without fraction and exponent that fits 64 bits.
    public var int: Int? { number?.int }

    /// The elements, when this is an array.
    public var array: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members, when this is an object.
    public var object: OrderedDictionary<String, JSON>? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// An object of the members that have a value; a nil value leaves the member out.
    public static func object(_ members: [(String, JSON?)]) -> JSON {
        var object = OrderedDictionary<String, JSON>(minimumCapacity: members.count)
        for (name, value) in members {
            if let value { object[name] = value }
        }
        return .object(object)
    }

    /// A string, or `null` for nil.
    public static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    /// A whole number, or `null` for nil.
    public static func optional(_ value: Int?) -> JSON { value.map(JSON.int) ?? .null }

    /// A whole number.
    public static func int(_ value: Int) -> JSON { .number(JSONNumber(value)) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { ($0, $1) }) }
}
