import ExactJSON
import Foundation
import Logging

extension OrderRun {
    /// What one call led to.
    enum Sent: Sendable {
        /// The outcome is stored.
        case recorded(Order)
        /// Proof that nothing was done; it may be sent again after a pause.
        case again(after: Duration?, reason: String)
        /// The outcome of a try is not known; nothing is stored yet.
        case doubt(Doubt)
        /// Not sent, since by now it would cost more than the ceiling, or other than what the attempt goes by.
        case tooDear(Problem)
        /// The order was changed by somebody else.
        case overtaken
    }

    /// Sends a dispatched purchase until something is known, or until the deadline while it is proved that nothing was done.
    func send(_ order: Order, _ vendor: Vendor, deadline: Date) async throws(Interruption) -> Order {
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(5))
        var tries = 1
        while true {
            if tries > 1, let halted = try await haltWhilePaused(order, tries: tries - 1) { return halted }
            if let problem = vendor.overdraftProblem {
                return try await ruleOut(order, vendor, problem, price: nil, tries: tries - 1)
            }
            switch try await callWithinCeiling(order, vendor, tries: tries) {
            case .recorded(let order): return order
            case .doubt(let doubt): return try await lose(order, doubt, tries: tries)
            case .tooDear(let problem):
                return try await ruleOut(order, vendor, problem, price: nil, tries: tries - 1)
            case .overtaken: throw .overtaken
            case .again(let told, let reason):
                let pause = told ?? backoff.next(floor.jitter)
                let mayMoveOn = told == nil && hasAnotherCandidate(order)
                if mayMoveOn || isOver(deadline, after: pause) {
                    return try await giveUp(order, vendor, reason: reason, told: told, tries: tries)
                }
                // A server that drains gives the order up: that nothing was bought is proved now, and not any more after a
                // restart.
                guard await floor.timepiece.pause(pause) else {
                    return try await giveUp(order, vendor, reason: reason, told: told, tries: tries)
                }
                tries += 1
            }
        }
    }

    /// Calls the vendor; after the first try, and where the dispatch took its time to become durable, only while the price
    /// is known to be within the ceiling.
    func callWithinCeiling(_ order: Order, _ vendor: Vendor, tries: Int) async throws(Interruption) -> Sent {
        guard order.request.maxTotal != nil, tries > 1 || floor.isOld(order.currentAttempt?.startedAt) else {
            return try await call(order, vendor, tries: tries)
        }
        let pricing: Pricing
        do throws(Interruption) { pricing = try await freshPrice(order, vendor) } catch {
            return .again(after: nil, reason: "draining")
        }
        if case .refused(let refusal, _) = pricing {
            // That it would be refused now says nothing of what an earlier try has done.
            guard order.status == .purchasing else { return .again(after: nil, reason: "would_be_refused") }
            return .recorded(try await refuse(order, vendor, refusal, tries: tries - 1))
        }
        switch VendorRouter.problem(with: pricing, of: order.request, at: vendor.name) {
        case nil: break
        case let problem? where problem.code == .priceAboveLimit: return .tooDear(problem)
        case .some: return .again(after: nil, reason: "price_unknown")
        }
        if let problem = changeProblem(order, pricing, at: vendor) { return .tooDear(problem) }
        if let halted = try await haltWhilePaused(order, tries: tries - 1) { return .recorded(halted) }
        return try await call(order, vendor, tries: tries)
    }

    /// Calls the vendor once and stores a definite outcome, shielded from whatever becomes of this task.
    func call(_ order: Order, _ vendor: Vendor, tries: Int) async throws(Interruption) -> Sent {
        guard let sent = await shielded({ await callInHand(order, vendor, tries: tries) }) else { throw .draining }
        return sent
    }

    /// Calls with the order in hand; an unknown one only as it is stored, since a person may have decided it.
    private func callInHand(_ order: Order, _ vendor: Vendor, tries: Int) async -> Sent {
        guard floor.hands.take(order) else { return .again(after: nil, reason: "being_decided") }
        defer { floor.hands.release(order.id) }
        guard order.status == .unknown else { return await callAndRecord(order, vendor, tries: tries) }
        guard vendor.keyHolds.load() else { return .again(after: nil, reason: "keys_do_not_hold") }
        do throws(StoreError) {
            let stored = try await floor.store.order(order.id)
            guard stored?.version == order.version else { return .overtaken }
        } catch {
            return .again(after: nil, reason: "store_unavailable")
        }
        return await callAndRecord(order, vendor, tries: tries)
    }

    private func callAndRecord(_ order: Order, _ vendor: Vendor, tries: Int) async -> Sent {
        guard let attempt = order.currentAttempt else { return .overtaken }
        let call = PurchaseCall(
            request: order.request, body: attempt.body, key: attempt.vendorKey, baseline: attempt.baseline,
            quotedPrice: attempt.quotedPrice, context: CallContext(orderID: order.id, traceparent: order.traceparent))
        let outcome = await vendor.adapter.purchase(call) { answer in
            if !late.keep(answer) { await hearAfterwards(answer, of: order.id) }
        }
        floor.atStep(.called)
        note(outcome, of: vendor)
        do throws(Interruption) {
            switch outcome {
            case .bought(let receipt): return .recorded(try await recordSale(order, receipt, tries: tries))
            case .refused(let refusal) where attempt.isTainted:
                return .doubt(
                    Doubt(
                        "refused_after_doubt", vendorCode: refusal.vendorCode, message: refusal.message, isFinal: true))
            case .refused(let refusal): return .recorded(try await refuse(order, vendor, refusal, tries: tries))
            case .notSent(.unreachable(let reason)): return .again(after: nil, reason: reason)
            case .notSent(.rateLimited(let pause)): return .again(after: pause, reason: "rate_limited")
            case .unknown(let doubt): return .doubt(doubt)
            }
        } catch {
            return .overtaken
        }
    }

    private func note(_ outcome: PurchaseOutcome, of vendor: Vendor) {
        switch outcome {
        case .bought, .notSent(.rateLimited): vendor.circuit.noteAnswer()
        case .refused(let refusal): floor.note(refusal, of: vendor)
        case .notSent(.unreachable): floor.noteFailure(of: vendor)
        case .unknown(let doubt):
            // A lost answer or a server error speaks against the vendor; an odd body does not.
            let isSilent = doubt.status.map { $0 >= 500 } ?? true
            if isSilent { floor.noteFailure(of: vendor) } else { vendor.circuit.noteAnswer() }
        }
    }

    func isOver(_ deadline: Date, after pause: Duration) -> Bool {
        floor.timepiece.now().advanced(by: pause) >= deadline
    }

    /// Pauses while nobody changes the order.
    func pauseUnlessChanged(_ order: Order, _ pause: Duration) async throws(Interruption) {
        let changes = floor.board.watch(order.id)
        let changed = await changes.first(within: pause, floor.timepiece) { $0.version != order.version }
        if changed != nil { throw .overtaken }
        if Task.isCancelled || floor.jobs.isDraining { throw .draining }
    }
}
