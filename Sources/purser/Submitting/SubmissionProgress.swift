import ExactJSON
import Foundation
import Purchasing
import Synchronization

/// Says on standard error how an order or an action goes: on a terminal one line that counts the seconds, else a line for each change.
final class SubmissionProgress: Sendable {
    private struct State {
        var id: Identifier?
        var words: String
        var isShown = false
        var hasEnded = false
    }

    /// What fits a line of the narrowest usual terminal, seconds included.
    private static let lineLimit = 66

    private let isTerminal: Bool
    private let timepiece: Timepiece
    private let start: Duration
    private let write: @Sendable (String) -> Void
    private let state: Mutex<State>

    init(
        of undertaking: Undertaking, isTerminal: Bool, timepiece: Timepiece,
        write: @escaping @Sendable (String) -> Void = { Terminal.error.write($0) }
    ) {
        self.isTerminal = isTerminal
        self.timepiece = timepiece
        self.write = write
        start = timepiece.elapsed()
        state = Mutex(State(words: "sending the \(undertaking.noun)"))
    }

    /// The id of the order or the action, once it is known.
    var id: Identifier? { state.withLock { $0.id } }

    /// Says what is being done, unless it was the last thing said.
    func say(_ words: String) {
        let words = words.terminalText(limit: isTerminal ? Self.lineLimit : 400)
        state.withLock { state in
            guard state.words != words else { return }
            state.words = words
            if isTerminal { draw(&state) } else { write("purser: \(words)\n") }
        }
    }

    /// Says where it stands.
    func tell(_ document: JSON, _ id: Identifier) {
        state.withLock { $0.id = id }
        let vendor = document["vendor"]?.string.map { " at \($0)" } ?? ""
        say("\(id) \(document["status"].cell)\(vendor)")
    }

    /// Says something that stays.
    func note(_ words: String) {
        state.withLock { state in
            erase(&state)
            write("purser: \(words.terminalText(limit: 400))\n")
        }
    }

    /// Counts the seconds until the task is cancelled; only where somebody sees it.
    func count() async {
        while isTerminal, !Task.isCancelled {
            state.withLock { draw(&$0) }
            await timepiece.rest(.seconds(1))
        }
    }

    /// Takes the counting line away for good, so that what is written next stands alone.
    func end() {
        state.withLock { state in
            erase(&state)
            state.hasEnded = true
        }
    }

    private func draw(_ state: inout State) {
        guard !state.hasEnded else { return }
        let seconds = Int((timepiece.elapsed() - start).seconds)
        write("\r\u{1B}[K\(state.words), \(seconds) s")
        state.isShown = true
    }

    private func erase(_ state: inout State) {
        guard state.isShown else { return }
        write("\r\u{1B}[K")
        state.isShown = false
    }
}
