/// Tables as RFC 4180 writes them, safe to open in a spreadsheet.
enum CSV {
    /// A row with its end; nil makes an empty cell.
    static func row(_ cells: [String?]) -> String { cells.map { cell(of: $0 ?? "") }.joined(separator: ",") + "\r\n" }

    /// What a spreadsheet would take for a formula gets an apostrophe before it, with which spreadsheets say that a text is
    /// a text.
    private static func cell(of text: String) -> String {
        let safe = text.utf8.first.map(formulaStarts.contains) == true ? "'" + text : text
        guard safe.utf8.contains(where: quoted.contains) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    private static let formulaStarts: [UInt8] = Array("=+-@\t\r".utf8)
    private static let quoted: [UInt8] = Array(",\"\r\n ".utf8)
}
