import ExactJSON
import Foundation
import Logging
import ServiceLifecycle

/// How an unknown outcome becomes known: by the vendor's id, by evidence, or by a person; never by waiting alone.
extension OrderRun {
    /// Settles an unknown order, or parks it. An order inside its vendor's lane goes out when that is done; one that a
    /// drain interrupts keeps the lane shut.
    func settle(_ order: Order, isInLane: Bool) async throws(Interruption) -> Order {
        guard let vendor = floor.vendor(order.vendor) else {
            return try await park(order, ["the vendor is not configured any more"])
        }
        do throws(Interruption) {
            let settled = try await settle(order, at: vendor)
            if isInLane { vendor.lane.leave() }
            return settled
        } catch {
            if isInLane, error == .overtaken { vendor.lane.leave() }
            throw error
        }
    }

    private func settle(_ order: Order, at vendor: Vendor) async throws(Interruption) -> Order {
        var settled = order
        if vendor.adapter.traits.isIdempotent, vendor.keyHolds.load(), order.currentAttempt?.vendorKey != nil {
            settled = try await resend(order, vendor)
            guard settled.isBeingSettled else { return settled }
        }
        let end = try await readEvidence(settled, vendor)
        if end.mayBeDouble { await lookAndFollow(end, at: vendor) }
        return end
    }

    // MARK: The same bytes with the same key

    /// Sends the same bytes with the same key again, with growing pauses, inside the vendor's window. The order that comes
    /// back is still unknown when only evidence is left.
    private func resend(_ order: Order, _ vendor: Vendor) async throws(Interruption) -> Order {
        var order = order
        let policy = vendor.policy
        let age = age(of: order)
        let leavesGoods = vendor.adapter.traits.listsGoodsOf.contains(order.request.shape)
        var backoff = Backoff(first: policy.resendPause, longest: policy.resendPauseMax)
        var streak = (doubt: Doubt?.none, count: 1)
        var tries = order.currentAttempt?.tries ?? 1
        var pause = backoff.next(floor.jitter)
        while age() < policy.resendWindow {
            order = try await pauseHearing(order, until: floor.timepiece.elapsed() + pause)
            guard order.isBeingSettled else {
                if order.mayBeDouble { await lookAndFollow(order, at: vendor) }
                return order
            }
            pause = backoff.next(floor.jitter)
            guard await enterLane(of: vendor) else { throw .draining }
            defer { vendor.lane.leave() }
            // Much may have happened while it waited, for however long.
            order = try await hearLate(order)
            guard order.isBeingSettled else {
                if order.mayBeDouble { await lookAndFollow(order, at: vendor) }
                return order
            }
            guard age() < policy.resendWindow, vendor.keyHolds.load() else { return order }
            tries += 1
            switch try await callWithinCeiling(order, vendor, tries: tries) {
            case .recorded(let order):
                await lookAndFollow(order, at: vendor)
                return order
            case .overtaken: throw .overtaken
            case .tooDear(let problem): return try await noteHalt(order, problem)
            case .again(let told?, _):
                // Who were told the same instant must not all come back at it; nor is the end of the window waited beyond.
                pause = max(told, min(told + pause, policy.resendWindow - age()))
            case .again(nil, _): break
            case .doubt(let doubt):
                streak = (doubt, doubt.reason == streak.doubt?.reason ? streak.count + 1 : 1)
                let isStoredAnswer = streak.count >= 5 && (doubt.status ?? 0) >= 500
                if doubt.isFinal || isStoredAnswer && leavesGoods {
                    return try await noteDoubt(order, doubt, tries: tries)
                }
                if tries.isPowerOfTwo { order = try await noteResend(order, doubt, tries: tries) }
            }
        }
        return order
    }

    /// How long ago an order was first sent. A clock that is set back, now or while the process was down, makes no key
    /// look young.
    private func age(of order: Order) -> () -> Duration {
        let timepiece = floor.timepiece
        let firstSend = order.currentAttempt?.startedAt ?? order.createdAt
        let start = max(timepiece.now(), floor.wallHighWater, order.updatedAt)
        let startedAt = timepiece.elapsed()
        return {
            let counted = start.advanced(by: timepiece.elapsed() - startedAt)
            return .seconds(max(counted, timepiece.now()).timeIntervalSince(firstSend))
        }
    }

