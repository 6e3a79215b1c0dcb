public import ExactJSON

extension OrderChange {
    /// A new action on a stored order, with its first event.
    public static func asking(for action: Action, of order: Order, ids: IdentifierSource) -> OrderChange {
        var change = OrderChange.changing(order, ids: ids, at: action.createdAt, requestID: action.requestID)
        change.put(action)
        change.noteAction(
            .action(.pending), cause: "accepted", actor: .init(.client, action.client),
            data: action.told())
        return change
    }

    /// Takes a step of an action's state machine and notes it on the order's timeline.
    /// - Throws: `IllegalActionStep` when the action's status does not allow the step; nothing is changed then.
    public mutating func take(
        _ step: ActionStep, of action: Action, cause: String, actor: OrderEvent.Actor = .purser,
        data: JSON = .object([]), update: (inout Action) -> Void = { _ in }
    ) throws(IllegalActionStep) {
        var next = action
        next.status = try action.status.after(step)
        if next.status != .unknown { next.unknown = nil }
        if next.status.isSettled { next.settledAt = instant }
        update(&next)
        count(&next)
        put(next)
        noteAction(.action(next.status), cause: cause, actor: actor, data: next.told(with: data))
    }

    /// Notes something about an action that changed no state.
    public mutating func note(
        _ kind: OrderEvent.Kind, on action: Action, cause: String, actor: OrderEvent.Actor = .purser,
        data: JSON = .object([]), update: (inout Action) -> Void = { _ in }
    ) {
        var next = action
        update(&next)
        count(&next)
        put(next)
        noteAction(kind, cause: cause, actor: actor, data: data)
    }

    private func count(_ action: inout Action) {
        action.version += 1
        action.updatedAt = max(instant, action.updatedAt)
    }
}

extension Action {
    /// What an event tells of an action: what was asked of whom, what it was expected to cost and what it did, as far as
    /// its state knows.
    /// - Parameter data: what else the event tells; it gives way where both have a member.
    fileprivate func told(with data: JSON = .object([])) -> JSON {
        var members: [(String, JSON?)] = [
            ("kind", .string(kind.rawValue)), ("request", self.request.json), ("vendor", .string(self.vendor)),
        ]
        if self.status == .completed {
            if kind.maySpend {
                members += [
                    ("total", self.total?.json ?? .null),
                    ("total_source", self.totalSource.map { .string($0.rawValue) } ?? .null),
                ]
            }
            members.append(("expires_at", self.result?["expires_at"]?.string.map(JSON.string)))
        }
        let names = Set(members.compactMap { $0.1 == nil ? nil : $0.0 })
        let others: [(String, JSON?)] = data.object.map { $0.map { ($0.key, $0.value) } } ?? []
        return .object(members + others.filter { !names.contains($0.0) })
    }
}
