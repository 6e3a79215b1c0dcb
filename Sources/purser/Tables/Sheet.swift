import ExactJSON

/// One thing for people: a line for each of its values, and none for what nobody knows.
struct Sheet {
    let lines: [(name: String, value: String)]

    /// The lines, each with its line end.
    var text: String {
        let told = lines.filter { $0.value != "-" }.map { ($0.name.terminalText(limit: 60), $0.value) }
        let width = told.map(\.0.displayWidth).max() ?? 0
        return told.map { name, value in
            let blanks = String(repeating: " ", count: width - name.displayWidth)
            return "\(name)\(blanks)  \(value.terminalText(limit: 300))\n"
        }.joined()
    }
}

extension JSON? {
    /// The members of an object, a line each.
    var lines: [(name: String, value: String)] {
        (self?.object).map { $0.map { ($0.key.replacing("_", with: " "), JSON?.some($0.value).cell) } } ?? []
    }
}

extension JSON {
    /// How to see the rest of a list; empty on its last page.
    var moreText: String {
        self["next_cursor"]?.string.map { "\nThere are more: --cursor \($0.terminalText(limit: 1000))\n" } ?? ""
    }
}
