import ExactJSON
import Foundation
import Logging

/// How the unknown outcome of an action becomes known: by what the vendor shows of the goods, or by a person; never by
/// waiting alone.
extension ActionRun {
    /// When the goods are read, as parts of the vendor's settle time.
    private static let schedule: [Double] = [1.0 / 180, 1.0 / 30, 2.0 / 15, 1.0 / 3, 1]

    /// Reads the goods on the settle schedule until they decide, and parks the action when they do not.
    func settle(_ action: Action) async throws(Interruption) {
        guard let baseline = action.baseline else {
            try await park(action, ["it is not known how the goods were before"])
            return
        }
        let order = try await stored(action.orderID)
        let settleTime = vendor.policy.settleTime
        let evidence = ActionEvidence(
            task: action.request.task, quotedPrice: action.quotedPrice, baseline: baseline,
            ordered: order.request.quantity, ownsBalance: vendor.adapter.traits.provesAbsence,
            startedAt: action.startedAt, watchedUntil: floor.timepiece.now().advanced(by: settleTime),
            earlier: ActionEcho(action, baseline, settleTime: settleTime)
                .first(of: try await history(of: action))?.id)
        let call = ActionCall(
            task: action.request.task, sale: Sale(order),
            context: CallContext(orderID: order.id, traceparent: action.traceparent))
        // Time is counted from here, by the clock that nobody can set: what was seen before a restart is forgotten, and a
        // verdict rests on a whole settle time that was watched.
        let start = floor.timepiece.elapsed()
        var samples: [GoodsCondition?] = []
        var action = action
        var schedule = Self.schedule[...]
        while let part = schedule.popFirst() {
            try await pause(action, until: start + settleTime * part)
            samples.append(await sample(call, patience: settleTime * (part / 3)))
            action = try await note(samples.last ?? nil, on: action)
            guard action.isBeingSettled else { return }
            floor.atStep(.sampled)
            switch evidence.judge(samples, isFinal: part >= 1) {
            case .undecided:
                // What was just seen is looked for once more soon, so that nobody waits longer than need be.
                let soon = part + 1.0 / 30
                if evidence.wantsConfirmation(samples), soon < schedule.first ?? 0 {
                    schedule.insert(soon, at: schedule.startIndex)
                }
            case .done(let condition): return try await adopt(action, condition, isFree: evidence.provesFree(samples))
            case .notDone: return try await disprove(action)
            case .review(let findings):
                try await park(action, findings)
                return
            }
        }
        try await park(action, ["the evidence did not decide"])
    }

    /// Waits until an instant, while nobody changes the action.
    private func pause(_ action: Action, until instant: Duration) async throws(Interruption) {
        let changes = floor.actionBoard.watch(action.id)
        let pause = instant - floor.timepiece.elapsed()
        let changed = await changes.first(within: pause, floor.timepiece) { $0.version != action.version }
        if changed != nil { throw .overtaken }
        if Task.isCancelled || floor.jobs.isDraining { throw .draining }
    }

    /// Reads the goods once; a reading that fails is tried again for a while, since it is no sample.
    private func sample(_ call: ActionCall, patience: Duration) async -> GoodsCondition? {
        let end = floor.timepiece.elapsed() + patience
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(15))
        while true {
            do { return try await vendor.adapter.condition(for: call) } catch {
                logger.warning("goods could not be read", metadata: ["reason": "\(error)"])
            }
            let pause = backoff.next(floor.jitter)
            guard floor.timepiece.elapsed() + pause < end, await floor.timepiece.pause(pause) else { return nil }
        }
    }

    private func note(_ sample: GoodsCondition?, on action: Action) async throws(Interruption) -> Action {
        try await record(action) { (change) throws(IllegalActionStep) in
            change.note(.evidenceRead, on: action, cause: "sample", data: sample?.summary ?? ["read": false])
        }
    }

    /// Stores that the goods show the action.
    /// - Parameter isFree: whether the balance shows that what was thought to be free was.
    private func adopt(_ action: Action, _ condition: GoodsCondition, isFree: Bool) async throws(Interruption) {
        let receipt = ActionReceipt(
            expiresAt: condition.expiresAt, result: condition.result(of: action.request.task))
        let adopted = try await record(action) { (change) throws(IllegalActionStep) in
            try change.finish(action, receipt, cause: "evidence", data: condition.summary) { action in
                if isFree { action.setTotal(action.quotedPrice, .quote) }
            }
        }
        guard adopted.status == .completed else { return }
        logger.info("action completed by evidence", metadata: ["kind": "\(action.kind.rawValue)"])
    }

    /// Stores that nothing was done: the goods, and the balance where it counts, are what they were.
    private func disprove(_ action: Action) async throws(Interruption) {
        let problem = OrderProblem(
            code: .vendorUnavailable, detail: "\(vendor.name) did not answer, and it shows that nothing was done")
        _ = try await fail(action, problem, cause: "evidence", tries: action.tries)
    }
}

extension GoodsCondition {
    /// What the goods tell of what a task led to: the id of a new entry, by which it can be removed.
    fileprivate func result(of task: ActionTask) -> JSON {
        guard case .allow(let address, _) = task, let allowed, let allowedEntries,
            allowed.count == allowedEntries.count,
            let index = allowed.firstIndex(of: address)
        else { return .object([]) }
        return ["entry_id": .string(allowedEntries[index])]
    }

    /// What a timeline tells of a reading.
    var summary: JSON {
        .object([
            ("read", true), ("there", .bool(isThere)), ("expires_at", expiresAt.map { .string($0.rfc3339) }),
            ("count", count.map(JSON.int)), ("ips", ips.map(JSON.string)), ("holds_ip", holdsIP.map(JSON.bool)),
            ("renews_itself", renewsItself.map(JSON.bool)), ("balance", balance?.json),
        ])
    }
}
