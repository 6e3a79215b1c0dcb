/// A table as RFC 4180 writes it, safe to open in a spreadsheet.
struct CSV {
    /// What was written so far, as UTF-8 text.
    private(set) var bytes: [UInt8] = []

    /// A row with its end; nil makes an empty cell.
    static func row(_ cells: [String?]) -> String {
        var table = CSV()
        table.row(cells) { $0 }
        return String(decoding: table.bytes, as: UTF8.self)
    }

    /// Writes a row with its end; nil makes an empty cell.
    mutating func row<Columns: Collection>(_ columns: Columns, _ text: (Columns.Element) -> String?) {
        var isFirst = true
        for column in columns {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            if let text = text(column) { cell(text) }
        }
        bytes.append(contentsOf: "\r\n".utf8)
    }

    /// What a spreadsheet would take for a formula gets an apostrophe before it, with which spreadsheets say that a text is
    /// a text.
    private mutating func cell(_ text: String) {
        let isFormula = text.utf8.first.map(Self.formulaStarts.contains) ?? false
        guard text.utf8.contains(where: Self.needsQuotes) else {
            if isFormula { bytes.append(UInt8(ascii: "'")) }
            return bytes.append(contentsOf: text.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
        if isFormula { bytes.append(UInt8(ascii: "'")) }
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let formulaStarts: [UInt8] = Array("=+-@\t\r".utf8)

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: " "): true
        default: false
        }
    }
}
