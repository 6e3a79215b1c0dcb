import ExactJSON
import Foundation
import Logging

/// Carries one order from where it stands to its end: the only code that sends a purchase.
///
/// Each part commits before the next begins, so that a process that dies anywhere goes on from the last commit. A run ends
/// early, leaving the order as it was committed, when the server drains or somebody else has changed the order.
struct OrderRun: Sendable {
    let floor: BuyingFloor
    let late = LateAnswers()
    private let origin: Order
    /// Made when something has to be said: most orders that wait have nothing to say.
    var logger: Logger { floor.logger(for: origin) }

    init(_ order: Order, on floor: BuyingFloor) {
        self.floor = floor
        self.origin = order
    }

    /// Why a run stops before its order is settled.
    enum Interruption: Error, Hashable {
        /// The server drains, or the run was cancelled.
        case draining
        /// Somebody else changed the order (it was canceled or resolved).
        case overtaken
        /// Nothing may be spent on the order now; it is as it was.
        case barred(SpendingBar)
    }

    /// How an order comes to a run, or back to it.
    enum Entry {
        /// Accepted just now, or read back at start; not in a lane.
        case waiting
        /// Accepted and dispatched in one commit, in its vendor's lane; nothing was sent yet.
        case dispatched
        /// Read back at start, and its vendor's lane is kept shut for it.
        case recoveredInLane
        /// There was room in the lane of the chosen vendor, and it is in.
        case entered
        /// It waited for the chosen vendor as long as it may.
        case waitedTooLong
        /// It waited for the chosen vendor, and somebody changed it meanwhile.
        case withdrawn
    }

    /// Where a run stops.
    private enum Stop {
        case ended
        case interrupted(Interruption)
        /// The lane of the vendor that was chosen is full.
        case full(Order, at: Vendor)
    }

