/// Reads comma-separated values (RFC 4180) as they arrive, strictly: a quote stands around a whole field or doubled inside
/// one, and a row ends with LF or CRLF, the last one perhaps with the end of the text. Empty lines are no rows.
struct CSVReader {
    /// How many bytes a row may have.
    static let rowLimit = 16 * 1024

    /// The text is no CSV.
    struct Malformed: Error {}

    private enum State {
        /// At the beginning of a field.
        case start
        case plain
        case quoted
        /// Behind a quote inside a quoted field: its end, or the first of two.
        case quote
        /// Behind a CR that ends a row.
        case lineFeedDue
    }

    private var state = State.start
    private var row: [String] = []
    private var field: [UInt8] = []
    private var rowSize = 0

    /// The rows that end within these bytes.
    mutating func rows(in bytes: some Sequence<UInt8>) throws(Malformed) -> [[String]] {
        var rows: [[String]] = []
        for byte in bytes {
            rowSize += 1
            guard rowSize <= Self.rowLimit else { throw Malformed() }
            if try take(byte) {
                if row != [""] { rows.append(row) }
                row = []
                rowSize = 0
            }
        }
        return rows
    }

    /// The row that ends with the text, if one is left.
    mutating func lastRow() throws(Malformed) -> [String]? {
        if state == .start, row.isEmpty { return nil }
        guard state != .quoted, state != .lineFeedDue else { throw Malformed() }
        try endField()
        defer { row = [] }
        return row
    }

    /// Takes a byte.
    /// - Returns: whether it ends a row.
    private mutating func take(_ byte: UInt8) throws(Malformed) -> Bool {
        switch (state, byte) {
        case (.lineFeedDue, UInt8(ascii: "\n")):
            state = .start
            return true
        case (.lineFeedDue, _): throw Malformed()
        case (.quoted, UInt8(ascii: "\"")): state = .quote
        case (.quoted, _): field.append(byte)
        case (.quote, UInt8(ascii: "\"")):
            field.append(byte)
            state = .quoted
        case (.start, UInt8(ascii: "\"")): state = .quoted
        case (_, UInt8(ascii: ",")): try endField()
        case (_, UInt8(ascii: "\n")):
            try endField()
            return true
        case (_, UInt8(ascii: "\r")):
            try endField()
            state = .lineFeedDue
        case (.quote, _), (.plain, UInt8(ascii: "\"")): throw Malformed()
        case (.start, _), (.plain, _):
            field.append(byte)
            state = .plain
        }
        return false
    }

    private mutating func endField() throws(Malformed) {
        guard let text = String(validating: field, as: UTF8.self) else { throw Malformed() }
        row.append(text)
        field.removeAll(keepingCapacity: true)
        state = .start
    }
}
