import ExactJSON
import Foundation
import Logging

/// How outcomes become commits. None of this calls a vendor.
extension OrderRun {
    /// Stores a change; an outcome that cannot be stored now is kept and tried again, since nothing may be forgotten as
    /// failed. Until it is stored no new order is taken. An outcome that the database refuses goes to a person, and an order
    /// of which nothing was sent fails.
    /// - Parameter isLastResort: whether the change says so already. Nothing is left to be said instead: of an order that
    ///   was sent it is said until it can be stored; any other is left, and tried from the beginning.
    func record(_ change: OrderChange, isLastResort: Bool = false) async throws(Interruption) -> Order {
        var isStuck = false
        defer { if isStuck { floor.stuck.remove() } }
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(60))
        while true {
            do throws(StoreError) {
                return try await floor.commit(change)
            } catch {
                switch error {
                case .unavailable(let reason):
                    if !isStuck {
                        isStuck = true
                        floor.stuck.add()
                        logger.critical("an outcome cannot be stored and is kept", metadata: ["reason": "\(reason)"])
                    }
                    // A shielded call is never cancelled; anything else left the order as it was committed last.
                    if Task.isCancelled { throw .draining }
                    await floor.timepiece.pauseThroughDrain(.milliseconds(250))
                case .claimed where !isLastResort:
                    return try await recordDoubt(
                        of: change, reason: "claimed_by_another_order",
                        finding: "the vendor told ids of another order: " + change.toldIDs.joined(separator: ", "))
                case .refused(let reason) where !isLastResort:
                    logger.critical("the database refused a change", metadata: ["reason": "\(reason)"])
                    let told = change.toldIDs.isEmpty ? "nothing" : change.toldIDs.joined(separator: ", ")
                    return try await recordDoubt(
                        of: change, reason: "outcome_not_stored",
                        finding: "the database refused what became of it: \(reason); ids that the vendor told: \(told)")
                case .conflict:
                    noteOvertaken(change)
                    throw .overtaken
                case .barred(let bar): throw .barred(bar)
                case .claimed, .refused:
                    logger.critical("the database refused a change", metadata: ["reason": "\(error)"])
                    if change.order.moneyState == .notSpent { throw .overtaken }
                    // It keeps its place in the lane.
                    if Task.isCancelled || floor.jobs.isDraining { throw .draining }
                    await floor.timepiece.pauseThroughDrain(backoff.next(floor.jitter))
                }
            }
        }
    }

    /// Somebody else changed the order first. A sale that comes too late must not pass in silence.
    private func noteOvertaken(_ change: OrderChange) {
        guard change.order.moneyState == .spent else { return }
        logger.critical("a sale was told after the order had been decided", metadata: ["goods": "\(change.toldIDs)"])
    }

    /// What became of a call cannot be stored, since the vendor told a number or an id that another order has or since the
    /// database forbids it: nobody but a person can say what it means. An order of which nothing was sent fails.
    private func recordDoubt(of refused: OrderChange, reason: String, finding: String) async throws(Interruption)
        -> Order
    {
        guard let stored = await stored(refused.order.id), stored.version == refused.expectedVersion else {
            throw .overtaken
        }
        switch stored.moneyState {
        case .maybeSpent: break
        case .notSpent:
            let detail = "the database refused to store what had to be stored before the purchase; nothing was sent"
            let problem = OrderProblem(code: .storeUnavailable, detail: detail)
            _ = try await fail(stored, problem, cause: "store_refused", isLastResort: true)
            // Who wanted to store something else must not go on as if it were stored.
            throw .overtaken
        case .spent, .unchanged: throw .overtaken
        }
        var change = floor.change(stored)
        let tries = refused.order.currentAttempt?.tries ?? 1
        change.update { $0.endAttempt(.unknown, reason: reason, tries: tries) }
        change.noteAttempt(.unknown, reason: reason, tries: tries)
        do throws(IllegalStep) {
            if stored.status == .purchasing { try change.take(.lost, cause: reason) }
        } catch { throw .overtaken }
        change.review(reason: reason, findings: [finding])
        return try await record(change, isLastResort: true)
    }

    /// The order as it is stored; a store that cannot be read is asked until it can.
    func stored(_ id: OrderID) async -> Order? {
        while true {
            do { return try await floor.store.order(id) } catch {
                await floor.timepiece.pauseThroughDrain(.milliseconds(250))
            }
        }
    }

    /// Stores a sale that the vendor told of.
    func recordSale(_ order: Order, _ receipt: Receipt, tries: Int) async throws(Interruption) -> Order {
        var change = floor.change(order)
        do throws(IllegalStep) { try change.sell(receipt, tries: tries) } catch { throw .overtaken }
        let recorded = try await record(change)
        floor.atStep(.recorded)
        announceSale(recorded)
        return recorded
    }

    /// What follows a sale that was stored.
    func announceSale(_ order: Order) {
        guard order.moneyState == .spent else { return }
        if !order.flags.isEmpty {
            floor.vendor(order.vendor)?.saleFlags.note(order.flags)
            logger.warning(
                "a sale is not as it was expected",
                metadata: ["flags": "\(order.flags)", "total": "\(order.total?.text ?? "")"])
        }
        logger.info(
            "order bought", metadata: ["vendor": "\(order.vendor ?? "")", "status": "\(order.status.rawValue)"])
        // One that may be the second sale for its key is followed once that was looked at.
        if order.status == .provisioning, !order.mayBeDouble { floor.follow(order) }
    }

    /// Stores that the outcome of a call is not known.
    func lose(_ order: Order, _ doubt: Doubt, tries: Int) async throws(Interruption) -> Order {
        var change = floor.change(order)
        change.update { order in
            order.endAttempt(.unknown, reason: doubt.reason, tries: tries)
            order.unknown = UnknownOutcome(since: order.updatedAt, reason: doubt.reason)
        }
        change.noteAttempt(.unknown, reason: doubt.reason, tries: tries, doubt: doubt)
        do throws(IllegalStep) { try change.take(.lost, cause: doubt.reason) } catch { throw .overtaken }
        logger.warning("outcome unknown", metadata: ["vendor": "\(order.vendor ?? "")", "reason": "\(doubt.reason)"])
        let recorded = try await record(change)
        floor.atStep(.recorded)
        return recorded
    }

    /// Stores a definite refusal: the next candidate where the fallback policy says so, else the order failed.
    func refuse(_ order: Order, _ vendor: Vendor, _ refusal: Refusal, tries: Int) async throws(Interruption) -> Order {
        let problem = OrderProblem(refusal, vendor: vendor.name)
        let mayMoveOn =
            switch floor.policy.fallback {
            case .none: false
            case .stock: refusal.reason == .insufficientInventory
            case .anyRefusal: true
            }
        if refusal.reason == .authFailed {
            logger.error("vendor refused our credentials", metadata: ["vendor": "\(vendor.name)"])
        }
        if refusal.reason == .insufficientBalance { floor.noteInsufficientBalance(at: vendor) }
        return try await endTurn(order, vendor, problem, outcome: .refused, tries: tries, mayMoveOn: mayMoveOn)
    }

    /// Stores that a vendor could not be reached, which is proof that nothing was bought there.
    /// - Parameter told: how long the vendor wants to be left alone, where it said so.
    func giveUp(
        _ order: Order, _ vendor: Vendor, reason: String, told: Duration?, tries: Int
    ) async throws(Interruption) -> Order {
        let problem = OrderProblem(
            code: .vendorUnavailable,
            detail: "\(vendor.name) could not take the order in time (\(reason)); nothing was bought",
            retryAt: told.map(floor.timepiece.now().advanced))
        return try await endTurn(
            order, vendor, problem, outcome: .notSent, reason: reason, tries: tries,
            mayMoveOn: floor.policy.fallback != .none)
    }

    /// Stores that Purser itself will not buy at a vendor, at a price that only the vendor could tell.
    func ruleOut(
        _ order: Order, _ vendor: Vendor, _ problem: Problem, price: VendorPrice?, tries: Int = 0
    ) async throws(Interruption) -> Order {
        var order = order
        order.routing.note(price, for: vendor.name)
        return try await endTurn(
            order, vendor, OrderProblem(code: problem.code, detail: problem.detail), outcome: .notSent, tries: tries,
            mayMoveOn: true)
    }

    /// Ends a vendor's turn at an order, nothing bought: the next candidate's turn, or the end.
    private func endTurn(
        _ order: Order, _ vendor: Vendor, _ problem: OrderProblem, outcome: Attempt.Outcome, reason: String? = nil,
        tries: Int, mayMoveOn: Bool
    ) async throws(Interruption) -> Order {
        let reason = reason ?? problem.code.rawValue
        let wasSent = order.status == .purchasing
        guard mayMoveOn, hasAnotherCandidate(order) else {
            return try await fail(order, problem, cause: reason, outcome: wasSent ? outcome : nil, tries: tries)
        }
        var change = floor.change(order)
        change.update { order in
            if wasSent { order.endAttempt(outcome, reason: reason, tries: tries) }
            order.routing.moveOn(from: vendor.name, because: problem.detail)
            order.vendor = nil
        }
        do throws(IllegalStep) {
            if wasSent {
                change.noteAttempt(outcome, reason: reason, tries: tries, statement: problem.vendor)
                try change.take(.nextVendor, cause: reason)
            } else {
                change.note(
                    .decisionMade, cause: "next_vendor",
                    data: ["vendor": .string(vendor.name), "reason": .string(reason)])
            }
        } catch { throw .overtaken }
        return try await record(change)
    }

    /// Stores that nothing was bought.
    func fail(
        _ order: Order, _ problem: OrderProblem, cause: String, outcome: Attempt.Outcome? = nil, tries: Int = 0,
        isLastResort: Bool = false
    ) async throws(Interruption) -> Order {
        var change = floor.change(order)
        change.update { order in
            if let outcome { order.endAttempt(outcome, reason: cause, tries: tries) }
            order.problem = problem
            order.vendor = order.vendor ?? order.routing.chosen
        }
        if let outcome { change.noteAttempt(outcome, reason: cause, tries: tries, statement: problem.vendor) }
        let reason: JSON = ["code": .string(problem.code.rawValue), "detail": .string(problem.detail)]
        do throws(IllegalStep) {
            try change.take(.notBought, cause: cause, data: reason)
        } catch { throw .overtaken }
        let recorded = try await record(change, isLastResort: isLastResort)
        floor.atStep(.recorded)
        if recorded.status == .failed {
            logger.info("order failed", metadata: ["code": "\(problem.code.rawValue)"])
        }
        return recorded
    }

    func hasAnotherCandidate(_ order: Order) -> Bool {
        floor.policy.fallback != .none && order.routing.hasNext
    }
}

