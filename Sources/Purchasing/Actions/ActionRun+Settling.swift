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
        guard let baseline = action.baseline, let since = action.unknown?.since else {
            try await park(action, ["it is not known how the goods were before"])
            return
        }
        let order = try await stored(action.orderID)
        let evidence = ActionEvidence(
            task: action.request.task, quotedPrice: action.quotedPrice, baseline: baseline,
            ordered: order.request.quantity, ownsBalance: vendor.adapter.traits.provesAbsence,
            startedAt: action.startedAt,
            earlier: ActionEcho(action, baseline, settleTime: vendor.policy.settleTime)
                .first(of: try await history(of: action))?.id)
        let call = ActionCall(
            task: action.request.task, sale: Sale(order),
            context: CallContext(orderID: order.id, traceparent: action.traceparent))
        let settleTime = vendor.policy.settleTime
        let passed = Duration.seconds(max(0, floor.timepiece.now().timeIntervalSince(since)))
        let start = floor.timepiece.elapsed() - passed
        var samples: [GoodsCondition?] = []
        var action = action
        var schedule = remainingSchedule(after: passed, settleTime)[...]
        while let part = schedule.popFirst() {
            try await pause(action, until: start + settleTime * part)
            samples.append(await sample(call, patience: settleTime * (part / 3)))
            action = try await note(samples.last ?? nil, on: action)
            guard action.isBeingSettled else { return }
            floor.atStep(.sampled)
            switch evidence.judge(samples, isFinal: part >= 1 && samples.count >= 2) {
            case .undecided:
                // What was just seen is looked for once more soon, so that nobody waits longer than need be.
                let soon = part + 1.0 / 30
                if evidence.wantsConfirmation(samples), soon < schedule.first ?? 0 {
                    schedule.insert(soon, at: schedule.startIndex)
                }
            case .done(let condition): return try await adopt(action, condition)
            case .notDone: return try await disprove(action)
            case .review(let findings):
                try await park(action, findings)
                return
            }
        }
        try await park(action, ["the evidence did not decide"])
    }

    /// The parts of the schedule that are still to come; after a restart past the end, two more samples are read.
    private func remainingSchedule(after passed: Duration, _ settleTime: Duration) -> [Double] {
        let elapsed = passed.seconds / max(0.001, settleTime.seconds)
        let left = Self.schedule.filter { $0 > elapsed }
        return left.count >= 2 ? left : [max(1, elapsed), max(1, elapsed) + 1.0 / 30]
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
    private func adopt(_ action: Action, _ condition: GoodsCondition) async throws(Interruption) {
        let receipt = ActionReceipt(expiresAt: condition.expiresAt)
        let adopted = try await record(action) { (change) throws(IllegalActionStep) in
            try change.finish(action, receipt, cause: "evidence", data: condition.summary)
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
    /// What a timeline tells of a reading.
    var summary: JSON {
        .object([
            ("read", true), ("there", .bool(isThere)), ("expires_at", expiresAt.map { .string($0.rfc3339) }),
            ("count", count.map(JSON.int)), ("ips", ips.map(JSON.string)), ("holds_ip", holdsIP.map(JSON.bool)),
            ("renews_itself", renewsItself.map(JSON.bool)), ("balance", balance?.json),
        ])
    }
}