    /// Waits for room in the vendor's lane; false when the server drains.
    private func enterLane(of vendor: Vendor) async -> Bool {
        await cancelWhenGracefulShutdown { await vendor.lane.enter() }
    }

    /// Notes that the order was sent again, to no avail: the second, fourth, eighth time and so on, so that a vendor that is
    /// away for hours leaves a few lines and not a thousand.
    private func noteResend(_ order: Order, _ doubt: Doubt, tries: Int) async throws(Interruption) -> Order {
        var change = floor.change(order)
        change.update { $0.endAttempt(.unknown, reason: doubt.reason, tries: tries) }
        change.note(
            .evidenceRead, cause: "sent_again", actor: .init(.vendor, order.vendor ?? ""),
            data: .object([
                ("tries", .int(tries)), ("reason", .string(doubt.reason)), ("status", doubt.status.map(JSON.int)),
                ("vendor_code", doubt.vendorCode.map(JSON.string)),
                ("vendor_message", doubt.message.map(JSON.string)),
            ]))
        return try await record(change)
    }

    /// Notes the doubt that ended the resends.
    private func noteDoubt(_ order: Order, _ doubt: Doubt, tries: Int) async throws(Interruption) -> Order {
        var change = floor.change(order)
        change.update { order in
            order.endAttempt(.unknown, reason: doubt.reason, tries: tries)
            order.unknown?.reason = doubt.reason
        }
        change.noteAttempt(.unknown, reason: doubt.reason, tries: tries, doubt: doubt)
        return try await record(change)
    }

    /// Notes that nothing is sent again, since it might be bought above the ceiling now.
    private func noteHalt(_ order: Order, _ problem: Problem) async throws(Interruption) -> Order {
        var change = floor.change(order)
        change.update { $0.unknown?.findings.append("it was not sent again: \(problem.detail)") }
        change.note(
            .decisionMade, cause: problem.code.rawValue, data: ["detail": .string(problem.detail)])
        return try await record(change)
    }

    // MARK: Evidence

    /// When evidence is read, as parts of the vendor's settle time.
    private static let schedule: [Double] = [1.0 / 180, 1.0 / 30, 2.0 / 15, 1.0 / 3, 1]

    /// Reads the vendor's list and balance on the settle schedule until they decide, and parks the order when they do not.
    private func readEvidence(_ order: Order, _ vendor: Vendor) async throws(Interruption) -> Order {
        guard vendor.adapter.traits.listsGoodsOf.contains(order.request.shape) else {
            return try await park(order, ["\(vendor.name) keeps no list that would show \(order.request.shape.words)"])
        }
        guard let attempt = order.currentAttempt else { throw .overtaken }
        let settleTime = floor.settleTime(of: order, vendor)
        let evidence = floor.evidenceCase(of: order, attempt, vendor)
        // No wall clock is asked, so that one that leaps ahead, now or while the process was down, does not end the settle
        // time: a start goes on where the last sample was read.
        var samples = await earlierSamples(of: order, vendor)
        let watched = Self.watchedPart(samples.count)
        let start = floor.timepiece.elapsed() - settleTime * watched
        let earlier = samples.count
        var order = order
        var schedule = Self.remainingSchedule(after: watched)[...]
        while let part = schedule.popFirst() {
            order = try await pauseHearing(order, until: start + settleTime * part)
            guard order.isBeingSettled else { return order }
            let sample = await sample(order, vendor, patience: settleTime * (part / 3))
            samples.append(sample)
            order = try await noteSample(order, sample)
            floor.atStep(.sampled)
            order = try await hearLate(order)
            guard order.isBeingSettled else { return order }
            switch evidence.judge(samples, isFinal: part >= 1 && samples.count >= earlier + 2) {
            case .undecided:
                // Goods that were just found are looked for once more soon, so that the lane need not stay shut.
                let soon = part + 1.0 / 30
                if evidence.wantsConfirmation(samples), soon < schedule.first ?? 0 {
                    schedule.insert(soon, at: schedule.startIndex)
                }
            case .bought(let goods): return try await adopt(order, goods, quoted: attempt.quotedPrice)
            case .notBought: return try await disprove(order, vendor)
            case .review(let findings): return try await park(order, findings)
            }
        }
        return try await park(order, ["the evidence did not decide"])
    }