    /// Carries an order on until it is settled, sold, or parked for a person, or until the server drains.
    /// - Returns: the order as it is and its vendor, where it has to wait for room in that vendor's lane; nil otherwise.
    func run(_ start: Order, entry: Entry) async -> (order: Order, vendor: Vendor)? {
        var (order, entry, doubt) = (start, entry, "crash")
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(60))
        var stop = await carry(order, entry, lostBy: doubt)
        // Who overtook the run may have left the order as open as it was; it must not stay without a run.
        while case .interrupted(.overtaken) = stop, await stillOpen(order.id) != nil {
            guard await floor.timepiece.pause(backoff.next(floor.jitter)), let open = await stillOpen(order.id) else {
                break
            }
            (order, entry, doubt) = (open, enterAgain(open), "outcome_not_stored")
            stop = await carry(order, entry, lostBy: doubt)
        }
        for answer in late.close() { await hearAfterwards(answer, of: start.id) }
        guard case .full(let waiting, let vendor) = stop else { return nil }
        return (waiting, vendor)
    }

    /// The order, where it still has to be carried; nil also when the server drains.
    private func stillOpen(_ id: OrderID) async -> Order? {
        guard !floor.jobs.isDraining, !Task.isCancelled, let order = await stored(id) else { return nil }
        switch order.status {
        case .pending, .purchasing: return order
        case .unknown: return order.isBeingSettled ? order : nil
        case .provisioning:
            floor.follow(order)
            return nil
        case .completed, .failed, .canceled: return nil
        }
    }

    /// Shuts the lane of a vendor without idempotency again for an order that may have been sent, as a start does.
    private func enterAgain(_ order: Order) -> Entry {
        guard order.status != .pending, let vendor = floor.vendor(order.vendor), !vendor.adapter.traits.isIdempotent
        else { return .waiting }
        vendor.lane.occupy()
        return .recoveredInLane
    }

    /// - Parameter doubt: why the outcome of one that was dispatched is not known.
    private func carry(_ start: Order, _ entry: Entry, lostBy doubt: String) async -> Stop {
        do throws(Interruption) {
            var order = try await resume(start, entry)
            var isInLane = entry == .recoveredInLane
            while true {
                switch order.status {
                case .pending:
                    switch try await chooseVendor(order) {
                    case .moved(let moved): order = moved
                    case .ready(let ready, let vendor):
                        guard vendor.lane.tryEnter() else { return .full(ready, at: vendor) }
                        order = try await attempt(ready, vendor)
                    }
                case .purchasing:
                    order = try await lose(order, Doubt(doubt), tries: max(1, order.currentAttempt?.tries ?? 1))
                case .unknown where order.isBeingSettled:
                    order = try await settle(order, isInLane: isInLane)
                    isInLane = false
                case .unknown, .provisioning, .completed, .failed, .canceled: return .ended
                }
            }
        } catch {
            logger.debug("run interrupted", metadata: ["reason": "\(error)"])
            return .interrupted(error)
        }
    }

    /// Does first what is owed to how the order comes.
    private func resume(_ order: Order, _ entry: Entry) async throws(Interruption) -> Order {
        switch entry {
        case .waiting, .recoveredInLane: return order
        case .dispatched: return try await sendFirst(order)
        case .withdrawn: throw .overtaken
        case .entered:
            guard let vendor = floor.vendor(order.routing.chosen) else { throw .overtaken }
            guard floor.gate.pause == nil else {
                vendor.lane.leave()
                return order
            }
            return try await attempt(order, vendor)
        case .waitedTooLong:
            let vendor = order.routing.chosen ?? ""
            let detail = "\(vendor): the order waited \(floor.policy.queueLimit) in the queue; nothing was sent"
            return try await fail(order, OrderProblem(code: .vendorUnavailable, detail: detail), cause: "queue_limit")
        }
    }

    /// Sends an order that was accepted and dispatched in one commit.
    private func sendFirst(_ order: Order) async throws(Interruption) -> Order {
        guard let vendor = floor.vendor(order.vendor) else { throw .overtaken }
        let deadline = floor.timepiece.now().advanced(by: floor.policy.deadline)
        return try await inLane(vendor) { () async throws(Interruption) -> Order in
            try await send(order, vendor, deadline: deadline)
        }
    }

    // MARK: Pending: choose, wait for room, ask, dispatch

    private enum Choice {
        case ready(Order, Vendor)
        case moved(Order)
    }

    /// The vendor to try next, or what became of the order.
    private func chooseVendor(_ start: Order) async throws(Interruption) -> Choice {
        if let ended = try await waitForBuying(start) { return .moved(ended) }
        let order = start.routing.chosen == nil ? try await compare(start) : start
        if order.status != .pending { return .moved(order) }
        guard let vendor = floor.vendor(order.routing.chosen) else {
            let problem = OrderProblem(code: .noVendor, detail: "the chosen vendor is not configured any more")
            return .moved(try await fail(order, problem, cause: "vendor_gone"))
        }
        guard vendor.isEnabled else {
            let detail = "\(vendor.name) is switched off in the configuration; nothing was sent"
            return .moved(try await ruleOut(order, vendor, Problem(.vendorUnavailable, detail), price: nil))
        }
        if let problem = vendor.overdraftProblem {
            return .moved(try await ruleOut(order, vendor, problem, price: nil))
        }
        return .ready(order, vendor)
    }

    /// Buys at a vendor whose lane was entered.
    private func attempt(_ order: Order, _ vendor: Vendor) async throws(Interruption) -> Order {
        try await inLane(vendor) { () async throws(Interruption) -> Order in
            let deadline = floor.timepiece.now().advanced(by: floor.policy.deadline)
            switch try await prepare(order, vendor, deadline: deadline) {
            case .ended(let order): return order
            case .ready(let price, let baseline):
                // It may be this reading, or one made while the order waited, that tells of it.
                if let problem = vendor.overdraftProblem {
                    return try await ruleOut(order, vendor, problem, price: price)
                }
                let next = try await dispatchUnlessBarred(order, vendor, price: price, baseline: baseline)
                return next.status == .purchasing ? try await send(next, vendor, deadline: deadline) : next
            }
        }
    }

    /// Runs work inside a lane that was entered, and goes out afterwards, unless an order without idempotency was left
    /// unknown: that one keeps its place until it is settled. So does one that a drain interrupts: its call may be on its
    /// way still, and nothing else may be bought beside it.
    private func inLane(_ vendor: Vendor, _ work: () async throws(Interruption) -> Order) async throws(Interruption)
        -> Order
    {
        let order: Order
        do { order = try await work() } catch {
            if error == .overtaken { vendor.lane.leave() }
            throw error
        }
        guard order.isBeingSettled, !vendor.adapter.traits.isIdempotent else {
            vendor.lane.leave()
            return order
        }
        return try await settle(order, isInLane: true)
    }

    private enum Prepared {
        case ready(price: VendorPrice?, baseline: Baseline?)
        case ended(Order)
    }

    /// Reads what must be known before the purchase; tries again until the deadline when the vendor cannot be asked.
    private func prepare(_ order: Order, _ vendor: Vendor, deadline: Date) async throws(Interruption) -> Prepared {
        guard vendor.adapter.traits.asksBeforeBuying else {
            return try await checkPrice(order, vendor, try await freshPrice(order, vendor), baseline: nil)
        }
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(5))
        while true {
            let context = CallContext(orderID: order.id, traceparent: order.traceparent)
            let begun = floor.timepiece.now()
            switch await vendor.adapter.prepare(order.request, context: context) {
            case .ready(let price, let baseline, let pricedAt):
                vendor.circuit.noteAnswer()
                floor.atStep(.prepared)
                let quote = price.map { VendorPrice(total: $0, source: .quote, asOf: pricedAt ?? begun) }
                return try await checkPrice(
                    order, vendor, quote.map(Pricing.priced) ?? .unpriced("its quote told none"), baseline: baseline)
            case .refused(let refusal):
                floor.note(refusal, of: vendor)
                return .ended(try await refuse(order, vendor, refusal, tries: 0))
            case .unavailable(let reason, let retryAfter):
                floor.noteFailure(of: vendor)
                let pause = retryAfter ?? backoff.next(floor.jitter)
                if hasAnotherCandidate(order) || isOver(deadline, after: pause) {
                    return .ended(
                        try await giveUp(order, vendor, reason: reason, told: retryAfter, tries: 0))
                }
                try await pauseUnlessChanged(order, pause)
            }
        }
    }

    private func checkPrice(_ order: Order, _ vendor: Vendor, _ pricing: Pricing, baseline: Baseline?)
        async throws(Interruption) -> Prepared
    {
        let price = pricing.price
        if let problem = VendorRouter.problem(with: pricing, of: order.request, at: vendor.name) {
            return .ended(try await ruleOut(order, vendor, problem, price: price))
        }
        guard let goods = baseline?.goods else { return .ready(price: price, baseline: baseline) }
        do {
            let claimed = try await floor.store.claimed(goods, vendor: vendor.name)
            return .ready(
                price: price,
                baseline: Baseline(balance: baseline?.balance, goods: goods.filter { !claimed.contains($0) }))
        } catch {
            return .ended(
                try await fail(
                    order,
                    OrderProblem(code: .storeUnavailable, detail: "the store could not be read; nothing was sent"),
                    cause: "store_unavailable"))
        }
    }

    /// Marks the order as being purchased; durable before the first byte leaves.
    func dispatch(_ order: Order, _ vendor: Vendor, price: VendorPrice?, baseline: Baseline?)
        async throws(Interruption) -> Order
    {
        var change = floor.change(order)
        do { try change.dispatch(to: vendor, price: price, baseline: baseline) } catch { throw .overtaken }
        let dispatched = try await record(change)
        guard dispatched.status == .purchasing else { throw .overtaken }
        floor.atStep(.dispatched)
        return dispatched
    }
}

