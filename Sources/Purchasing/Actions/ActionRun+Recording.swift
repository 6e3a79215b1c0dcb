import ExactJSON
import Foundation
import Logging

/// How what became of an action becomes a commit. None of this calls a vendor.
extension ActionRun {
    /// Stores a change of the action on its order as it stands now; an order that has changed meanwhile is read again, and a
    /// store that cannot write is tried until it can. An outcome that the database refuses goes to a person, and an action of
    /// which nothing was sent fails.
    /// - Parameter isLastResort: whether the change says so already. Nothing is left to be said instead: of an action that
    ///   was sent it is said until it can be stored; any other is left, and tried from the beginning.
    func record(
        _ action: Action, isLastResort: Bool = false,
        _ make: (inout OrderChange) throws(IllegalActionStep) -> Void
    ) async throws(Interruption) -> Action {
        var isStuck = false
        defer { if isStuck { floor.stuck.remove() } }
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(60))
        while true {
            let order = try await stored(action.orderID)
            var change = floor.change(order, requestID: action.requestID)
            do throws(IllegalActionStep) { try make(&change) } catch { throw .overtaken }
            do throws(StoreError) {
                _ = try await floor.commit(change)
                return change.action ?? action
            } catch {
                switch error {
                case .conflict:
                    if try await isChanged(action) { throw .overtaken }
                case .unavailable(let reason):
                    if !isStuck {
                        isStuck = true
                        floor.stuck.add()
                        logger.critical("an outcome cannot be stored and is kept", metadata: ["reason": "\(reason)"])
                    }
                    if Task.isCancelled { throw .draining }
                    await floor.timepiece.pauseThroughDrain(.milliseconds(250))
                case .barred(let bar): throw .barred(bar)
                case .claimed, .refused:
                    logger.critical("the database refused a change", metadata: ["reason": "\(error)"])
                    guard isLastResort else { return try await recordDoubt(of: action, "\(error)") }
                    if action.status == .pending { throw .overtaken }
                    // It keeps its place in the lanes.
                    if Task.isCancelled || floor.jobs.isDraining { throw .draining }
                    await floor.timepiece.pauseThroughDrain(backoff.next(floor.jitter))
                }
            }
        }
    }

    /// The database forbids what became of a call, so nobody but a person can say what it means. An action of which nothing
    /// was sent fails.
    private func recordDoubt(of action: Action, _ reason: String) async throws(Interruption) -> Action {
        let stored = try await read { (store) async throws(StoreError) in try await store.action(action.id) }
        guard let stored, stored.version == action.version else { throw .overtaken }
        switch stored.status {
        case .running, .unknown: break
        case .pending:
            let detail = "the database refused to store what had to be stored before the call; nothing was sent"
            let problem = OrderProblem(code: .storeUnavailable, detail: detail)
            _ = try await fail(stored, problem, cause: "store_refused", isLastResort: true)
            // Who wanted to store something else must not go on as if it were stored.
            throw .overtaken
        case .completed, .failed: throw .overtaken
        }
        let lost =
            stored.status == .running
            ? try await lose(stored, Doubt("outcome_not_stored"), tries: stored.tries, isLastResort: true) : stored
        let finding = "the database refused to store what became of it: \(reason)"
        return try await park(lost, [finding] + (lost.unknown?.findings ?? []), isLastResort: true)
    }

    private func isChanged(_ action: Action) async throws(Interruption) -> Bool {
        try await read { (store) async throws(StoreError) in try await store.action(action.id) }?.version
            != action.version
    }

    /// Stores that the vendor did it.
    func finish(_ action: Action, _ receipt: ActionReceipt, tries: Int) async throws(Interruption) -> Action {
        let finished = try await record(action) { (change) throws(IllegalActionStep) in
            try change.finish(action, receipt, cause: "vendor_answer", actor: .init(.vendor, vendor.name)) {
                $0.tries = tries
            }
        }
        floor.atStep(.recorded)
        if finished.status == .completed {
            logger.info("action completed", metadata: ["kind": "\(action.kind.rawValue)"])
        }
        return finished
    }

    /// Stores a definite refusal.
    func refuse(_ action: Action, _ refusal: Refusal, tries: Int) async throws(Interruption) -> Action {
        if refusal.reason == .authFailed {
            logger.error("vendor refused our credentials", metadata: ["vendor": "\(vendor.name)"])
        }
        if refusal.reason == .insufficientBalance { floor.noteInsufficientBalance(at: vendor) }
        let problem = OrderProblem(refusal, vendor: vendor.name, doing: "the action")
        return try await fail(action, problem, cause: problem.code.rawValue, tries: tries)
    }

    /// Stores that the vendor could not be reached, which is proof that nothing was done.
    /// - Parameter told: how long the vendor wants to be left alone, where it said so.
    func giveUp(_ action: Action, reason: String, told: Duration?, tries: Int) async throws(Interruption) -> Action {
        let problem = OrderProblem(
            code: .vendorUnavailable,
            detail: "\(vendor.name) could not take the action in time (\(reason)); nothing was done",
            retryAt: told.map(floor.timepiece.now().advanced))
        return try await fail(action, problem, cause: reason, tries: tries)
    }

    /// Stores that nothing was done.
    func fail(
        _ action: Action, _ problem: OrderProblem, cause: String, tries: Int = 0, isLastResort: Bool = false
    ) async throws(Interruption) -> Action {
        let failed = try await record(action, isLastResort: isLastResort) { (change) throws(IllegalActionStep) in
            try change.take(
                .notDone, of: action, cause: cause,
                data: ["code": .string(problem.code.rawValue), "detail": .string(problem.detail)]
            ) { action in
                action.problem = problem
                action.tries = max(tries, action.tries)
            }
        }
        floor.atStep(.recorded)
        if failed.status == .failed {
            logger.info("action failed", metadata: ["code": "\(problem.code.rawValue)"])
        }
        return failed
    }

    /// Stores that the outcome of the call is not known.
    func lose(_ action: Action, _ doubt: Doubt, tries: Int = 1, isLastResort: Bool = false) async throws(Interruption)
        -> Action
    {
        logger.warning("action's outcome unknown", metadata: ["reason": "\(doubt.reason)"])
        let lost = try await record(action, isLastResort: isLastResort) { (change) throws(IllegalActionStep) in
            let at = change.instant
            let data = JSON.object([
                ("status", doubt.status.map(JSON.int)), ("vendor_code", doubt.vendorCode.map(JSON.string)),
                ("vendor_message", doubt.message.map(JSON.string)),
            ])
            try change.take(.lost, of: action, cause: doubt.reason, data: data) { action in
                action.unknown = UnknownOutcome(since: at, reason: doubt.reason)
                action.tries = max(tries, action.tries)
            }
        }
        floor.atStep(.recorded)
        return lost
    }

    /// Parks an unknown action for a person.
    @discardableResult
    func park(_ action: Action, _ findings: [String], isLastResort: Bool = false) async throws(Interruption) -> Action {
        logger.error("action needs review", metadata: ["findings": "\(findings.joined(separator: "; "))"])
        return try await record(action, isLastResort: isLastResort) { (change) throws(IllegalActionStep) in
            let data: JSON = ["findings": .array(findings.map(JSON.string))]
            change.note(.decisionMade, on: action, cause: "needs_review", data: data) { action in
                action.unknown?.needsReview = true
                action.unknown?.findings = findings
            }
        }
    }
}