    /// The part of the settle time that was watched when so many samples had been read.
    private static func watchedPart(_ samples: Int) -> Double {
        samples == 0 ? 0 : schedule[min(samples, schedule.count) - 1]
    }

    /// The parts of the schedule that are still to come; after a restart near the end, two more samples are read.
    private static func remainingSchedule(after watched: Double) -> [Double] {
        let left = schedule.filter { $0 > watched }
        return left.count >= 2 ? left : [1, 1 + 1.0 / 30]
    }

    /// What was read before a restart, as its events tell it: a sample that was not quiet then speaks on. Its goods carry
    /// their id alone, so that they fit nothing.
    private func earlierSamples(of order: Order, _ vendor: Vendor) async -> [EvidenceSample] {
        guard vendor.adapter.traits.provesAbsence else { return [] }
        do throws(StoreError) {
            let events = try await floor.store.events(of: order.id)
            return events.filter { $0.type == .evidenceRead && $0.cause == "sample" }.map(EvidenceSample.init)
        } catch {
            return [EvidenceSample(newGoods: nil, balance: nil, hasOpenTwin: false)]
        }
    }

    /// Reads list and balance once; a reading that fails is tried again for a while, since it is no sample.
    private func sample(_ order: Order, _ vendor: Vendor, patience: Duration) async -> EvidenceSample {
        let end = floor.timepiece.now().advanced(by: patience)
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(15))
        while true {
            let sample = await CallTrace.with(order.traceparent) { await readOnce(order, vendor) }
            let isWhole = sample.newGoods != nil && (sample.balance != nil || !vendor.adapter.traits.provesAbsence)
            if isWhole { return sample }
            let pause = backoff.next(floor.jitter)
            guard !isOver(end, after: pause), await floor.timepiece.pause(pause) else { return sample }
        }
    }

    private func readOnce(_ order: Order, _ vendor: Vendor) async -> EvidenceSample {
        let balance = vendor.adapter.traits.provesAbsence ? await readBalance(vendor) : nil
        do {
            let (unowned, expectations) = try await unownedGoods(at: vendor, besides: order)
            let before = Set(order.currentAttempt?.baseline?.goods ?? [])
            return EvidenceSample(
                newGoods: unowned.filter { !before.contains($0.id) }, balance: balance,
                hasOpenTwin: expectations.contains { GoodsMatching.looksAlike($0.request, order.request) })
        } catch {
            logger.warning("evidence could not be read", metadata: ["vendor": "\(vendor.name)", "reason": "\(error)"])
            return EvidenceSample(newGoods: nil, balance: balance, hasOpenTwin: false)
        }
    }

    private func readBalance(_ vendor: Vendor) async -> Money? {
        do {
            return try await vendor.adapter.account().balance
        } catch {
            logger.warning("balance could not be read", metadata: ["vendor": "\(vendor.name)", "reason": "\(error)"])
            return nil
        }
    }

    /// What a vendor's list shows that no order has and no other order waits for, and the orders that wait.
    func unownedGoods(
        at vendor: Vendor, besides order: Order
    ) async throws -> (goods: [Goods], expectations: [GoodsMatching.Expectation]) {
        let listed = try await vendor.adapter.goods()
        // Before what is claimed: a sale that is stored in between is seen in the one or the other.
        let expectations = try await floor.expectations(at: vendor, besides: order)
        // A batch may name the order that it belongs to, whose answer told no batch.
        let owners = vendor.adapter.traits.goodsAreBatches ? listed.compactMap(\.orderNumber) : []
        let claimed = try await floor.store.claimed(listed.map(\.id) + owners, vendor: vendor.name)
        let owned = claimed.intersection(owners)
        let unclaimed = listed.filter { goods in
            !claimed.contains(goods.id) && !(goods.orderNumber.map(owned.contains) ?? false)
        }
        let expected = Set(GoodsMatching.assign(unclaimed, to: expectations).values.map(\.id))
        return (unclaimed.filter { !expected.contains($0.id) }, expectations)
    }

    private func noteSample(_ order: Order, _ sample: EvidenceSample) async throws(Interruption) -> Order {
        var change = floor.change(order)
        change.note(
            .evidenceRead, cause: "sample",
            data: .object([
                ("new_goods", sample.newGoods.map { .array($0.map { .string($0.id) }) } ?? .null),
                ("balance", sample.balance?.json ?? .null),
                ("earlier_sale_open", .bool(sample.hasOpenTwin)),
            ]))
        return try await record(change)
    }

    // MARK: Verdicts

    /// Stores that the goods belong to the order.
    private func adopt(_ order: Order, _ goods: Goods, quoted: Money?) async throws(Interruption) -> Order {
        let isBatch = floor.vendor(order.vendor)?.adapter.traits.goodsAreBatches ?? false
        var change = floor.change(order)
        change.update { order in
            if isBatch { order.batchID = goods.id } else { order.vendorOrderID = goods.id }
            order.vendorOrderNumber = goods.orderNumber
            order.setTotal(told: nil, quoted: quoted)
            order.expiresAt = goods.endsAt
            order.vendorDetails = goods.details
        }
        change.note(.decisionMade, cause: "bought", data: ["goods": .string(goods.id)])
        do throws(IllegalStep) {
            let isDone = goods.isReady && !change.order.mayBeDouble
            try change.take(isDone ? .boughtReady : .bought, cause: "evidence")
        } catch { throw .overtaken }
        let adopted = try await record(change)
        if !adopted.mayBeDouble, adopted.status == .provisioning { floor.follow(adopted) }
        return adopted
    }

    /// Stores that nothing was bought: list and balance agree on it.
    private func disprove(_ order: Order, _ vendor: Vendor) async throws(Interruption) -> Order {
        let problem = OrderProblem(
            code: .vendorUnavailable,
            detail: "\(vendor.name) did not answer, and its list and balance show that nothing was bought")
        return try await fail(order, problem, cause: "evidence")
    }

    private func park(_ order: Order, _ findings: [String]) async throws(Interruption) -> Order {
        var change = floor.change(order)
        change.review(reason: order.unknown?.reason ?? "unknown", findings: findings)
        logger.error("order needs review", metadata: ["findings": "\(findings.joined(separator: "; "))"])
        return try await record(change)
    }
}

extension EvidenceSample {
    /// A sample as `noteSample` stored it.
    init(_ event: OrderEvent) {
        let balance = event.data["balance"]
        self.init(
            newGoods: event.data["new_goods"]?.array?.map { Goods(id: $0.string ?? "", isReady: false) },
            balance: (balance?["amount"]?.string).flatMap { Millionths($0, allowsSign: true) }
                .map { Money($0, currency: balance?["currency"]?.string ?? "") },
            hasOpenTwin: event.data["earlier_sale_open"]?.bool ?? false)
    }
}

extension GoodsMatching.Expectation {
    /// What an order that was sold, or may have been, still expects; nil for one that was never sent.
    init?(_ order: Order) {
        guard let attempt = order.currentAttempt else { return nil }
        self.init(
            orderID: order.id, request: order.request, orderNumber: order.vendorOrderNumber ?? order.vendorOrderID,
            sentAt: attempt.startedAt, knownBefore: Set(attempt.baseline?.goods ?? []), isSought: order.seeksGoods,
            isTold: order.moneyState == .spent && !order.seeksGoods)
    }
}

extension Int {
    fileprivate var isPowerOfTwo: Bool { self > 0 && self & (self - 1) == 0 }
}
