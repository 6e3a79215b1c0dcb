import Foundation
import Synchronization

/// Rests a vendor after failures in a row, so that a dead vendor costs callers nothing. It is closed again by a call that
/// spends nothing, never by a purchase.
final class Circuit: Sendable {
    private enum State {
        case closed(failures: Int)
        case open(until: Date)
    }

    private let failures: Int
    private let rest: Duration
    private let state = Mutex(State.closed(failures: 0))

    init(failures: Int, rest: Duration) {
        self.failures = failures
        self.rest = rest
    }

    /// Notes a call that the vendor answered.
    func noteAnswer() { state.withLock { $0 = .closed(failures: 0) } }

    /// Notes a call that the vendor did not answer (not reached, timed out, a server error); true when that opened the
    /// circuit, so that somebody has to try the vendor after the rest.
    func noteFailure(at now: Date) -> Bool {
        state.withLock { state in
            guard case .closed(let earlier) = state else { return false }
            let isOpening = earlier + 1 >= failures
            state = isOpening ? .open(until: now.advanced(by: rest)) : .closed(failures: earlier + 1)
            return isOpening
        }
    }

    /// Opens at once; true when it was closed, so that somebody has to try the vendor after the rest.
    func open(at now: Date) -> Bool {
        state.withLock { state in
            guard case .closed = state else { return false }
            state = .open(until: now.advanced(by: rest))
            return true
        }
    }

    /// Rests on after a trial that failed.
    func restOn(from now: Date) { state.withLock { $0 = .open(until: now.advanced(by: rest)) } }

    /// How long an open circuit still rests, at least a second; nil when it is closed.
    func remainingRest(at now: Date) -> Duration? {
        state.withLock { state in
            guard case .open(let until) = state else { return nil }
            return .seconds(max(1, until.timeIntervalSince(now).rounded(.up)))
        }
    }
}
