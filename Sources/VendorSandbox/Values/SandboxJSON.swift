/// A JSON value that keeps the order of its members and the very digits of its numbers.
///
/// A vendor's answer must show `225.00`, not `225`, and a fault must be able to put `1e400` or a name twice into one.
public enum SandboxJSON: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// The digits, as they are written.
    case number(String)
    /// Text, without its escapes.
    case string(String)
    /// Elements in their order.
    case array([SandboxJSON])
    /// Members in their order.
    case object([Member])

    /// One name and its value. A name may stand more than once in an object.
    public struct Member: Sendable, Hashable {
        /// What the value is found by.
        public var name: String
        /// What is found.
        public var value: SandboxJSON

        /// A name and its value.
        public init(_ name: String, _ value: SandboxJSON) {
            self.name = name
            self.value = value
        }
    }

    static func integer(_ value: some BinaryInteger) -> SandboxJSON {
        .number(String(value))
    }

    /// A JSON number with two decimals, as in both vendors' samples.
    static func money(_ value: SandboxDecimal) -> SandboxJSON {
        .number(value.description)
    }

    static func optional(_ text: String?) -> SandboxJSON {
        text.map(SandboxJSON.string) ?? .null
    }

    static func optional(_ value: (some BinaryInteger)?) -> SandboxJSON {
        value.map { SandboxJSON.integer($0) } ?? .null
    }
}

/// `nil` is no literal of this type: in an `Optional` it would be taken for `.null`.
extension SandboxJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Elements.
    public init(arrayLiteral elements: SandboxJSON...) { self = .array(elements) }
    /// Members, in the order in which they are written.
    public init(dictionaryLiteral elements: (String, SandboxJSON)...) {
        self = .object(elements.map { Member($0, $1) })
    }
}

extension SandboxJSON {
    /// The value of the first member with that name; nil in anything that is not an object.
    public subscript(_ name: String) -> SandboxJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The element at an index; nil outside, and in anything that is not an array.
    public subscript(_ index: Int) -> SandboxJSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text of a string.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The digits of a number.
    public var digits: String? {
        guard case .number(let digits) = self else { return nil }
        return digits
    }

    /// A number without fraction or exponent that fits.
    public var integer: Int? {
        digits.flatMap { Int($0) }
    }

    /// A truth value.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements of an array.
    public var elements: [SandboxJSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members of an object.
    public var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}

extension SandboxJSON {
    /// This value with the members of `changes` put in their places, deep inside objects; new names come last.
    func merging(_ changes: SandboxJSON) -> SandboxJSON {
        guard case .object(var members) = self, case .object(let new) = changes else { return changes }
        for change in new {
            if let index = members.firstIndex(where: { $0.name == change.name }) {
                members[index].value = members[index].value.merging(change.value)
            } else {
                members.append(change)
            }
        }
        return .object(members)
    }

    /// This value without the member at a path such as `details.batch_id`.
    func removing(path: some StringProtocol) -> SandboxJSON {
        guard case .object(let members) = self else { return self }
        let parts = path.split(separator: ".", maxSplits: 1)
        guard let name = parts.first else { return self }
        guard parts.count == 2 else { return .object(members.filter { $0.name != name }) }
        return .object(
            members.map { $0.name == name ? Member($0.name, $0.value.removing(path: parts[1])) : $0 })
    }
}
