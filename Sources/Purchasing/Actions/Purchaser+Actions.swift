import ExactJSON
import Foundation
import Logging

extension Purchaser {
    // MARK: Asking

    /// Accepts a change to what an order bought, has it done, and answers when the outcome is known or the wait is over.
    ///
    /// As with a purchase, the action belongs to the service, and the same key finds it.
    /// - Throws: `Problem`; with an `actionID` the action is stored as failed, without one nothing was stored and the key is
    ///   free.
    public func ask(_ submission: ActionSubmission) async throws(Problem) -> ActionAnswer {
        guard let order = try await read(submission.order), submission.caller.maySee(order) else {
            throw Self.notFound
        }
        let fingerprint = submission.request.fingerprint(about: order.id)
        if let earlier = try await findAction(submission.idempotencyKey, ofClient: submission.caller.client) {
            return try await replay(earlier, submission, fingerprint)
        }
        try await checkNoOrder(has: submission.idempotencyKey, ofClient: submission.caller.client)
        try checkOpen()
        if submission.request.task.kind.maySpend { try checkBuying() }
        let vendor = try await vendorOf(order, for: submission.request)
        let client = submission.caller.client
        guard places.take(client) else { throw Self.tooMany }
        var isUnderWay = false
        defer { if !isUnderWay { places.giveBack(client) } }
        let (action, changes) = try await accept(submission, order, vendor)
        guard let changes else { return try await replay(action, submission, fingerprint) }
        floor.atStep(.accepted)
        isUnderWay = true
        floor.jobs.add { [floor, places] in
            await ActionRun(action, at: vendor, on: floor).run(action, entry: .waiting)
            places.giveBack(client)
        }
        let outcome = await changes.first(within: submission.wait, floor.timepiece, where: Self.isAnswer)
        return try await answer(outcome, for: action, isReplay: false)
    }

    /// The vendor that would do it, when nothing that is known now speaks against it.
    private func vendorOf(_ order: Order, for request: ActionRequest) async throws(Problem) -> Vendor {
        guard let vendor = floor.vendor(order.vendor) else {
            throw Problem(
                .actionNotAllowed, "the order's vendor is not configured any more", moneyState: .unchanged,
                orderID: order.id)
        }
        let kind = request.task.kind
        guard vendor.adapter.actions(on: order.request.shape).contains(kind) else {
            throw VendorRouter.invalid([
                Fault(
                    .vendor(vendor.name), "not_supported",
                    "\(vendor.name) has no \(kind.rawValue) for \(order.request.shape.words)")
            ])
        }
        if kind.maySpend, !vendor.isEnabled {
            throw Problem(
                .vendorUnavailable, "\(vendor.name) is switched off in the configuration; nothing was sent",
                moneyState: .unchanged, orderID: order.id)
        }
        if kind.maySpend, var problem = vendor.overdraftProblem {
            (problem.moneyState, problem.orderID) = (.unchanged, order.id)
            throw problem
        }
        let rules = ActionRules(order: order, history: try await history(of: order), now: floor.timepiece.now())
        if let problem = rules.objection(to: request.task) { throw problem }
        var faults = vendor.adapter.objections(to: request.task, on: Sale(order))
        faults += ceilingFaults(request, rules)
        guard faults.isEmpty else { throw VendorRouter.invalid(faults) }
        if let rest = vendor.circuit.remainingRest(at: floor.timepiece.now()) {
            throw VendorRouter.resting([vendor.name], seconds: Int(rest.seconds))
        }
        return vendor
    }

    /// A replacement that may be charged says what it may cost.
    private func ceilingFaults(_ request: ActionRequest, _ rules: ActionRules) -> [Fault] {
        guard case .replace = request.task, request.maxTotal == nil, !request.allowUnknownPrice else { return [] }
        if let allowance = rules.freeReplacements, allowance.remaining > 0 { return [] }
        return [
            Fault(
                .pointer("/max_total"), "required",
                "no free replacement is known to be left, so this one may be charged at the per-IP rate: say how much it "
                    + "may cost")
        ]
    }

    /// Stores the action; nil changes when the key had been used in between.
    private func accept(_ submission: ActionSubmission, _ start: Order, _ vendor: Vendor) async throws(Problem)
        -> (Action, AsyncStream<Action>?)
    {
        var order = start
        while true {
            let action = Action(
                id: floor.ids.next(.action), of: order, vendor: vendor.name, client: submission.caller.client,
                idempotencyKey: submission.idempotencyKey, request: submission.request,
                requestID: submission.requestID, traceparent: submission.traceparent,
                createdAt: floor.timepiece.now())
            let change = OrderChange.asking(for: action, of: order, ids: floor.ids)
            let changes = floor.actionBoard.watch(action.id)
            do throws(StoreError) {
                switch try await floor.store.accept(action: change) {
                case .existing(let earlier): return (earlier, nil)
                case .stored:
                    floor.board.publish(change.order, of: order.id)
                    return (action, changes)
                }
            } catch {
                if case .barred(let bar) = error { throw problem(bar) }
                // Whoever bought with the same key at the same moment was the first.
                if case .refused = error {
                    try await checkNoOther(has: action.idempotencyKey, ofClient: action.client, than: .action)
                }
                guard error == .conflict, let newer = try await read(order.id) else { throw Self.notStored }
                order = newer
            }
        }
    }

