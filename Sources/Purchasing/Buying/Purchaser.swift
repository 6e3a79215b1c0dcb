import ExactJSON
public import Foundation
public import Logging
public import ServiceLifecycle
import Synchronization

/// Buys, once: the one door to everything that spends.
///
/// It is a service: `run()` carries orders until the server drains, and `recover()` comes before it.
public final class Purchaser: Service {
    let floor: BuyingFloor
    /// How many orders may be on their way at once before new ones are turned away.
    private let maximumUnderWay: Int
    var places: ClientPlaces { floor.places }
    private let lastProbe = Mutex<(at: Date, succeeded: Bool)?>(nil)

    /// - Parameters:
    ///   - vendors: in the order in which `auto` tries them.
    ///   - cache: what was last read from the vendors, for prices; one of its own by default.
    ///   - wallHighWater: the latest time that the store knows to have passed: ages are never taken against an earlier one.
    ///   - jitter: a number from 0 to 1 that spreads pauses.
    ///   - maximumUnderWay: how many orders may be on their way at once; a quarter of them may be one client's.
    ///   - atStep: called at each named step of a purchase; does nothing by default.
    public init(
        store: any OrderStore, vendors: [Vendor], policy: OrderPolicy = OrderPolicy(), ids: IdentifierSource,
        cache: VendorCache? = nil, timepiece: Timepiece = .system, wallHighWater: Date = .distantPast,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0...1) },
        maximumUnderWay: Int = 20_000, logger: Logger, atStep: @escaping @Sendable (PurchaseStep) -> Void = { _ in }
    ) {
        floor = BuyingFloor(
            store: store, vendors: vendors, policy: policy, ids: ids, timepiece: timepiece,
            wallHighWater: wallHighWater, jitter: jitter, logger: logger, atStep: atStep,
            cache: cache ?? VendorCache(vendors: vendors, timepiece: timepiece),
            places: ClientPlaces(limit: maximumUnderWay / 4))
        self.maximumUnderWay = maximumUnderWay
    }

    // MARK: Buying

    /// Accepts a request, buys it, and answers when the outcome is known or the wait is over.
    ///
    /// The purchase belongs to the service: a caller that leaves changes nothing, and the same key finds the order.
    /// - Throws: `Problem`; with an `orderID` the order is stored as failed, without one nothing was stored and the key is
    ///   free.
    public func submit(_ submission: Submission) async throws(Problem) -> Answer {
        let fingerprint = submission.request.fingerprint
        if let key = submission.idempotencyKey, let earlier = try await find(key, ofClient: submission.caller.client) {
            return try await replay(earlier, submission, fingerprint)
        }
        if let key = submission.idempotencyKey { try await checkNoAction(has: key, ofClient: submission.caller.client) }
        try checkOpen()
        try checkBuying()
        let routing = try floor.desk.router(for: submission.request).route(submission.request)
        guard places.take(submission.caller.client) else { throw Self.tooMany }
        var isUnderWay = false
        defer { if !isUnderWay { places.giveBack(submission.caller.client) } }
        let order = Order(
            id: floor.ids.next(.order), client: submission.caller.client, idempotencyKey: submission.idempotencyKey,
            request: submission.request, fingerprint: fingerprint, requestID: submission.requestID,
            traceparent: submission.traceparent, routing: routing, createdAt: floor.timepiece.now())
        var change = OrderChange.accepting(order, ids: floor.ids)
        var lane = dispatchAtOnce(&change)
        let changes = submission.wait > .zero ? floor.board.watch(order.id) : nil
        switch try await accept(&change, as: order, in: &lane) {
        case .existing(let earlier):
            return try await replay(earlier, submission, fingerprint)
        case .stored:
            let accepted = change.order
            let entry: OrderRun.Entry = lane == nil ? .waiting : .dispatched
            floor.atStep(lane == nil ? .accepted : .dispatched)
            isUnderWay = true
            floor.carry(accepted, entry)
            guard let changes else { return Answer(order: accepted, isReplay: false) }
            let outcome = await changes.first(within: submission.wait, floor.timepiece, where: Self.isAnswer)
            return try await answer(outcome, for: accepted, isReplay: false)
        }
    }

    /// Dispatches in the same commit as the acceptance when nothing has to be asked and there is room; the vendor whose
    /// lane was entered.
    private func dispatchAtOnce(_ change: inout OrderChange) -> Vendor? {
        let request = change.order.request
        guard let vendor = floor.vendor(change.order.routing.chosen), !vendor.adapter.traits.asksBeforeBuying,
            !floor.desk.mustAsk(request, vendor)
        else { return nil }
        // A sale may have told another price since the request was routed: the ceiling is held against the price that the
        // attempt is made at.
        let pricing = floor.desk.pricingAtHand(request, at: vendor)
        guard VendorRouter.problem(with: pricing, of: request, at: vendor.name) == nil, pricing.price?.isLeast != true,
            vendor.overdraftProblem == nil, vendor.lane.tryEnter()
        else { return nil }
        do {
            try change.dispatch(to: vendor, price: pricing.price, baseline: nil)
            return vendor
        } catch {
            vendor.lane.leave()
            return nil
        }
    }

    /// Stores the acceptance of an order; without dispatching it where its client's budget needs a price that its vendor
    /// tells, or has no room for the one at hand, while another candidate may ask less.
    private func accept(_ change: inout OrderChange, as order: Order, in lane: inout Vendor?) async throws(Problem)
        -> Acceptance
    {
        do throws(Problem) { return try await accept(change, leaving: lane) } catch {
            guard let vendor = lane, mayBeTaken(order, undispatchedAt: vendor, error.code) else { throw error }
        }
        lane = nil
        change = .accepting(order, ids: floor.ids)
        return try await accept(change, leaving: nil)
    }

    private func accept(_ change: OrderChange, leaving vendor: Vendor?) async throws(Problem) -> Acceptance {
        do throws(StoreError) {
            let acceptance = try await floor.store.accept(change)
            if case .existing = acceptance { vendor?.lane.leave() }
            return acceptance
        } catch {
            vendor?.lane.leave()
            if case .barred(let bar) = error { throw problem(bar) }
            // Whoever asked for an action with the same key at the same moment was the first.
            if case .refused = error, let key = change.order.idempotencyKey {
                try await checkNoOther(has: key, ofClient: change.order.client, than: .order)
            }
            throw Self.notStored
        }
    }

    /// The order of an earlier call with the same key, as it stands now.
    private func replay(_ earlier: Order, _ submission: Submission, _ fingerprint: String) async throws(Problem)
        -> Answer
    {
        guard earlier.fingerprint == fingerprint else {
            throw Problem(
                .idempotencyKeyReused, "the key belongs to \(earlier.id), which asked for something else",
                moneyState: earlier.moneyState, orderID: earlier.id)
        }
        let changes = floor.board.watch(earlier.id)
        let current = try await read(earlier.id) ?? earlier
        if Self.isAnswer(current) { return try await answer(current, for: current, isReplay: true) }
        let outcome = await changes.first(within: submission.wait, floor.timepiece, where: Self.isAnswer)
        return try await answer(outcome, for: current, isReplay: true)
    }

    /// Whether an order says all that waiting for it could tell.
    private static func isAnswer(_ order: Order) -> Bool {
        switch order.status {
        case .provisioning, .completed, .failed, .canceled: true
        case .unknown: order.unknown?.needsReview ?? false
        case .pending, .purchasing: false
        }
    }

    private func answer(_ outcome: Order?, for order: Order, isReplay: Bool) async throws(Problem) -> Answer {
        let current = await newest(outcome, order)
        if var problem = Self.failure(of: current) {
            problem.isReplay = isReplay
            problem.retryAfter = pause(after: current.problem, at: current.vendor)
            throw problem
        }
        return Answer(order: current, isReplay: isReplay)
    }

    /// The newest that is known of an order; an answer is owed even when the store cannot be read now.
    private func newest(_ outcome: Order?, _ order: Order) async -> Order {
        if let outcome { return outcome }
        do { return try await read(order.id) ?? order } catch { return order }
    }

    /// The problem that a failed order is answered with, now and ever after.
    static func failure(of order: Order) -> Problem? {
        guard order.status == .failed, let problem = order.problem else { return nil }
        return Problem(problem.code, problem.detail, orderID: order.id, vendor: problem.vendor)
    }

    // MARK: Reading

    /// The names of the configured vendors, in the order in which `auto` tries them.
    public var vendorNames: [String] { floor.vendors.map(\.name) }

    /// The order with an id, as the caller may see it; waits until it changes or settles, for `wait` at most.
    /// - Throws: `Problem` `not_found`, also for another client's order.
    public func order(_ id: OrderID, for caller: Caller, wait: Duration? = nil) async throws(Problem) -> Order {
        let wait = wait ?? .zero
        let changes = wait > .zero ? floor.board.watch(id) : nil
        guard let order = try await read(id), caller.maySee(order) else { throw Self.notFound }
        // What only a person can change is not worth holding a call for.
        let isAtRest = order.status.isSettled || order.unknown?.needsReview == true
        guard let changes, !isAtRest else { return order }
        return await changes.first(within: wait, floor.timepiece) { $0.version > order.version } ?? order
    }

    /// The problem of an order that is not there, or not the caller's.
    public static let notFound = Problem(.notFound, "there is no such order", moneyState: .unchanged)

    // MARK: Deciding

    /// Withdraws an order of which nothing was sent yet; withdrawing it again answers the same.
    /// - Throws: `Problem` `not_cancelable` when something may have been sent.
    public func cancel(_ id: OrderID, by caller: Caller, requestID: String) async throws(Problem) -> Order {
        while true {
            guard let order = try await read(id), caller.maySee(order) else { throw Self.notFound }
            if order.status == .canceled { return order }
            var change = floor.change(order, requestID: requestID)
            do {
                try change.take(.withdrawn, cause: "canceled", actor: caller.actor)
            } catch {
                throw Problem(
                    .notCancelable, "the order is \(order.status.rawValue); only a pending one can be canceled",
                    moneyState: order.moneyState, orderID: id)
            }
            if let canceled = try await commitOnce(change) { return canceled }
        }
    }

    /// Commits a person's change; nil when the order changed meanwhile and has to be looked at again.
    func commitOnce(_ change: OrderChange) async throws(Problem) -> Order? {
        do throws(StoreError) {
            return try await floor.commit(change)
        } catch {
            switch error {
            case .conflict: return nil
            case .claimed: throw Self.claimed(by: nil)
            case .unavailable, .refused, .barred: throw Self.unreadable
            }
        }
    }

    // MARK: The service

    /// Takes up every order that is not settled. Comes before the first new order; an order that may have been sent to a
    /// vendor without idempotency keeps that vendor's lane shut from here on.
    /// - Returns: how many orders were taken up.
    /// - Throws: `StoreError` when the orders cannot be read.
    @discardableResult
    public func recover() async throws(StoreError) -> Int {
        try await learnPause()
        try await learnBrokenKeys()
        try await learnPrices()
        learnOverdrafts()
        let orders = try await floor.store.unsettled()
        warnOfMissingVendors(orders)
        for order in orders {
            switch order.status {
            case .provisioning: takeUp(order)
            case .pending, .purchasing, .unknown:
                guard order.unknown?.needsReview != true else { continue }
                let lane =
                    order.status == .pending
                    ? nil : floor.vendor(order.vendor).flatMap { $0.adapter.traits.isIdempotent ? nil : $0.lane }
                lane?.occupy()
                places.add(order.client)
                floor.carry(order, lane == nil ? .waiting : .recoveredInLane)
            case .completed, .failed, .canceled: continue
            }
        }
        return try await orders.count + recoverActions()
    }

    /// Tells of open orders whose vendor was taken out of the configuration, or has another name there.
    private func warnOfMissingVendors(_ orders: [Order]) {
        let missing = Dictionary(grouping: orders.compactMap(\.vendor).filter { floor.vendor($0) == nil }) { $0 }
        for (vendor, orders) in missing {
            floor.logger.warning(
                "orders are open at a vendor that is not configured; nothing can be found out about them",
                metadata: ["vendor": "\(vendor)", "orders": "\(orders.count)"])
        }
    }

    /// Follows what was sold; a sale that may be the second one is looked at again, since the process may have died before.
    private func takeUp(_ order: Order) {
        guard order.mayBeDouble, let vendor = floor.vendor(order.vendor) else { return floor.follow(order) }
        floor.jobs.add { [floor] in await OrderRun(order, on: floor).lookAndFollow(order, at: vendor) }
    }

    /// Carries orders until the server drains; calls in flight come to their end first.
    public func run() async {
        await withTaskGroup(of: Void.self) { trackers in
            for vendor in floor.vendors {
                trackers.addTask { [floor] in await floor.tracker.run(vendor, on: floor) }
                trackers.addTask { [floor] in await QueueWatch.run(vendor, on: floor) }
                trackers.addTask { [floor] in await OverdraftWatch.run(vendor, on: floor) }
                trackers.addTask { [floor] in await BalanceWatch.run(vendor, on: floor) }
            }
            trackers.addTask { [floor] in await ExpiryWatch.run(on: floor) }
            await withTaskCancellationOrGracefulShutdownHandler {
                await withDiscardingTaskGroup { group in
                    for await job in floor.jobs.stream { group.addTask { await job() } }
                }
            } onCancelOrGracefulShutdown: { [floor] in
                floor.drain()
            }
            floor.drain()
            trackers.cancelAll()
        }
        if Task.isCancelled { floor.logger.warning("not every purchase ended in time; the next start takes them up") }
    }

    /// Whether orders can be taken now, check by check. The store is tried by a write, at most once a second however
    /// often this is asked.
    public func readiness() async -> [ReadinessCheck] {
        [
            ReadinessCheck(name: "accepting", failure: floor.jobs.isDraining ? "the server is stopping" : nil),
            ReadinessCheck(
                name: "outcomes_stored", failure: floor.stuck.count > 0 ? "an outcome could not be stored yet" : nil),
            ReadinessCheck(name: "store_writes", failure: await storeWrites() ? nil : "the store cannot write now"),
        ]
    }

    private func storeWrites() async -> Bool {
        let now = floor.timepiece.now()
        if let last = lastProbe.withLock({ $0 }), abs(now.timeIntervalSince(last.at)) < 1 { return last.succeeded }
        var succeeded = true
        do throws(StoreError) { try await floor.store.probe() } catch { succeeded = false }
        lastProbe.withLock { [succeeded] in $0 = (now, succeeded) }
        return succeeded
    }

    // MARK: Parts

    func checkOpen() throws(Problem) {
        if floor.jobs.isDraining {
            throw Problem(.overloaded, "the server is stopping; nothing was stored", retryAfter: 5)
        }
        if floor.stuck.count > 0 {
            throw Problem(
                .storeUnavailable, "an earlier outcome cannot be stored now, so nothing is bought", retryAfter: 5)
        }
        if floor.underWay >= maximumUnderWay {
            throw Problem(.overloaded, "too many orders are on their way; nothing was stored", retryAfter: 2)
        }
    }
}

/// One thing that must be so for orders to be taken.
public struct ReadinessCheck: Sendable, Hashable {
    /// A stable word: `accepting`, `outcomes_stored`, `store_writes`.
    public let name: String
    /// What is wrong; nil when nothing is.
    public let failure: String?
}
