import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Everything that the buying of orders shares.
final class BuyingFloor: Sendable {
    let store: any OrderStore
    /// In the order in which `auto` tries them.
    let vendors: [Vendor]
    let policy: OrderPolicy
    let board = Board<Order>()
    let actionBoard = Board<Action>()
    let actionLanes = ActionLanes()
    let ids: IdentifierSource
    let timepiece: Timepiece
    /// A time that is known to have passed, whatever the clock says.
    let wallHighWater: Date
    /// A number from 0 to 1 that spreads pauses.
    let jitter: @Sendable () -> Double
    let logger: Logger
    /// Called at each named step of a purchase: where tests end the process.
    let atStep: @Sendable (PurchaseStep) -> Void
    let jobs = Jobs()
    let places: ClientPlaces
    let gate = BuyingGate()
    let stuck = Counter()
    let hands = OrderHands()
    let tracker: OrderTracker
    let desk: RoutingDesk

    init(
        store: any OrderStore, vendors: [Vendor], policy: OrderPolicy, ids: IdentifierSource, timepiece: Timepiece,
        wallHighWater: Date, jitter: @escaping @Sendable () -> Double, logger: Logger,
        atStep: @escaping @Sendable (PurchaseStep) -> Void, cache: VendorCache, places: ClientPlaces
    ) {
        self.store = store
        self.vendors = vendors
        self.policy = policy
        self.ids = ids
        self.timepiece = timepiece
        self.wallHighWater = wallHighWater
        self.jitter = jitter
        self.logger = logger
        self.atStep = atStep
        self.places = places
        tracker = OrderTracker(vendors: vendors, timepiece: timepiece)
        desk = RoutingDesk(vendors: vendors, rules: policy.routing, cache: cache, timepiece: timepiece)
    }

    func vendor(_ name: String?) -> Vendor? { vendors.first { $0.name == name } }

    /// Follows a sale until its goods are ready.
    func follow(_ order: Order) { tracker.follow(order) }

    /// How many orders and actions are on their way, those that wait for a vendor's room too.
    var underWay: Int { jobs.count + vendors.reduce(0) { $0 + $1.lane.waitingOrders } }

    /// Carries an order that has taken its client's place, and gives that back when it is done. While the order waits for
    /// room at its vendor it is in that lane's queue, and in no job.
    func carry(_ order: Order, _ entry: OrderRun.Entry) {
        jobs.add { [self] in
            guard let (waiting, vendor) = await OrderRun(order, on: self).run(order, entry: entry) else {
                return places.giveBack(order.client)
            }
            vendor.lane.queue(waiting.id, since: timepiece.elapsed()) { [self] entrance in
                switch entrance {
                case .entered: carry(waiting, .entered)
                case .timeIsUp: carry(waiting, .waitedTooLong)
                case .withdrawn: carry(waiting, .withdrawn)
                case .stopped: places.giveBack(waiting.client)
                }
            }
        }
    }

    /// Takes no more jobs, and sends away who waits for a vendor.
    func drain() {
        jobs.drain()
        for vendor in vendors { vendor.lane.close() }
    }

    /// Commits a change and tells those who wait.
    func commit(_ change: OrderChange) async throws(StoreError) -> Order {
        try await store.commit(change)
        noteSale(in: change)
        if change.order.status != .pending { for vendor in vendors { vendor.lane.dismiss(change.order.id) } }
        board.publish(change.order, of: change.order.id)
        if let action = change.action { actionBoard.publish(action, of: action.id) }
        return change.order
    }

    /// What was, or may have been, bought changes what there is to buy, and a sale tells a price.
    private func noteSale(in change: OrderChange) {
        let order = change.order
        guard change.tellsOfSale else { return }
        desk.cache.forget(touchedBy: order)
        guard let vendor = vendor(order.vendor) else { return }
        vendor.lastPrices.learn(from: order, vendor.adapter)
        // What is known of an account that owes money has to outlive a restart.
        if vendor.health.current.overdraft != nil { noteInsufficientBalance(at: vendor) }
    }

    /// Whether a price that was read just before an instant may have changed by now.
    func isOld(_ instant: Date?) -> Bool {
        guard let instant else { return false }
        let now = timepiece.now()
        return now < instant || now >= instant.advanced(by: RoutingDesk.quoteAge)
    }

