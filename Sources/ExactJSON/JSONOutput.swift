/// A document that is written as it is told, without a tree of it: for what is told thousands of times in a row.
///
/// Commas and escapes are its affair; that a name stands before each value of an object is its user's.
public struct JSONOutput {
    /// What was written so far, as compact UTF-8 text.
    public var bytes: [UInt8] = []
    private var needsComma = false

    public init() {}

    /// Writes an object; the closure writes its members, each by `member`.
    public mutating func object(_ members: (inout JSONOutput) -> Void) {
        open(UInt8(ascii: "{"))
        members(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes an array; the closure writes its elements.
    public mutating func array(_ elements: (inout JSONOutput) -> Void) {
        open(UInt8(ascii: "["))
        elements(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes an array of texts.
    public mutating func texts(_ texts: [String]) {
        array { output in
            for text in texts { output.string(text) }
        }
    }

    /// Writes the name of a member; its value must follow. A name of the code's own needs no escape.
    public mutating func name(_ name: StaticString) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// Writes the name of a member that somebody else chose; its value must follow.
    public mutating func name(escaping name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a member, unless its value is nil.
    public mutating func member(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        self.name(name)
        string(text)
    }

    /// Writes a member, unless its value is nil.
    public mutating func member(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        self.name(name)
        int(value)
    }

    /// Writes a member, unless its value is nil.
    public mutating func member(_ name: StaticString, json: JSON?) {
        guard let json else { return }
        self.name(name)
        self.json(json)
    }

    /// Writes a string, or `null` for nil.
    public mutating func string(_ text: String?) {
        guard let text else { return null() }
        separate()
        JSON.write(text, into: &bytes)
    }

    /// Writes a whole number, or `null` for nil.
    public mutating func int(_ value: Int?) {
        guard let value else { return null() }
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    public mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a document, or `null` for nil.
    public mutating func json(_ json: JSON?) {
        guard let json else { return null() }
        separate()
        json.write(into: &bytes)
    }

    /// Ends a line, so that another document may follow.
    public mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }
}
