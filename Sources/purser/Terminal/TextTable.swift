/// A table for people: columns as wide as their widest cell, two blanks apart; cells have nothing that acts on a terminal.
struct TextTable {
    /// A column's heading, and whether its cells end at one edge, as numbers do.
    struct Column: ExpressibleByStringLiteral {
        let heading: String
        let endsAligned: Bool

        init(stringLiteral heading: String) { self.init(heading, endsAligned: false) }

        private init(_ heading: String, endsAligned: Bool) {
            self.heading = heading
            self.endsAligned = endsAligned
        }

        /// A column of numbers.
        static func numbers(_ heading: String) -> Column { Column(heading, endsAligned: true) }
    }

    /// How a row looks where there are colours.
    enum Style: String {
        case plain = ""
        case good = "32"
        case doubtful = "33"
        case faint = "2"
    }

    /// The longest cell, in Unicode scalars.
    private static let cellLimit = 300

    private let columns: [Column]
    private var styles: [Int: Style] = [:]
    /// Each with a cell for each column.
    var rows: [[String]] = []

    init(_ columns: Column...) { self.columns = columns }

    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row.
    mutating func add(_ cells: [String], _ style: Style) {
        styles[rows.count] = style
        rows.append(cells)
    }

    /// The lines without colours, each with its line end.
    var text: String { text(colours: false) }

    /// The lines, each with its line end.
    func text(colours: Bool) -> String {
        let cells = rows.map { $0.map { $0.terminalText(limit: Self.cellLimit) } }
        let headings = columns.map(\.heading)
        let widths = columns.indices.map { column in
            ([headings] + cells).map { $0[column].displayWidth }.max() ?? 0
        }
        return line(headings, widths)
            + cells.enumerated().map { index, row in
                let line = line(row, widths)
                guard colours, let style = styles[index], style != .plain else { return line }
                return "\u{1B}[\(style.rawValue)m\(line.dropLast())\u{1B}[0m\n"
            }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = columns.indices.map { column in
            let blanks = String(repeating: " ", count: widths[column] - cells[column].displayWidth)
            return columns[column].endsAligned ? blanks + cells[column] : cells[column] + blanks
        }
        var line = padded.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }
}
