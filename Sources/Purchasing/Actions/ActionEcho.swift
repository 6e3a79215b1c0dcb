import ExactJSON
import Foundation

/// Looks for an earlier action that a vendor's list may show only now: what it did would be taken for the doing of the one
/// whose answer was lost. Pure.
struct ActionEcho {
    private let action: Action
    private let baseline: GoodsCondition
    private let settleTime: Duration

    /// - Parameter settleTime: how long the vendor's list may lag.
    init(_ action: Action, _ baseline: GoodsCondition, settleTime: Duration) {
        self.action = action
        self.baseline = baseline
        self.settleTime = settleTime
    }

    /// The first such action among the others on the order; nil for none.
    func first(of history: [Action]) -> Action? {
        history.first { isAlike($0.request.task) && mayShowLate($0) }
    }

    /// Whether a task leaves the same trace.
    private func isAlike(_ earlier: ActionTask) -> Bool {
        switch (action.request.task, earlier) {
        case (.renew, .renew), (.rotatePassword, .rotatePassword), (.autoRenew, .autoRenew): true
        case (.refresh, .refresh), (.refresh, .replace), (.replace, .refresh): true
        case (.replace(let ip, _), .replace(let other, _)): ActionTask.mayBeOne(ip, other)
        // An address that was taken off a list that lags looks allowed.
        case (.allow, .disallow): true
        case (.renew, _), (.refresh, _), (.rotatePassword, _), (.release, _), (.replace, _), (.autoRenew, _),
            (.allow, _), (.disallow, _):
            false
        }
    }

    /// Whether what it did may not have been in the baseline yet.
    private func mayShowLate(_ earlier: Action) -> Bool {
        guard let startedAt = action.startedAt, let earlierStart = earlier.startedAt, earlierStart <= startedAt else {
            return false
        }
        switch earlier.status {
        case .pending, .running, .failed: return false
        case .unknown: return true
        case .completed:
            // A renewal tells until when; a baseline that reaches as far has it.
            let promised = earlier.result?["expires_at"]?.string.flatMap(Date.init(rfc3339:))
            if action.kind == .renew, let promised, let known = baseline.expiresAt {
                return known < promised && (earlier.settledAt ?? startedAt).advanced(by: settleTime) >= startedAt
            }
            return (earlier.settledAt ?? startedAt).advanced(by: settleTime) >= startedAt
        }
    }
}
