public import Purchasing

/// What the database of `SQLiteOrderStore` refuses about an action, as rules for a store without a database.
struct ActionChangeRules {
    let action: Action
    let stored: Action?
    /// The order that the change is of.
    let order: OrderID
    /// The events of that order, those of the change included.
    let timeline: [OrderEvent]
    /// The other actions on it.
    let others: [Action]

    /// The first rule that the change breaks.
    var fault: String? { ownFault ?? placeFault ?? stored.flatMap(lifeFault) }

    private var ownFault: String? {
        guard (action.settledAt != nil) == action.status.isSettled else { return "a settled action says when" }
        switch action.status {
        case .pending, .failed: break
        case .running, .completed, .unknown:
            guard action.startedAt != nil, action.baseline != nil else {
                return "nothing is done before it is known how things are"
            }
        }
        guard stored != nil || action.status == .pending else { return "a new action is pending" }
        return action.total.map({ $0.amount >= .zero }) ?? true ? nil : "nothing costs less than nothing"
    }

    private var placeFault: String? {
        guard action.orderID == order else { return "an action changes its own order" }
        let told = timeline.last { event in
            guard case .action = event.type else { return false }
            return event.actionID == action.id
        }
        guard told?.type == .action(action.status) else { return "an action stands where its last event says" }
        if action.isInFlight, others.contains(where: \.isInFlight) { return "an order has one action at a time" }
        return nil
    }

    private func lifeFault(_ stored: Action) -> String? {
        if stored.status.isSettled { return "a settled action never changes" }
        guard stored.status == action.status || ActionStatus.legalSteps.contains([stored.status, action.status]) else {
            return "there is no such step"
        }
        guard stored.orderID == action.orderID, stored.client == action.client, stored.vendor == action.vendor,
            stored.idempotencyKey == action.idempotencyKey, stored.fingerprint == action.fingerprint,
            stored.request == action.request, stored.requestID == action.requestID,
            stored.traceparent == action.traceparent, stored.createdAt == action.createdAt
        else { return "what was asked never changes" }
        let isDispatched = stored.startedAt != nil
        guard
            !isDispatched
                || stored.startedAt == action.startedAt && stored.baseline == action.baseline
                    && stored.quotedPrice == action.quotedPrice
        else { return "what was known before an action never changes" }
        return action.tries >= stored.tries ? nil : "what was tried is not forgotten"
    }
}

extension Action {
    /// Whether it was sent, and nobody knows yet, or is to decide, what became of it.
    fileprivate var isInFlight: Bool {
        switch self.status {
        case .running: true
        case .unknown: self.unknown?.needsReview != true
        case .pending, .completed, .failed: false
        }
    }
}

extension ActionStatus {
    /// Every pair of states that the state machine connects.
    public static let legalSteps: Set<[ActionStatus]> = {
        var steps: Set<[ActionStatus]> = []
        for status in allCases {
            for step in ActionStep.allCases {
                if let next = try? status.after(step) { steps.insert([status, next]) }
            }
        }
        return steps
    }()
}
