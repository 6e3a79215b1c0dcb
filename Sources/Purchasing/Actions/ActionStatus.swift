/// Where an action stands. The cases say what each may become; `after(_:)` is the only place that decides it.
public enum ActionStatus: String, Sendable, Hashable, CaseIterable {
    /// Durable, nothing sent. May become running or failed.
    case pending
    /// Durably marked before the first byte went to the vendor. May become completed, failed or unknown.
    case running
    /// The vendor did it. Settled.
    case completed
    /// Definitely not done. Settled.
    case failed
    /// The vendor may have done it. May become completed or failed, by evidence or by a named person; never by waiting.
    case unknown

    /// Whether the action can never change again.
    public var isSettled: Bool {
        switch self {
        case .completed, .failed: true
        case .pending, .running, .unknown: false
        }
    }
}

/// What can happen to an action.
public enum ActionStep: String, Sendable, Hashable, CaseIterable {
    /// The intent is durable; the vendor call may leave now.
    case dispatched
    /// The vendor did it.
    case done
    /// Nothing was done, and that is proved.
    case notDone
    /// The outcome of a call is not known.
    case lost
}

/// A step that the action's status does not allow.
public struct IllegalActionStep: Error, Hashable, Sendable {
    public let status: ActionStatus
    public let step: ActionStep
}

extension ActionStatus {
    /// The status after a step.
    /// - Throws: `IllegalActionStep` when the status does not allow the step; a settled status allows none.
    public func after(_ step: ActionStep) throws(IllegalActionStep) -> ActionStatus {
        switch (self, step) {
        case (.pending, .dispatched): .running
        case (.pending, .notDone), (.running, .notDone), (.unknown, .notDone): .failed
        case (.running, .done), (.unknown, .done): .completed
        case (.running, .lost): .unknown
        default: throw IllegalActionStep(status: self, step: step)
        }
    }
}