extension OrderChange {
    /// Makes an action one that was done, and its order what it made of the goods.
    /// - Throws: `IllegalActionStep` when the action was not sent, or is settled.
    mutating func finish(
        _ action: Action, _ receipt: ActionReceipt, cause: String, actor: OrderEvent.Actor = .purser,
        data: JSON = .object([]), update: (inout Action) -> Void = { _ in }
    ) throws(IllegalActionStep) {
        let expiresAt = receipt.expiresAt
        try take(.done, of: action, cause: cause, actor: actor, data: data) { action in
            if action.kind.maySpend { action.setTotal(told: receipt.total) }
            action.result = receipt.outcome(of: action.request.task)
            action.vendorDetails = receipt.details
            update(&action)
        }
        let instant = instant
        self.update { order in
            switch action.request.task {
            // Where only some of the IPs were renewed, the others lapse as before.
            case .renew(_, let ips, _): order.expiresAt = ips.isEmpty ? expiresAt ?? order.expiresAt : order.expiresAt
            case .release:
                order.flags.append(Order.releasedFlag)
                order.expiresAt = min(order.expiresAt ?? instant, instant)
                order.autoRenewal = nil
            case .autoRenew(let rental): order.autoRenewal = rental
            case .refresh, .rotatePassword, .replace, .allow, .disallow: break
            }
        }
    }
}

extension ActionReceipt {
    /// What the action led to, for whoever asked for it.
    fileprivate func outcome(of task: ActionTask) -> JSON {
        var members: [(String, JSON?)] = result.object.map { $0.map { ($0.key, $0.value) } } ?? []
        if task.kind == .renew { members.append(("expires_at", expiresAt.map { .string($0.rfc3339) } ?? .null)) }
        return .object(members)
    }
}

extension Action {
    /// Sets what was charged: as the vendor told it, else as it was expected. That something was free is known only from
    /// the vendor, whose count of free replacements may be another than Purser's.
    mutating func setTotal(told: Money?) {
        if let told { return setTotal(told, .vendor) }
        setTotal(self.quotedPrice?.amount == .zero ? nil : self.quotedPrice, .quote)
    }

    /// Sets what was charged, and who says so.
    mutating func setTotal(_ money: Money?, _ source: TotalSource) {
        self.total = money
        self.totalSource = money.map { _ in source }
    }
}
