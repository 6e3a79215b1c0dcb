import OrderedCollections

/// Why a document was refused, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, without any of the document's own text.
    public let reason: String
    /// The offset of the fault in bytes, counting from 0.
    public let offset: Int

    public var description: String { "\(reason) at byte \(offset)" }
}

/// How strictly a document is read; every kind refuses duplicate keys, byte-order marks, trailing commas, comments,
/// broken UTF-8 and lone surrogates.
public struct JSONStrictness: Sendable {
    /// How deep arrays and objects may nest.
    public var maximumDepth: Int
    /// Whether strings may hold control and bidirectional-override characters (escaped; raw ones are never JSON).
    public var allowsControlCharacters: Bool

    /// A caller's request: nothing that a log, a terminal or a vendor could take for more than text.
    public static let request = JSONStrictness(maximumDepth: 16, allowsControlCharacters: false)
    /// A vendor's answer: line breaks in a message are no reason to lose an order.
    public static let answer = JSONStrictness(maximumDepth: 32, allowsControlCharacters: true)
}

extension JSON {
    /// Reads one JSON document.
    /// - Throws: `JSONError` with the first fault.
    public init(parsing bytes: some Collection<UInt8>, as strictness: JSONStrictness = .request) throws(JSONError) {
        var parser = JSONParser(bytes: Array(bytes), strictness: strictness)
        self = try parser.document()
    }

    /// Reads one JSON document from text.
    /// - Throws: `JSONError` with the first fault.
    public init(parsing text: String, as strictness: JSONStrictness = .request) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), as: strictness)
    }
}

/// A recursive-descent reader of RFC 8259; the depth limit bounds its stack.
struct JSONParser {
    let bytes: [UInt8]
    let strictness: JSONStrictness
    var position = 0

    init(bytes: [UInt8], strictness: JSONStrictness) {
        self.bytes = bytes
        self.strictness = strictness
    }

    mutating func document() throws(JSONError) -> JSON {
        let value = try self.value(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw fault("text after the document") }
        return value
    }

    private func fault(_ reason: String) -> JSONError { JSONError(reason: reason, offset: position) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        skipBlanks()
        guard let byte = current else { throw fault("the document ends too early") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw fault("not a JSON value") }
        position += word.utf8.count
        return value
    }

    private mutating func enter(depth: Int) throws(JSONError) {
        guard depth <= strictness.maximumDepth else { throw fault("nested deeper than \(strictness.maximumDepth)") }
        position += 1
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        try enter(depth: depth)
        var members = OrderedDictionary<String, JSON>()
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipBlanks()
            guard current == UInt8(ascii: "\"") else { throw fault("a member name is missing") }
            let start = position
            let name = try text()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon is missing") }
            guard members.updateValue(try value(depth: depth), forKey: name) == nil else {
                throw JSONError(reason: "a member name stands twice", offset: start)
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("a comma or } is missing") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        try enter(depth: depth)
        var elements: [JSON] = []
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat { elements.append(try value(depth: depth)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("a comma or ] is missing") }
        return .array(elements)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = current, (48...57).contains(byte) { position += 1 }
        guard position > start else { throw fault("not a JSON value") }
    }

    mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if current == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return JSONNumber(literal: String(decoding: bytes[start..<position], as: UTF8.self))
    }
}

// MARK: - Strings

extension JSONParser {
    /// A quoted string; the position stands on its opening quote.
    mutating func text() throws(JSONError) -> String {
        position += 1
        let start = position
        if let end = endOfPlainText {
            position = end + 1
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
        var unescaped: [UInt8]? = nil
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                return try finish(unescaped?[...] ?? bytes[start..<position], startingAt: start)
            case UInt8(ascii: "\\"):
                if unescaped == nil { unescaped = Array(bytes[start..<position]) }
                let scalar = try escape()
                unescaped?.append(contentsOf: Array(String(Character(scalar)).utf8))
            case 0..<0x20:
                throw fault("a control character in a string")
            default:
                unescaped?.append(byte)
                position += 1
            }
        }
        throw fault("a string does not end")
    }

    /// Where the string ends that begins here, when all of it is ASCII that prints and stands for itself, as in most: such
    /// a text needs no second look.
    private var endOfPlainText: Int? {
        bytes.withUnsafeBufferPointer { bytes in
            var place = position
            while place < bytes.count {
                switch bytes[place] {
                case UInt8(ascii: "\""): return place
                case UInt8(ascii: "\\"), 0..<0x20, 0x7F...: return nil
                default: place += 1
                }
            }
            return nil
        }
    }

    private mutating func finish(_ content: ArraySlice<UInt8>, startingAt start: Int) throws(JSONError) -> String {
        position += 1
        guard let text = String(validating: content, as: UTF8.self) else {
            throw JSONError(reason: "not UTF-8", offset: start)
        }
        if !strictness.allowsControlCharacters, text.unicodeScalars.contains(where: \.isControlOrBidirectional) {
            throw JSONError(reason: "a control character in a string", offset: start)
        }
        return text
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        position += 1
        guard let byte = current else { throw fault("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try codePoint()
        default: throw fault("not a JSON escape")
        }
    }

    private mutating func codePoint() throws(JSONError) -> Unicode.Scalar {
        let unit = try hexUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, current == UInt8(ascii: "\\"), bytes[position...].dropFirst().first == UInt8(ascii: "u")
        else { throw fault("a lone surrogate") }
        position += 2
        let low = try hexUnit()
        guard (0xDC00...0xDFFF).contains(low) else { throw fault("a lone surrogate") }
        let value = 0x10000 + (UInt32(unit - 0xD800) << 10) + UInt32(low - 0xDC00)
        guard let scalar = Unicode.Scalar(value) else { throw fault("a lone surrogate") }
        return scalar
    }

    private mutating func hexUnit() throws(JSONError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw fault("a string does not end") }
        let digits = bytes[position..<position + 4]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("not a JSON escape") }
        position += 4
        return unit
    }
}

extension Unicode.Scalar {
    /// Control characters (C0, DEL, C1), and the characters that reorder the text around them.
    fileprivate var isControlOrBidirectional: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
