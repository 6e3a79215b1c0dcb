import Foundation

/// A standard stream, written to at once: what a command says must not wait in a buffer that a signal throws away.
struct Terminal: Sendable {
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let error = Terminal(descriptor: STDERR_FILENO)
    /// Whether a person is typing.
    static var hasPerson: Bool { isatty(STDIN_FILENO) == 1 }

    private let descriptor: Int32

    /// Writes text.
    /// - Returns: whether all of it was taken.
    @discardableResult
    func write(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}

/// A table for people: columns as wide as their widest cell, two blanks apart.
struct TextTable {
    let headings: [String]
    var rows: [[String]] = []

    init(_ headings: String...) { self.headings = headings }

    /// The lines, each with its line end.
    var text: String {
        let widths = headings.indices.map { column in ([headings] + rows).map { $0[column].count }.max() ?? 0 }
        return ([headings] + rows).map { row in
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            return cells.joined(separator: "  ").trimmingTrailingBlanks + "\n"
        }.joined()
    }
}

extension String {
    fileprivate var trimmingTrailingBlanks: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