    /// Starts a change of an order, at this moment.
    func change(_ order: Order, requestID: String? = nil) -> OrderChange {
        .changing(order, ids: ids, at: timepiece.now(), requestID: requestID)
    }

    func logger(for action: Action) -> Logger {
        var logger = logger
        logger[metadataKey: "order_id"] = "\(action.orderID)"
        logger[metadataKey: "action_id"] = "\(action.id)"
        logger[metadataKey: "request_id"] = "\(action.requestID)"
        return logger
    }

    func logger(for order: Order) -> Logger {
        var logger = logger
        logger[metadataKey: "order_id"] = "\(order.id)"
        logger[metadataKey: "request_id"] = "\(order.requestID)"
        return logger
    }
}

/// Counts what is under way.
final class Counter: Sendable {
    private let state = Mutex(0)
    var count: Int { state.withLock { $0 } }
    func add() { state.withLock { $0 += 1 } }
    func remove() { state.withLock { $0 -= 1 } }
}

/// The orders that a purchase call, or a person who decides, has in hand: an order is in one hand at a time, so that
/// nothing is sent for an order that is being decided, and nothing decided while a call is on its way.
final class OrderHands: Sendable {
    private let held = Mutex<[OrderID: Order]>([:])

    /// Takes an order in hand; false when another hand has it.
    func take(_ order: Order) -> Bool {
        held.withLock { held in
            guard held[order.id] == nil else { return false }
            held[order.id] = order
            return true
        }
    }

    func release(_ id: OrderID) { held.withLock { held in held[id] = nil } }

    /// The orders in hand at a vendor.
    func orders(at vendor: String) -> [Order] { held.withLock { $0.values.filter { $0.vendor == vendor } } }
}

/// Work that belongs to the service, not to the call that asked for it.
final class Jobs: Sendable {
    private struct State {
        var count = 0
        var isDraining = false
    }

    let stream: AsyncStream<@Sendable () async -> Void>
    private let continuation: AsyncStream<@Sendable () async -> Void>.Continuation
    private let state = Mutex(State())

    init() { (stream, continuation) = AsyncStream.makeStream() }

    /// Whether the service is stopping.
    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// How many jobs are under way or wait for their start.
    var count: Int { state.withLock { $0.count } }

    /// Adds a job; one that comes after the drain began is left out, and its order is carried on at the next start.
    func add(_ job: @escaping @Sendable () async -> Void) {
        state.withLock { $0.count += 1 }
        continuation.yield {
            await job()
            self.state.withLock { $0.count -= 1 }
        }
    }

    /// Takes no more jobs; those under way go on to their next pause.
    func drain() {
        state.withLock { $0.isDraining = true }
        continuation.finish()
    }
}

/// The named steps between which a process may die.
public enum PurchaseStep: String, Sendable, CaseIterable {
    case accepted, prepared, dispatched, called, recorded, sampled, followed
    /// A webhook's receiver has answered, and that is not stored yet.
    case told
}

extension Timepiece {
    /// Waits; ends early, and says false, when the task is cancelled or the server drains.
    @discardableResult
    func pause(_ duration: Duration) async -> Bool {
        do {
            try await cancelWhenGracefulShutdown { try await sleep(duration) }
            return !Task.isCancelled
        } catch {
            return false
        }
    }
}

extension Timepiece {
    /// Waits, also while the server drains: for work that must come to its end.
    /// - Returns: false when the waiting task was cancelled.
    @discardableResult func pauseThroughDrain(_ duration: Duration) async -> Bool {
        do { try await sleep(duration) } catch { await Task.yield() }
        return !Task.isCancelled
    }
}

/// Runs work to its end whatever becomes of the task that waits for it; nil when that task is cancelled before.
///
/// A vendor call and the commit of its outcome are one such work: a server that is told to stop leaves them running for as
/// long as the process lives.
func shielded<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value? {
    let (stream, continuation) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: .bufferingNewest(1))
    Task {
        continuation.yield(await work())
        continuation.finish()
    }
    for await value in stream { return value }
    return nil
}
