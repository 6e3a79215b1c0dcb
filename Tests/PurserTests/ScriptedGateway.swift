import ExactJSON
import Foundation
import Purchasing
import Synchronization

@testable import purser

/// A gateway that answers as it is told, on a clock that only moves when somebody waits.
final class ScriptedGateway: GatewayCalling {
    /// What comes of one call.
    enum Step: Sendable {
        case answer(Int, String, retryAfter: Int? = nil)
        case failure(CallFailure)
    }

    private struct State {
        var steps: [Step]
        var calls: [GatewayCall] = []
        var elapsed = Duration.zero
    }

    private let state: Mutex<State>
    /// How long each call takes.
    private let pace: Duration

    /// The last step is repeated for ever.
    init(_ steps: [Step], pace: Duration = .zero) {
        state = Mutex(State(steps: steps))
        self.pace = pace
    }

    var calls: [GatewayCall] { state.withLock { $0.calls } }
    var elapsed: Duration { state.withLock { $0.elapsed } }

    var timepiece: Timepiece {
        Timepiece(
            now: { Date(timeIntervalSince1970: 0) },
            sleep: { [self] duration in state.withLock { $0.elapsed += duration } },
            elapsed: { [self] in elapsed })
    }

    func send(_ call: GatewayCall) async throws(CallFailure) -> GatewayAnswer {
        let step = state.withLock { state in
            state.calls.append(call)
            state.elapsed += pace
            return state.steps.count > 1 ? state.steps.removeFirst() : state.steps[0]
        }
        switch step {
        case .answer(let status, let text, let retryAfter):
            return try GatewayAnswer(status: status, bytes: Array(text.utf8), retryAfter: retryAfter)
        case .failure(let failure): throw failure
        }
    }
}
