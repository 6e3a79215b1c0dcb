/// Bytes of UTF-8 on their way to a terminal, piece by piece: what would act on the terminal is shown by its number.
struct ShownBytes {
    /// The beginning of a character, or of a line's end, whose rest has not come.
    private var rest: [UInt8] = []

    /// What of the bytes so far can be shown now.
    mutating func take(_ bytes: [UInt8]) -> String {
        rest += bytes
        let whole = rest.count - Self.unfinished(rest)
        let text = String(decoding: rest[..<whole], as: UTF8.self)
        rest.removeFirst(whole)
        // The marks of a line's end stay; they are what a list is made of.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().map { index, line in
            let isReturn = index < lines.count - 1 && line.last == "\r"
            let words = String(String.UnicodeScalarView(isReturn ? line.dropLast() : line))
            return words.terminalText(limit: .max - 1) + (isReturn ? "\r" : "")
        }.joined(separator: "\n")
    }

    /// How many bytes at the end begin a character, or the end of a line, that is not there yet.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        if bytes.last == 0x0D { return 1 }
        for (index, byte) in bytes.suffix(3).reversed().enumerated() {
            let length = byte >= 0xF8 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : byte < 0x80 ? 1 : 0
            if length > 0 { return length > index + 1 ? index + 1 : 0 }
        }
        return 0
    }
}