    private func replay(_ earlier: Action, _ submission: ActionSubmission, _ fingerprint: String)
        async throws(Problem) -> ActionAnswer
    {
        guard earlier.fingerprint == fingerprint else {
            throw Self.keyTaken(by: earlier, "which asked for something else")
        }
        let changes = floor.actionBoard.watch(earlier.id)
        let current = try await readAction(earlier.id) ?? earlier
        if Self.isAnswer(current) { return try await answer(current, for: current, isReplay: true) }
        let outcome = await changes.first(within: submission.wait, floor.timepiece, where: Self.isAnswer)
        return try await answer(outcome, for: current, isReplay: true)
    }

    /// Whether an action says all that waiting for it could tell.
    private static func isAnswer(_ action: Action) -> Bool {
        action.status.isSettled || action.unknown?.needsReview == true
    }

    private func answer(_ outcome: Action?, for action: Action, isReplay: Bool) async throws(Problem) -> ActionAnswer {
        var current = outcome ?? action
        if outcome == nil {
            do throws(Problem) { current = try await readAction(action.id) ?? action } catch { current = action }
        }
        if var problem = Self.failure(of: current) {
            problem.isReplay = isReplay
            problem.retryAfter = pause(after: current.problem, at: current.vendor)
            throw problem
        }
        return ActionAnswer(action: current, isReplay: isReplay)
    }

    /// The problem that a failed action is answered with, now and ever after.
    private static func failure(of action: Action) -> Problem? {
        guard action.status == .failed, let cause = action.problem else { return nil }
        var problem = Problem(cause.code, cause.detail, orderID: action.orderID, vendor: cause.vendor)
        problem.actionID = action.id
        return problem
    }

    // MARK: Reading

    /// The action with an id, as the caller may see it; waits until it changes or settles, for `wait` at most.
    /// - Throws: `Problem` `not_found`, also for an action on another client's order.
    public func action(_ id: ActionID, for caller: Caller, wait: Duration? = nil) async throws(Problem) -> Action {
        let wait = wait ?? .zero
        let changes = wait > .zero ? floor.actionBoard.watch(id) : nil
        guard let action = try await readAction(id), let order = try await read(action.orderID), caller.maySee(order)
        else { throw Problem(.notFound, "there is no such action", moneyState: .unchanged) }
        guard let changes, !Self.isAnswer(action) else { return action }
        return await changes.first(within: wait, floor.timepiece) { $0.version > action.version } ?? action
    }

    /// Every action on an order, oldest first.
    /// - Throws: `Problem` `not_found`.
    public func actions(of id: OrderID, for caller: Caller) async throws(Problem) -> [Action] {
        guard let order = try await read(id), caller.maySee(order) else { throw Self.notFound }
        return try await history(of: order)
    }

    /// How many replacements are free on an order of IPs; nil when it is not known.
    public func replacementAllowance(of order: Order) async throws(Problem) -> ReplacementAllowance? {
        ActionRules(order: order, history: try await history(of: order), now: floor.timepiece.now()).freeReplacements
    }

    /// For how many seconds something whose outcome is being settled at a vendor should be left alone before it is read.
    public func settlePause(at vendor: String?) -> Int {
        let settleTime = floor.vendor(vendor)?.policy.settleTime.seconds ?? 30
        return max(1, min(30, Int(settleTime.rounded(.up))))
    }

    private func readAction(_ id: ActionID) async throws(Problem) -> Action? {
        do throws(StoreError) { return try await floor.store.action(id) } catch { throw Self.unreadable }
    }

    private func findAction(_ key: String, ofClient client: String) async throws(Problem) -> Action? {
        do throws(StoreError) {
            return try await floor.store.action(client: client, idempotencyKey: key)
        } catch { throw Self.unreadable }
    }

    /// Orders and actions of a client share their keys.
    /// - Throws: `Problem` `idempotency_key_reused` when an action has the key.
    func checkNoAction(has key: String, ofClient client: String) async throws(Problem) {
        guard let action = try await findAction(key, ofClient: client) else { return }
        throw Self.keyTaken(by: action, "which is an action")
    }

    /// - Throws: `Problem` `idempotency_key_reused` when an order has the key.
    func checkNoOrder(has key: String, ofClient client: String) async throws(Problem) {
        guard let order = try await find(key, ofClient: client) else { return }
        throw Problem(
            .idempotencyKeyReused, "the key belongs to \(order.id), which is an order", moneyState: .unchanged,
            orderID: order.id)
    }

