/// A person's word before something is done that cannot be taken back.
struct Consent {
    /// Whether it was given on the command line.
    let isGiven: Bool
    /// Whether there is somebody to ask.
    var hasPerson = Terminal.hasPerson && Terminal.error.isTerminal
    /// Puts a question and reads a line; nil when nothing more can be read.
    var ask: (String) -> String? = { question in
        Terminal.error.write(question)
        return readLine()
    }

    /// Goes on only when it was given or is given now.
    /// - Parameters:
    ///   - deed: what is to be done: `release batch bat_1`.
    ///   - question: the question, without its `[y/N]`; made only where somebody is asked.
    /// - Throws: `CommandFailure` with status 2 when it is not given; nothing was sent then.
    func require(to deed: String, question: () async throws -> String) async throws {
        guard !isGiven else { return }
        guard hasPerson else {
            throw CommandFailure(
                ExitStatus.refused, "nobody is here to ask: to \(deed), add --yes; nothing was sent")
        }
        let answer = ask("\(try await question().terminalText(limit: 600)) [y/N] ")
        guard ["y", "yes"].contains(answer?.lowercased().trimmingBlanks) else {
            throw CommandFailure(ExitStatus.refused, "that was no yes; nothing was sent")
        }
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