extension Routing {
    /// Whether a vendor beside the chosen one may still be taken.
    var hasNext: Bool { candidates.contains { !$0.isChosen && $0.ruledOut == nil } }

    /// Notes a price that was learned.
    mutating func note(_ price: VendorPrice?, for vendor: String) {
        guard let price, let index = candidates.firstIndex(where: { $0.vendor == vendor }) else { return }
        candidates[index].price = price.total
        candidates[index].priceSource = price.source
        candidates[index].priceAsOf = price.asOf
        candidates[index].unpriced = nil
    }

    /// Rules a vendor out and chooses the next one that is not.
    mutating func moveOn(from vendor: String, because reason: String) {
        for index in candidates.indices where candidates[index].vendor == vendor {
            candidates[index].isChosen = false
            candidates[index].ruledOut = reason
        }
        if let next = candidates.firstIndex(where: { $0.ruledOut == nil }) { candidates[next].isChosen = true }
    }
}

extension Order {
    /// Ends the current attempt, at the time of the change that this is part of.
    mutating func endAttempt(_ outcome: Attempt.Outcome, reason: String?, tries: Int) {
        guard let last = self.attempts.indices.last else { return }
        self.attempts[last].outcome = outcome
        self.attempts[last].reason = reason
        self.attempts[last].tries = tries
        self.attempts[last].endedAt = self.updatedAt
        if outcome == .unknown { self.attempts[last].isTainted = true }
    }

