/// A document that is read as it is asked for, without a tree of it: for what this code wrote by `JSONOutput` or from a tree,
/// and reads thousands of times in a row.
///
/// It reads documents whose members stand in the order in which they are asked for, and no others: whoever finds that a
/// document was not read whole reads it by `JSON`, which says what is wrong with it. What is read is what `JSON` reads; a name
/// that stands twice is one that nobody asked for.
public struct JSONInput {
    private var parser: JSONParser
    private var needsComma = false
    private var isBroken = false

    /// - Parameter strictness: what strings may hold.
    public init(_ text: String, as strictness: JSONStrictness) {
        parser = JSONParser(bytes: Array(text.utf8), strictness: strictness)
    }

    /// Whether everything that was asked for was there, and nothing else: before this is known, nothing that was read counts.
    public var isWhole: Bool { !isBroken && parser.position == parser.bytes.count }

    /// Reads an object; the closure reads its members, in their order.
    public mutating func object(_ members: (inout JSONInput) -> Void) {
        demand(UInt8(ascii: "{"))
        needsComma = false
        members(&self)
        demand(UInt8(ascii: "}"))
        needsComma = true
    }

    /// Reads an object whose names are not known before; the closure reads the value of each.
    public mutating func object(each member: (_ name: String, inout JSONInput) -> Void) {
        elements(from: UInt8(ascii: "{"), to: UInt8(ascii: "}")) { input in
            guard let name = input.string() else { return }
            input.demand(UInt8(ascii: ":"))
            input.parser.skipBlanks()
            member(name, &input)
        }
    }

    /// Reads an array; the closure reads each of its elements.
    public mutating func array(each element: (inout JSONInput) -> Void) {
        elements(from: UInt8(ascii: "["), to: UInt8(ascii: "]"), element)
    }

    /// Reads an array of texts.
    public mutating func texts() -> [String] {
        var texts: [String] = []
        array { input in
            if let text = input.string() { texts.append(text) }
        }
        return texts
    }

    /// Whether a member is the next; its value must be read then.
    public mutating func next(_ name: StaticString) -> Bool {
        parser.skipBlanks()
        var start = parser.position
        if needsComma {
            guard byte(at: start) == UInt8(ascii: ",") else { return false }
            start += 1
            while byte(at: start) == UInt8(ascii: " ") { start += 1 }
        }
        let end = start + name.utf8CodeUnitCount + 3
        guard end <= parser.bytes.count, byte(at: start) == UInt8(ascii: "\""),
            byte(at: end - 2) == UInt8(ascii: "\""), byte(at: end - 1) == UInt8(ascii: ":")
        else { return false }
        let isNext = name.withUTF8Buffer { name in
            var place = start + 1
            for unit in name {
                if parser.bytes[place] != unit { return false }
                place += 1
            }
            return true
        }
        guard isNext else { return false }
        parser.position = end
        parser.skipBlanks()
        needsComma = false
        return true
    }

    /// Reads a member that is a text; nil when it is not the next.
    public mutating func text(_ name: StaticString) -> String? { next(name) ? string() : nil }

    /// Reads a member that is a whole number; nil when it is not the next.
    public mutating func int(_ name: StaticString) -> Int? { next(name) ? int() : nil }

    /// Reads a member that is a number; nil when it is not the next.
    public mutating func number(_ name: StaticString) -> JSONNumber? {
        guard next(name) else { return nil }
        needsComma = true
        do { return try parser.number() } catch { return broken() }
    }

    /// Reads a member that is `true` or `false`; nil when it is not the next.
    public mutating func bool(_ name: StaticString) -> Bool? {
        guard next(name) else { return nil }
        needsComma = true
        switch byte(at: parser.position) {
        case UInt8(ascii: "t"): return word("true") ? true : broken()
        case UInt8(ascii: "f"): return word("false") ? false : broken()
        default: return broken()
        }
    }

    /// Reads a string; nil when there is none.
    public mutating func string() -> String? {
        guard byte(at: parser.position) == UInt8(ascii: "\"") else { return broken() }
        needsComma = true
        do { return try parser.text() } catch { return broken() }
    }

    private mutating func word(_ word: String) -> Bool {
        guard parser.bytes[parser.position...].starts(with: word.utf8) else { return false }
        parser.position += word.utf8.count
        return true
    }

    private mutating func int() -> Int? {
        needsComma = true
        do { return try parser.number().int ?? broken() } catch { return broken() }
    }

    private mutating func elements(from start: UInt8, to end: UInt8, _ element: (inout JSONInput) -> Void) {
        demand(start)
        parser.skipBlanks()
        var hasMore = byte(at: parser.position) != end
        while hasMore, !isBroken {
            parser.skipBlanks()
            needsComma = false
            element(&self)
            parser.skipBlanks()
            hasMore = byte(at: parser.position) != end
            if hasMore { demand(UInt8(ascii: ",")) }
        }
        demand(end)
        needsComma = true
    }

    private func byte(at place: Int) -> UInt8? { place < parser.bytes.count ? parser.bytes[place] : nil }

    /// Steps over a byte, and blanks before it.
    private mutating func demand(_ byte: UInt8) {
        parser.skipBlanks()
        if self.byte(at: parser.position) == byte { parser.position += 1 } else { fail() }
    }

    private mutating func broken<Value>() -> Value? {
        fail()
        return nil
    }

    /// Goes to the end, where nothing is found that is asked for.
    private mutating func fail() {
        isBroken = true
        parser.position = parser.bytes.count
    }
}
