import ExactJSON
import Foundation

/// What becomes of an action that may not spend now.
extension ActionRun {
    /// Waits while buying is paused, where the action may be charged; false when it failed because it waited too long.
    func waitForBuying(_ action: Action) async throws(Interruption) -> Bool {
        guard action.kind.maySpend, let pause = floor.gate.pause else { return true }
        let changes = floor.actionBoard.watch(action.id)
        let end = await floor.gate.wait(within: floor.policy.queueLimit, floor.timepiece) {
            await changes.first { $0.status != .pending } != nil
        }
        switch end {
        case .opened: return true
        case .changed: throw .overtaken
        case .stopped: throw .draining
        case .timeIsUp:
            let detail = "the action waited \(floor.policy.queueLimit) and nothing was sent, since \(pause.words)"
            _ = try await fail(action, OrderProblem(code: .buyingPaused, detail: detail), cause: "queue_limit")
            return false
        }
    }

    /// The action after its dispatch was barred: as it was, to wait, where buying is paused; else failed.
    func standBack(_ action: Action, because bar: SpendingBar) async throws(Interruption) -> Action {
        switch bar {
        case .paused(let change):
            floor.gate.learn(change)
            return action
        case .overBudget, .unpriced:
            let problem = bar.problem
            return try await fail(
                action, OrderProblem(code: problem.code, detail: problem.detail), cause: problem.code.rawValue)
        }
    }

    /// Why an action may not spend at a vendor whose account owes money; nil where it may.
    func overdrawn(_ action: Action) -> Problem? { action.kind.maySpend ? vendor.overdraftProblem : nil }

    /// The failed action where a call would begin it anew, all earlier ones being proved to have done nothing, and buying is
    /// paused by now, or its vendor's account owes money; nil where it may go.
    func haltWhilePaused(_ action: Action, tries: Int) async throws(Interruption) -> Action? {
        if let problem = overdrawn(action) {
            let cause = problem.code.rawValue
            return try await fail(
                action, OrderProblem(code: problem.code, detail: problem.detail), cause: cause, tries: tries)
        }
        guard action.kind.maySpend, let pause = floor.gate.pause else { return nil }
        let problem = OrderProblem(code: .buyingPaused, detail: pause.words + "; nothing was done")
        return try await fail(action, problem, cause: "buying_paused", tries: tries)
    }
}
