extension StringProtocol {
    /// The text with a length that is bounded and without anything that acts on a terminal, ends a line, or reorders the
    /// text around it: such characters are shown by their number, as `\u{1B}`.
    /// - Parameter limit: the longest, counted in Unicode scalars; what is cut off is marked with `…`.
    func terminalText(limit: Int) -> String {
        var output = ""
        for (count, scalar) in unicodeScalars.prefix(limit + 1).enumerated() {
            guard count < limit else { return output + "…" }
            if scalar.actsOnText {
                output += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}

extension Unicode.Scalar {
    /// Control characters (C0, DEL, C1), line and paragraph separators, and characters that reorder or hide text.
    var actsOnText: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
        case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
        default: false
        }
    }
}