    /// Sets what was charged: as the vendor told it, else as it quoted it, else nothing.
    mutating func setTotal(told: Money?, quoted: Money?) {
        self.total = told ?? quoted
        self.totalSource = told != nil ? .vendor : quoted != nil ? .quote : nil
        if let told, let quoted, !told.isRounded(quoted) { self.flags.append("price_difference") }
        guard let told, let limit = self.request.maxTotal, told.exceeds(limit) != false else { return }
        self.flags.append("above_max_total")
    }
}

extension Money {
    /// Whether it is an expected price as a vendor tells it: the same, or the whole cents beside one that has fractions of a
    /// cent. HeloData's totals have two decimals (/api-reference/orders), and 0.01 GB at 4.50 is 4.5 cents.
    fileprivate func isRounded(_ expected: Money) -> Bool {
        if self == expected { return true }
        guard let difference = minus(expected), amount.count % 10_000 == 0 else { return false }
        return difference.amount.count.magnitude < 10_000
    }
}

extension OrderChange {
    /// The vendor's number, id and batch of the order as it will be.
    fileprivate var toldIDs: [String] {
        [order.vendorOrderNumber, order.vendorOrderID, order.batchID].compactMap(\.self)
    }

    /// Makes the order one that its vendor sold.
    /// - Throws: `IllegalStep` when the order was not sent, or is settled.
    mutating func sell(_ receipt: Receipt, tries: Int) throws(IllegalStep) {
        let quoted = order.currentAttempt?.quotedPrice
        update { order in
            order.endAttempt(.bought, reason: nil, tries: tries)
            order.vendorOrderNumber = receipt.vendorOrderNumber
            order.vendorOrderID = receipt.vendorOrderID
            order.batchID = receipt.batchID
            // A price that the vendor told and that cannot be read is not the one that was expected.
            order.setTotal(told: receipt.total, quoted: receipt.flags.contains("price_unknown") ? nil : quoted)
            order.expiresAt = receipt.expiresAt
            order.vendorDetails = receipt.details
            order.flags.append(contentsOf: receipt.flags.filter { !order.flags.contains($0) })
        }
        noteAttempt(.bought, reason: nil, tries: tries)
        try take(
            receipt.isReady && !order.mayBeDouble ? .boughtReady : .bought, cause: "vendor_answer",
            actor: .init(.vendor, order.vendor ?? ""))
    }

