/// Why something that was sent to the sandbox could not be used, in words for a person.
public struct SandboxInputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and where.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension SandboxJSON {
    /// Reads JSON text; throws for anything that RFC 8259 does not allow, and for more than 64 levels.
    public init(parsing text: String) throws(SandboxInputError) {
        try self.init(parsing: Array(text.utf8))
    }

    init(parsing bytes: [UInt8]) throws(SandboxInputError) {
        var reader = JSONReader(bytes: bytes)
        self = try reader.document()
    }
}

/// A recursive descent over bytes.
private struct JSONReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(SandboxInputError) -> SandboxJSON {
        let value = try value(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw fault("something after the end of the JSON") }
        return value
    }

    private mutating func value(depth: Int) throws(SandboxInputError) -> SandboxJSON {
        guard depth <= 64 else { throw fault("nested too deeply") }
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func members(depth: Int) throws(SandboxInputError) -> [SandboxJSON.Member] {
        var members: [SandboxJSON.Member] = []
        position += 1
        skipBlanks()
        if take(UInt8(ascii: "}")) { return members }
        repeat {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw fault("a name was expected") }
            let name = try string()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon was expected") }
            members.append(.init(name, try value(depth: depth + 1)))
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("a closing brace was expected") }
        return members
    }

    private mutating func elements(depth: Int) throws(SandboxInputError) -> [SandboxJSON] {
        var elements: [SandboxJSON] = []
        position += 1
        skipBlanks()
        if take(UInt8(ascii: "]")) { return elements }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("a closing bracket was expected") }
        return elements
    }

    private mutating func number() throws(SandboxInputError) -> String {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let leadingZero = peek == UInt8(ascii: "0")
        let count = digits()
        guard count > 0 else { throw fault("a value was expected") }
        guard !leadingZero || count == 1 else { throw fault("a number starts with a zero") }
        if take(UInt8(ascii: ".")), digits() == 0 { throw fault("a decimal point without digits") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            if digits() == 0 { throw fault("an exponent without digits") }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func string() throws(SandboxInputError) -> String {
        var text: [UInt8] = []
        position += 1
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw fault("not UTF-8") }
                return string
            case UInt8(ascii: "\\"): text += try escaped().utf8
            case 0..<0x20: throw fault("a control character in a string")
            default: text.append(byte)
            }
        }
        throw fault("a string without end")
    }

    private mutating func escaped() throws(SandboxInputError) -> String {
        guard let byte = peek else { throw fault("an escape without end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return String(UnicodeScalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return String(try scalar())
        default: throw fault("an unknown escape")
        }
    }

    private mutating func scalar() throws(SandboxInputError) -> UnicodeScalar {
        let first = try hexadecimal()
        if let scalar = UnicodeScalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw fault("half of a surrogate pair")
        }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second) else { throw fault("half of a surrogate pair") }
        let code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        guard let scalar = UnicodeScalar(code) else { throw fault("half of a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(SandboxInputError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw fault("an escape without end") }
        let text = bytes[position..<position + 4]
        guard text.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
            let value = UInt16(String(decoding: text, as: UTF8.self), radix: 16)
        else { throw fault("not four hexadecimal digits") }
        position += 4
        return value
    }

    private mutating func word(_ text: String, _ value: SandboxJSON) throws(SandboxInputError) -> SandboxJSON {
        guard bytes[position...].starts(with: text.utf8) else { throw fault("a value was expected") }
        position += text.utf8.count
        return value
    }

    private var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func fault(_ reason: String) -> SandboxInputError {
        SandboxInputError("\(reason), at byte \(position)")
    }
}