/// Growing pauses with full jitter.
struct Backoff {
    private var pause: Duration
    private let longest: Duration

    init(first: Duration, longest: Duration) {
        self.pause = first
        self.longest = longest
    }

    /// The next pause: between a tenth and the whole of a length that doubles each time, all of it alike likely, so that no
    /// two of many come together.
    mutating func next(_ jitter: () -> Double) -> Duration {
        defer { pause = min(pause * 2, longest) }
        return pause * (0.1 + 0.9 * jitter())
    }
}

extension OrderChange {
    /// Notes the start of an attempt at a vendor and takes the step to `purchasing`.
    /// - Throws: `IllegalStep` when the order is not pending.
    mutating func dispatch(to vendor: Vendor, price: VendorPrice?, baseline: Baseline?) throws(IllegalStep) {
        let traits = vendor.adapter.traits
        let attempt = Attempt(
            number: order.attempts.count + 1, vendor: vendor.name, vendorKey: traits.isIdempotent ? order.id.text : nil,
            body: vendor.adapter.purchaseBody(for: order.request), quotedPrice: price?.total, baseline: baseline,
            startedAt: instant)
        update { order in
            order.vendor = vendor.name
            order.attempts.append(attempt)
            order.routing.note(price, for: vendor.name)
        }
        let data = JSON.object([
            ("number", .int(attempt.number)), ("vendor", .string(vendor.name)), ("price", price?.total.json),
            ("price_source", price.map { .string($0.source.rawValue) }),
            ("balance", baseline?.balance?.json),
        ])
        try take(.dispatched, cause: "dispatched", data: data)
        note(.attemptStarted, cause: "dispatched", data: data)
    }
}
