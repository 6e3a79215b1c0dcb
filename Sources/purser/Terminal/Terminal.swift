import Foundation

/// A standard stream, written to at once: what a command says must not wait in a buffer that a signal throws away.
struct Terminal: Sendable {
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let error = Terminal(descriptor: STDERR_FILENO)
    /// Whether a person is typing.
    static var hasPerson: Bool { isatty(STDIN_FILENO) == 1 }

    let descriptor: Int32

    /// Whether a person reads what is written.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Whether colours may be written: a terminal reads them, and `NO_COLOR` (no-color.org) says nothing against it.
    var hasColours: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    /// Writes text.
    /// - Returns: whether all of it was taken.
    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    private func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
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

    /// Writes what a command was asked for.
    /// - Throws: `CommandFailure` when not all of it was taken, since nobody has read it then: without a word where the reader
    ///   has seen enough and gone, as `head` does, since other programs end so.
    func tell(_ text: String) throws(CommandFailure) { try tell(Array(text.utf8)) }

    /// Writes what a command was asked for, byte for byte.
    /// - Throws: `CommandFailure` when not all of it was taken.
    func tell(_ bytes: [UInt8]) throws(CommandFailure) {
        guard write(bytes) else {
            if errno == EPIPE { throw CommandFailure(ExitStatus.stopped(by: SIGPIPE), "") }
            throw CommandFailure(ExitStatus.failure, "standard output did not take what was to be printed")
        }
    }

    /// Writes lines that say what went wrong, or what to know, each with the program's name.
    @discardableResult
    func report(_ lines: String) -> Bool {
        write(lines.split(separator: "\n").map { "purser: \($0)\n" }.joined())
    }
}