    private static func keyTaken(by action: Action, _ what: String) -> Problem {
        var problem = Problem(
            .idempotencyKeyReused, "the key belongs to \(action.id), \(what)", moneyState: action.moneyState,
            orderID: action.orderID)
        problem.actionID = action.id
        return problem
    }

    func history(of order: Order) async throws(Problem) -> [Action] {
        do throws(StoreError) { return try await floor.store.actions(of: order.id) } catch { throw Self.unreadable }
    }

    // MARK: Deciding

    /// Settles an unknown action by a person's decision.
    /// - Throws: `Problem` `not_resolvable` when the action is not unknown.
    public func resolve(
        action id: ActionID, _ resolution: ActionResolution, by caller: Caller, requestID: String
    ) async throws(Problem) -> Action {
        while true {
            guard let action = try await readAction(id), let order = try await read(action.orderID) else {
                throw Problem(.notFound, "there is no such action", moneyState: .unchanged)
            }
            let expiresAt = await expiry(after: resolution, of: action, on: order)
            var change = floor.change(order, requestID: requestID)
            do throws(IllegalActionStep) {
                guard action.status == .unknown else {
                    throw IllegalActionStep(status: action.status, step: .done)
                }
                try change.decide(action, resolution, expiresAt: expiresAt, by: caller)
            } catch {
                var problem = Problem(
                    .notResolvable, "the action is \(action.status.rawValue); only an unknown one can be resolved",
                    moneyState: action.moneyState, orderID: order.id)
                problem.actionID = id
                throw problem
            }
            if try await commitOnce(change) != nil, let resolved = change.action { return resolved }
        }
    }

    /// When the goods lapse by now, where a person says that a renewal was done; nil where the vendor does not show it soon,
    /// since the decision is stored after this, or shows no later end than is known.
    private func expiry(after resolution: ActionResolution, of action: Action, on order: Order) async -> Date? {
        guard case .done = resolution.outcome, action.status == .unknown, action.kind == .renew,
            let vendor = floor.vendor(action.vendor)
        else { return nil }
        let call = ActionCall(
            task: action.request.task, sale: Sale(order),
            context: CallContext(orderID: order.id, traceparent: action.traceparent))
        let read = await firstWithin(Self.accountPatience, floor.timepiece) {
            do throws(VendorError) { return try await vendor.adapter.condition(for: call).expiresAt } catch {
                return nil
            }
        }
        guard let end = read ?? nil else {
            floor.logger(for: action).warning("the end of goods could not be read after a decision")
            return nil
        }
        return order.expiresAt.map { end > $0 } ?? true ? end : nil
    }

    // MARK: Recovery

    /// Takes up every action that is not settled; one that may have been sent keeps its lanes shut from here on.
    func recoverActions() async throws(StoreError) -> Int {
        let actions = try await floor.store.unsettledActions()
        for action in actions {
            guard let vendor = floor.vendor(action.vendor), action.unknown?.needsReview != true else { continue }
            let run = ActionRun(action, at: vendor, on: floor)
            let wasSent = action.status != .pending
            if wasSent {
                floor.actionLanes.take(action.orderID).occupy()
                if run.needsAccount(action) { vendor.lane.occupy() }
            }
            places.add(action.client)
            floor.jobs.add { [floor, places] in
                await run.run(action, entry: wasSent ? .recoveredInLane : .waiting)
                if wasSent { floor.actionLanes.giveBack(action.orderID) }
                places.giveBack(action.client)
            }
        }
        return actions.count
    }
}

extension OrderChange {
    /// - Parameter expiresAt: when the goods lapse after a renewal that was done; nil where it is not known.
    fileprivate mutating func decide(
        _ action: Action, _ resolution: ActionResolution, expiresAt: Date?, by caller: Caller
    ) throws(IllegalActionStep) {
        var data: [(String, JSON?)] = [("reason", .string(resolution.reason)), ("by", .string(caller.name))]
        switch resolution.outcome {
        case .done(let total):
            data.insert(contentsOf: [("outcome", "done"), ("total", total?.json)], at: 0)
            try finish(
                action, ActionReceipt(expiresAt: expiresAt), cause: "resolved", actor: caller.actor, data: .object(data)
            ) { action in
                guard let total else { return }
                action.total = total
                action.totalSource = .operator
            }
        case .notDone:
            data.insert(("outcome", "not_done"), at: 0)
            try take(.notDone, of: action, cause: "resolved", actor: caller.actor, data: .object(data)) { action in
                action.problem = OrderProblem(
                    code: .vendorUnavailable,
                    detail: "a person decided that nothing was done: \(resolution.reason)")
            }
        }
    }
}
