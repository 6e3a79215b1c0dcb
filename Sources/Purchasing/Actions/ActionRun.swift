import ExactJSON
import Foundation
import Logging

/// Carries one action from where it stands to its end: the only code that sends one.
///
/// It goes through the same steps as a purchase (`OrderRun`): each part commits before the next begins, and a call whose
/// answer is lost is never sent again.
struct ActionRun: Sendable {
    let floor: BuyingFloor
    let vendor: Vendor
    let logger: Logger

    init(_ action: Action, at vendor: Vendor, on floor: BuyingFloor) {
        self.floor = floor
        self.vendor = vendor
        self.logger = floor.logger(for: action)
    }

    /// Why a run stops before its action is settled.
    enum Interruption: Error, Hashable {
        /// The server drains, or the run was cancelled.
        case draining
        /// Somebody else changed the action (it was resolved).
        case overtaken
        /// Nothing may be spent on the action now; it is as it was.
        case barred(SpendingBar)
    }

    /// How an action comes to a run.
    enum Entry {
        case waiting
        /// Read back at start; its order's lane, and its vendor's where it needs that, are kept shut for it.
        case recoveredInLane
    }

    /// Carries an action on until it is settled, or parked for a person, or until the server drains.
    func run(_ start: Action, entry: Entry) async {
        let lane = floor.actionLanes.take(start.orderID)
        defer { floor.actionLanes.giveBack(start.orderID) }
        var (action, entry, doubt) = (start, entry, "crash")
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(60))
        // Who overtook the run may have left the action as open as it was; it must not stay without a run.
        while await carry(action, entry, in: lane, lostBy: doubt) == .overtaken, await stillOpen(action.id) != nil {
            guard await floor.timepiece.pause(backoff.next(floor.jitter)), let open = await stillOpen(action.id) else {
                return
            }
            (action, entry, doubt) = (open, enterAgain(open, lane), "outcome_not_stored")
        }
    }

    /// The action, where it still has to be carried; nil also when the server drains.
    private func stillOpen(_ id: ActionID) async -> Action? {
        guard !floor.jobs.isDraining else { return nil }
        do throws(Interruption) {
            let action = try await read { (store) async throws(StoreError) in try await store.action(id) }
            guard let action, !action.status.isSettled, action.unknown?.needsReview != true else { return nil }
            return action
        } catch {
            return nil
        }
    }

    /// Shuts the lanes again for an action that may have been sent, as a start does.
    private func enterAgain(_ action: Action, _ lane: VendorLane) -> Entry {
        guard action.status != .pending else { return .waiting }
        lane.occupy()
        if needsAccount(action) { vendor.lane.occupy() }
        return .recoveredInLane
    }

    /// - Parameter doubt: why the outcome of one that was dispatched is not known.
    /// - Returns: why it stopped early; nil when it did not.
    private func carry(_ action: Action, _ entry: Entry, in lane: VendorLane, lostBy doubt: String) async
        -> Interruption?
    {
        var isInside = entry == .recoveredInLane
        do throws(Interruption) {
            while true {
                if !isInside {
                    // Outside of the lane, so that what costs nothing goes on meanwhile.
                    guard try await waitForBuying(action), try await enter(lane, for: action) else { return nil }
                    isInside = true
                }
                let isOver = try await inOrderLane(
                    action, holdsVendor: entry == .recoveredInLane && needsAccount(action), lostBy: doubt)
                lane.leave()
                isInside = false
                if isOver { return nil }
            }
        } catch {
            // Who never got in must not let another one in.
            if isInside, error == .overtaken { lane.leave() }
            logger.debug("action interrupted", metadata: ["reason": "\(error)"])
            return error
        }
    }

    /// Whether the account has to stand still for this action, since its balance is evidence.
    func needsAccount(_ action: Action) -> Bool { vendor.adapter.traits.provesAbsence && action.kind.maySpend }

    /// Waits for room; false when the action failed because it did not get in.
    private func enter(_ lane: VendorLane, for action: Action) async throws(Interruption) -> Bool {
        switch await lane.enter(within: floor.policy.queueLimit, floor.timepiece) {
        case .entered: return true
        case .timeIsUp:
            let detail = "\(vendor.name): the action waited \(floor.policy.queueLimit) in the queue; nothing was sent"
            _ = try await fail(
                action, OrderProblem(code: .vendorUnavailable, detail: detail), cause: "queue_limit")
            return false
        case .withdrawn, .stopped: throw .draining
        }
    }

    /// False when buying was paused before anything was dispatched.
    private func inOrderLane(_ start: Action, holdsVendor: Bool, lostBy doubt: String) async throws(Interruption)
        -> Bool
    {
        var action = start
        var holdsVendor = holdsVendor
        do throws(Interruption) {
            if action.status == .pending {
                guard try await enter(vendor.lane, for: action) else { return true }
                guard !action.kind.maySpend || floor.gate.pause == nil else {
                    vendor.lane.leave()
                    return false
                }
                holdsVendor = true
                action = try await attempt(action)
            }
            if action.status == .pending {
                vendor.lane.leave()
                return false
            }
            if action.status == .running { action = try await lose(action, Doubt(doubt)) }
            if holdsVendor, !(action.isBeingSettled && needsAccount(action)) {
                vendor.lane.leave()
                holdsVendor = false
            }
            if action.isBeingSettled { try await settle(action) }
            if holdsVendor { vendor.lane.leave() }
            return true
        } catch {
            // As with an order, a drain leaves the place taken: the call may be on its way still.
            if holdsVendor, error == .overtaken || !needsAccount(action) { vendor.lane.leave() }
            throw error
        }
    }

    // MARK: Ask, dispatch, send

    private func attempt(_ action: Action) async throws(Interruption) -> Action {
        let deadline = floor.timepiece.now().advanced(by: floor.policy.deadline)
        let order = try await stored(action.orderID)
        var call = ActionCall(
            task: action.request.task, sale: Sale(order),
            context: CallContext(orderID: order.id, traceparent: action.traceparent))
        let rules = ActionRules(order: order, history: try await history(of: action), now: floor.timepiece.now())
        if let problem = rules.objection(to: action.request.task) ?? switchedOff(action) ?? overdrawn(action) {
            return try await fail(
                action, OrderProblem(code: problem.code, detail: problem.detail), cause: problem.code.rawValue)
        }
        switch try await prepare(action, call, deadline: deadline) {
        case .ended(let action): return action
        case .ready(let told, let baseline):
            let price = told ?? expectedPrice(action.request.task, of: order, rules)
            let overdrawn = overdrawn(action).map { OrderProblem(code: $0.code, detail: $0.detail) }
            if let problem = overdrawn ?? ceilingProblem(action, price) {
                return try await fail(action, problem, cause: problem.code.rawValue)
            }
            let running: Action
            do throws(Interruption) { running = try await dispatch(action, price: price, baseline: baseline) } catch {
                guard case .barred(let bar) = error else { throw error }
                return try await standBack(action, because: bar)
            }
            call.baseline = baseline
            return try await send(running, call, deadline: deadline)
        }
    }

    /// Why an action that waited, perhaps through a restart, may not spend at its vendor any more.
    private func switchedOff(_ action: Action) -> Problem? {
        guard action.kind.maySpend, !vendor.isEnabled else { return nil }
        return Problem(
            .vendorUnavailable, "\(vendor.name) is switched off in the configuration; nothing was sent",
            moneyState: .notSpent)
    }

    private enum Prepared {
        case ready(price: Money?, baseline: GoodsCondition)
        case ended(Action)
    }

    /// Reads what must be known before the call; tries again until the deadline when the vendor cannot be asked.
    private func prepare(_ action: Action, _ call: ActionCall, deadline: Date) async throws(Interruption) -> Prepared {
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(5))
        while true {
            switch await vendor.adapter.prepare(call) {
            case .ready(let price, let baseline):
                vendor.circuit.noteAnswer()
                floor.atStep(.prepared)
                return .ready(price: price, baseline: baseline)
            case .refused(let refusal):
                floor.note(refusal, of: vendor)
                return .ended(try await refuse(action, refusal, tries: 0))
            case .unavailable(let reason, let retryAfter):
                let pause = retryAfter ?? backoff.next(floor.jitter)
                if floor.timepiece.now().advanced(by: pause) >= deadline {
                    return .ended(try await giveUp(action, reason: reason, told: retryAfter, tries: 0))
                }
                guard await floor.timepiece.pause(pause) else { throw .draining }
            }
        }
    }

    /// What an action would cost by what the order's own units cost, where the vendor tells no price before: a renewal at
    /// the same monthly rate (`/dashboard/extending-an-order`), a replacement beyond the free ones at the per-IP rate
    /// (`/products/overview-2/ip-management`).
    func expectedPrice(_ task: ActionTask, of order: Order, _ rules: ActionRules) -> Money? {
        let unit = vendor.adapter.soldPrice(in: order) ?? vendor.adapter.listPrice(of: order.request.shape)
        switch task {
        case .renew(let rental, _, _):
            var request = order.request
            request.rental = rental
            return unit?.total(of: request)
        case .replace:
            if let allowance = rules.freeReplacements, allowance.remaining > 0 { return Money(.zero) }
            return unit?.unit == .ipMonth ? unit?.money : nil
        case .refresh, .rotatePassword, .release, .autoRenew, .allow, .disallow: return nil
        }
    }

    private func ceilingProblem(_ action: Action, _ price: Money?) -> OrderProblem? {
        guard action.kind.maySpend else { return nil }
        guard let limit = action.request.maxTotal else { return freeProblem(action, price) }
        if let price {
            guard price.exceeds(limit) != false else { return nil }
            return OrderProblem(
                code: .priceAboveLimit, detail: "\(vendor.name) asks \(price.text) and max_total is \(limit.text)")
        }
        guard !action.request.allowUnknownPrice else { return nil }
        let problem = VendorRouter.priceUnknown(vendor: vendor.name, "neither the vendor nor the order tells one")
        return OrderProblem(code: problem.code, detail: problem.detail)
    }

    /// A replacement without a ceiling goes while it is free: what was free when it was asked for may have been used up by
    /// those before it in the queue.
    private func freeProblem(_ action: Action, _ price: Money?) -> OrderProblem? {
        guard action.kind == .replace, !action.request.allowUnknownPrice, price?.amount != .zero else { return nil }
        let asks = price.map { "may be charged \($0.text)" } ?? "may be charged"
        return OrderProblem(
            code: .priceAboveLimit,
            detail: "no free replacement is known to be left at \(vendor.name): this one \(asks) and has no max_total")
    }

    /// Marks the action as running; durable before the first byte leaves.
    private func dispatch(_ action: Action, price: Money?, baseline: GoodsCondition) async throws(Interruption)
        -> Action
    {
        let running = try await record(action) { (change) throws(IllegalActionStep) in
            let at = change.instant
            try change.take(
                .dispatched, of: action, cause: "dispatched",
                data: .object([("vendor", .string(vendor.name)), ("price", price?.json)])
            ) { action in
                action.startedAt = at
                action.quotedPrice = price
                action.baseline = baseline
            }
        }
        guard running.status == .running else { throw .overtaken }
        floor.atStep(.dispatched)
        return running
    }

    /// Sends a dispatched action until something is known, or until the deadline while it is proved that nothing was done.
    private func send(_ action: Action, _ call: ActionCall, deadline: Date) async throws(Interruption) -> Action {
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(5))
        var tries = 1
        var call = call
        while true {
            var sent = try await holdCeiling(action, call, tries: tries)
            if sent == nil { sent = try await name(&call, for: action, tries: tries) }
            if sent == nil {
                // Asked last, since every reading takes its time.
                if let halted = try await haltWhilePaused(action, tries: tries - 1) { return halted }
                sent = await shielded { [call, tries] in await performAndRecord(action, call, tries: tries) }
            }
            switch sent {
            case .recorded(let action): return action
            case .overtaken: throw .overtaken
            case nil: throw .draining
            case .again(let told, let reason):
                let pause = told ?? backoff.next(floor.jitter)
                let isOver = floor.timepiece.now().advanced(by: pause) >= deadline
                // A server that drains gives up: that nothing was done is proved now, and not any more after a restart.
                guard !isOver, await floor.timepiece.pause(pause) else {
                    return try await giveUp(action, reason: reason, told: told, tries: tries)
                }
                tries += 1
            }
        }
    }

    private enum Sent: Sendable {
        case recorded(Action)
        case again(after: Duration?, reason: String)
        case overtaken
    }

    /// Asks the price anew where it was held against the ceiling a while ago; what came of it when the action is not sent.
    private func holdCeiling(_ action: Action, _ call: ActionCall, tries: Int) async throws(Interruption) -> Sent? {
        guard action.request.maxTotal != nil, tries > 1 || floor.isOld(action.startedAt) else { return nil }
        switch await vendor.adapter.prepare(call) {
        case .ready(let price, _):
            // A vendor that tells no price has none that could have changed.
            guard let price, let quoted = action.quotedPrice, price != quoted else { return nil }
            let detail = "\(vendor.name) could not take the action at \(quoted.text), and asks \(price.text) by now"
            let problem =
                ceilingProblem(action, price)
                ?? OrderProblem(code: .vendorUnavailable, detail: detail + "; nothing was done")
            return .recorded(try await fail(action, problem, cause: problem.code.rawValue, tries: tries - 1))
        case .refused(let refusal): return .recorded(try await refuse(action, refusal, tries: tries - 1))
        case .unavailable(let reason, let retryAfter): return .again(after: retryAfter, reason: reason)
        }
    }

    /// Puts what can be sent in the place of a call; what came of it when that cannot be told.
    private func name(_ call: inout ActionCall, for action: Action, tries: Int) async throws(Interruption) -> Sent? {
        let failure: VendorError
        do throws(VendorError) {
            call = try await vendor.adapter.named(call)
            return nil
        } catch { failure = error }
        switch failure {
        case .rateLimited(let wait): return .again(after: wait, reason: failure.word)
        case .unavailable, .unreadable: return .again(after: nil, reason: failure.word)
        case .authFailed: return .recorded(try await refuse(action, Refusal(.authFailed), tries: tries - 1))
        case .refused(let code, let message):
            let refusal = Refusal(.rejected, vendorCode: code, message: message)
            return .recorded(try await refuse(action, refusal, tries: tries - 1))
        }
    }

    /// Calls the vendor once and stores what is known then.
    private func performAndRecord(_ action: Action, _ call: ActionCall, tries: Int) async -> Sent {
        let outcome = await vendor.adapter.perform(call)
        floor.atStep(.called)
        note(outcome)
        do throws(Interruption) {
            switch outcome {
            case .done(let receipt):
                return .recorded(try await finish(action, await complete(receipt, call), tries: tries))
            case .refused(let refusal): return .recorded(try await refuse(action, refusal, tries: tries))
            case .notSent(.unreachable(let reason)): return .again(after: nil, reason: reason)
            case .notSent(.rateLimited(let pause)): return .again(after: pause, reason: "rate_limited")
            case .unknown(let doubt): return .recorded(try await lose(action, doubt, tries: tries))
            }
        } catch {
            return .overtaken
        }
    }

    private func note(_ outcome: ActionOutcome) {
        switch outcome {
        case .done, .notSent(.rateLimited): vendor.circuit.noteAnswer()
        case .refused(let refusal): floor.note(refusal, of: vendor)
        case .notSent(.unreachable), .unknown: floor.noteFailure(of: vendor)
        }
    }

    /// A renewal's receipt with the new expiry, read from the goods where the answer did not tell it.
    private func complete(_ receipt: ActionReceipt, _ call: ActionCall) async -> ActionReceipt {
        guard call.task.kind == .renew, receipt.expiresAt == nil else { return receipt }
        var receipt = receipt
        let read =
            await firstWithin(.seconds(5), floor.timepiece) { [vendor] in
                do { return try await vendor.adapter.condition(for: call).expiresAt } catch { return nil }
            } ?? nil
        // A list that lags shows the expiry that was.
        if let read, call.baseline?.expiresAt.map({ read > $0 }) ?? true { receipt.expiresAt = read }
        return receipt
    }

    // MARK: Reading the store

    /// What the store answers; one that cannot be read is asked until it can.
    func read<Value>(_ question: (any OrderStore) async throws(StoreError) -> Value) async throws(Interruption) -> Value
    {
        while true {
            do throws(StoreError) { return try await question(floor.store) } catch {
                if Task.isCancelled { throw .draining }
                await floor.timepiece.pauseThroughDrain(.milliseconds(250))
            }
        }
    }

    /// The order as it is stored.
    func stored(_ id: OrderID) async throws(Interruption) -> Order {
        let order = try await read { (store) async throws(StoreError) in try await store.order(id) }
        guard let order else { throw .overtaken }
        return order
    }

    /// The other actions on the order.
    func history(of action: Action) async throws(Interruption) -> [Action] {
        let all = try await read { (store) async throws(StoreError) in try await store.actions(of: action.orderID) }
        return all.filter { $0.id != action.id }
    }
}