    /// Notes how an attempt ended.
    mutating func noteAttempt(
        _ outcome: Attempt.Outcome, reason: String?, tries: Int, doubt: Doubt? = nil, statement: VendorStatement? = nil
    ) {
        let vendor = order.currentAttempt?.vendor ?? ""
        note(
            .attemptEnded, cause: reason ?? outcome.rawValue, actor: .init(.vendor, vendor),
            data: .object([
                ("vendor", .string(vendor)), ("outcome", .string(outcome.rawValue)),
                ("reason", reason.map(JSON.string)), ("tries", .int(tries)),
                ("flags", order.flags.isEmpty ? nil : .array(order.flags.map(JSON.string))),
                ("status", doubt?.status.map(JSON.int)),
                ("vendor_code", (doubt?.vendorCode ?? statement?.code).map(JSON.string)),
                ("vendor_message", (doubt?.message ?? statement?.message).map(JSON.string)),
            ]))
    }

    /// Parks an unknown order for a person.
    mutating func review(reason: String, findings: [String]) {
        update { order in
            var unknown = order.unknown ?? UnknownOutcome(since: order.updatedAt, reason: reason)
            unknown.needsReview = true
            unknown.findings = findings + unknown.findings
            order.unknown = unknown
        }
        note(.decisionMade, cause: "needs_review", data: ["findings": .array(findings.map(JSON.string))])
    }
}

extension OrderProblem {
    /// A vendor's refusal, as its callers are told.
    init(_ refusal: Refusal, vendor: String, doing what: String = "the order") {
        self.init(
            code: Self.code(of: refusal.reason), detail: Self.detail(of: refusal, vendor, what),
            vendor: VendorStatement(name: vendor, code: refusal.vendorCode, message: refusal.message))
    }

    /// What was found without the vendor's word is not said to be its refusal.
    private static func detail(of refusal: Refusal, _ vendor: String, _ what: String) -> String {
        guard let finding = refusal.finding else { return "\(vendor) refused \(what): \(words(for: refusal))" }
        guard refusal.vendorCode != nil || refusal.message != nil else {
            return "\(what) was not sent to \(vendor): \(finding)"
        }
        return "\(vendor) refused \(what): \(words(for: refusal)); \(finding)"
    }

    private static func code(of reason: Refusal.Reason) -> ProblemCode {
        switch reason {
        case .insufficientBalance: .insufficientBalance
        case .kycRequired: .kycRequired
        case .insufficientInventory: .insufficientInventory
        case .quantityOutOfRange: .quantityOutOfRange
        case .promoCodeInvalid: .promoCodeInvalid
        case .authFailed: .vendorAuthFailed
        case .rejected: .vendorRejected
        }
    }

    /// Why a vendor says no, for a person: its own words where it has any.
    static func words(for refusal: Refusal) -> String {
        if let message = refusal.message { return message }
        return switch refusal.reason {
        case .insufficientBalance: "the vendor account's balance cannot cover it"
        case .kycRequired: "the vendor account needs KYC for this product"
        case .insufficientInventory: "the vendor has not enough of it"
        case .quantityOutOfRange: "the vendor does not sell this quantity"
        case .promoCodeInvalid: "the vendor says the promo code is not valid; nothing was ordered"
        case .authFailed: "the vendor refused Purser's credentials"
        case .rejected: "the vendor refused it"
        }
    }
}
