import ExactJSON
import Foundation
import Logging
import OrderedCollections
import Synchronization

/// Follows sold orders until their goods are ready, many with one reading.
final class OrderTracker: Sendable {
    /// A sale that is being followed.
    private struct Followed {
        let orderID: OrderID
        let soldAt: Date
        var readings = 0
        /// When it is looked for next, by the clock that nobody can set.
        var dueAt: Duration
        /// When it began to be followed, by the clock that nobody can set.
        let since: Duration
        /// What the timeline tells of its goods already; nil until it was read.
        var told: Set<GoodsFinding>?
        /// The one candidate that the last reading found for goods that nobody named.
        var likely: String?
        /// What is still to be found in the vendor's list; nil where the answer to the order named it.
        var missing: GoodsMatching.Expectation?
    }

    private struct State {
        var followed: [String: [OrderID: Followed]] = [:]
        var wakers: [String: AsyncStream<Void>.Continuation] = [:]
    }

    private let state = Mutex(State())
    private let intervals: [String: Duration]
    /// What vendors whose goods are batches list as such.
    private let batchShapes: [String: Set<ProductShape>]
    private let timepiece: Timepiece

    init(vendors: [Vendor], timepiece: Timepiece) {
        intervals = Dictionary(uniqueKeysWithValues: vendors.map { ($0.name, $0.policy.followInterval) })
        let batchVendors = vendors.filter(\.adapter.traits.goodsAreBatches)
        batchShapes = Dictionary(uniqueKeysWithValues: batchVendors.map { ($0.name, $0.adapter.traits.listsGoodsOf) })
        self.timepiece = timepiece
    }

    /// Follows an order that was sold; one that is followed already is looked for at once.
    func follow(_ order: Order) {
        guard let vendor = order.vendor, let interval = intervals[vendor] else { return }
        let soldAt = order.currentAttempt?.endedAt ?? order.updatedAt
        let age = Duration.seconds(max(0, timepiece.now().timeIntervalSince(soldAt)))
        let first = timepiece.elapsed() + max(.zero, interval / 6 - age)
        let missing = lacksBatch(order) ? GoodsMatching.Expectation(order) : nil
        state.withLock { state in
            state.followed[vendor, default: [:]][order.id] = Followed(
                orderID: order.id, soldAt: soldAt, dueAt: first, since: timepiece.elapsed(), missing: missing)
            state.wakers[vendor]?.yield()
        }
    }

    /// Whether an order is a batch at its vendor, and nobody said which.
    private func lacksBatch(_ order: Order) -> Bool {
        order.batchID == nil && order.vendor.flatMap { batchShapes[$0] }?.contains(order.request.shape) == true
    }

    /// The sales at a vendor of batches whose own is not known yet.
    func missingBatches(at vendor: String) -> [GoodsMatching.Expectation] {
        state.withLock { $0.followed[vendor]?.values.compactMap(\.missing) ?? [] }
    }

    /// How many sales are followed.
    var count: Int { state.withLock { $0.followed.values.reduce(0) { $0 + $1.count } } }

    // MARK: One vendor's loop

    /// Follows a vendor's sales until the task is cancelled or the server drains.
    func run(_ vendor: Vendor, on floor: BuyingFloor) async {
        while !Task.isCancelled, !floor.jobs.isDraining {
            let due = dueNow(at: vendor.name)
            guard due.isEmpty else {
                await read(due, vendor, on: floor)
                continue
            }
            await waitForNext(at: vendor.name, on: floor)
        }
    }

    /// What wakes a vendor's loop from here on. Each wait has a stream of its own, since one whose reader was cancelled is
    /// over for good.
    private func register(_ vendor: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.wakers[vendor] = continuation }
        return stream
    }

    /// The sales to look for now: those that are due, and those that are due within a moment, so that they share a reading.
    private func dueNow(at vendor: String) -> [OrderID] {
        let now = timepiece.elapsed()
        let interval = intervals[vendor] ?? .seconds(30)
        return state.withLock { state in
            let all = state.followed[vendor]?.values ?? [:].values
            guard all.contains(where: { $0.dueAt <= now }) else { return [] }
            return all.filter { $0.dueAt <= now + interval / 10 }.map(\.orderID)
        }
    }

    private func waitForNext(at vendor: String, on floor: BuyingFloor) async {
        let wakes = register(vendor)
        let next = state.withLock { state in state.followed[vendor]?.values.map(\.dueAt).min() }
        let pause = next.map { max(.milliseconds(1), $0 - timepiece.elapsed()) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in wakes { return } }
            group.addTask { await floor.timepiece.pause(pause ?? .seconds(3600)) }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: Readings

    private func read(_ ids: [OrderID], _ vendor: Vendor, on floor: BuyingFloor) async {
        var orders: [Order] = []
        for id in ids {
            do throws(StoreError) {
                if let order = try await floor.store.order(id), order.status == .provisioning {
                    orders.append(order)
                } else {
                    forget(id, at: vendor.name)
                }
            } catch {
                floor.logger.warning(
                    "a followed order could not be read", metadata: ["order_id": "\(id)", "reason": "\(error)"])
            }
        }
        reschedule(ids, at: vendor.name)
        let isNamed = { (order: Order) in
            !self.lacksBatch(order) && !order.seeksGoods && (order.batchID != nil || order.vendorOrderID != nil)
        }
        let named = orders.filter(isNamed)
        if !named.isEmpty {
            let states = await vendor.adapter.follow(named.map(Sale.init))
            for order in named {
                // A sale that could not be read may be overdue all the same.
                let state = states[order.id] ?? GoodsState(count: nil, isReady: false)
                await apply(state, goods: nil, to: order, on: floor)
            }
        }
        let unnamed = orders.filter { !isNamed($0) }
        if !unnamed.isEmpty { await match(unnamed, vendor, on: floor) }
    }

    /// Finds the goods of sales whose answer told no id that the list shows, and of what a person said was bought.
    private func match(_ orders: [Order], _ vendor: Vendor, on floor: BuyingFloor) async {
        do {
            let listed = try await vendor.adapter.goods()
            let sold = orders.filter { !$0.seeksGoods }
            if !sold.isEmpty { try await match(sold, among: listed, vendor, on: floor) }
            for order in orders where order.seeksGoods {
                try await search(for: order, among: listed, vendor, on: floor)
            }
        } catch {
            floor.logger.warning(
                "goods could not be read", metadata: ["vendor": "\(vendor.name)", "reason": "\(error)"])
        }
    }

    private func match(_ orders: [Order], among listed: [Goods], _ vendor: Vendor, on floor: BuyingFloor)
        async throws(StoreError)
    {
        let areBatches = vendor.adapter.traits.goodsAreBatches
        // A batch of an unknown age that names no order may have been there before.
        let listed = listed.filter { !areBatches || $0.startsAt != nil || $0.orderNumber != nil }
        let claimed = try await floor.store.claimed(listed.map(\.id), vendor: vendor.name)
        let expectations =
            try await floor.store.awaitingGoods(vendor: vendor.name)
            .filter { $0.status == .provisioning && !$0.seeksGoods }.compactMap(GoodsMatching.Expectation.init)
            + missingBatches(at: vendor.name).filter { !$0.isSought }
        let assigned = GoodsMatching.assign(listed.filter { !claimed.contains($0.id) }, to: expectations)
        for order in orders { await settle(order, assigned[order.id], finding: nil, vendor, on: floor) }
    }

    /// Looks for the goods of an order that a person said was bought.
    private func search(for order: Order, among listed: [Goods], _ vendor: Vendor, on floor: BuyingFloor)
        async throws(StoreError)
    {
        guard let attempt = order.currentAttempt,
            let followed = state.withLock({ $0.followed[vendor.name]?[order.id] })
        else { return }
        // Before the owners: a sale that is stored in between is seen in the one or the other.
        let others = try await floor.expectations(at: vendor, besides: order)
        let ids = listed.map(\.id) + listed.compactMap(\.orderNumber) + [order.vendorOrderID].compactMap(\.self)
        let areBatches = vendor.adapter.traits.goodsAreBatches
        let owners = try await floor.store.owners(of: ids, vendor: vendor.name, areNumbers: areBatches)
        let search = GoodsSearch(
            order: order, evidence: floor.evidenceCase(of: order, attempt, vendor), areBatches: areBatches,
            listed: listed, owners: owners, others: others,
            isOver: timepiece.elapsed() - followed.since >= floor.settleTime(of: order, vendor))
        let result = search.result(after: followed.likely)
        var (goods, finding, likely) = (Goods?.none, GoodsFinding?.none, String?.none)
        switch result {
        case .found(let found): goods = found
        case .likely(let id): likely = id
        case .open(let told): finding = told
        }
        state.withLock { [likely] in $0.followed[vendor.name]?[order.id]?.likely = likely }
        await settle(order, goods, finding: finding, vendor, on: floor)
    }

    private func settle(
        _ order: Order, _ goods: Goods?, finding: GoodsFinding?, _ vendor: Vendor, on floor: BuyingFloor
    ) async {
        guard let goods else {
            return await apply(
                GoodsState(count: nil, isReady: false), goods: nil, finding: finding, to: order, on: floor)
        }
        // The IPs of a batch are counted by its id, with the next reading.
        let isReady =
            !vendor.adapter.traits.goodsAreBatches && goods.isReady && goods.quantity == order.request.quantity
        let state = GoodsState(
            count: goods.quantity, isReady: isReady, expiresAt: goods.endsAt, details: goods.details)
        await apply(state, goods: goods, to: order, on: floor)
    }

    private func apply(
        _ state: GoodsState, goods: Goods?, finding: GoodsFinding? = nil, to order: Order, on floor: BuyingFloor
    ) async {
        let findings = await newFindings(in: state, finding, of: order, on: floor)
        guard state.isReady || !findings.isEmpty || goods != nil else { return }
        var change = floor.change(order)
        let traits = floor.vendor(order.vendor)?.adapter.traits
        if let goods { change.bind(goods, areBatches: traits?.goodsAreBatches == true) }
        change.update { order in
            order.expiresAt = state.expiresAt ?? order.expiresAt
            if order.vendorDetails?.object?.isEmpty ?? true { order.vendorDetails = state.details }
        }
        for finding in findings {
            change.note(
                .evidenceRead, cause: finding.cause, actor: .init(.vendor, order.vendor ?? ""),
                data: .object(
                    [("count", state.count.map(JSON.int)), ("ordered", order.request.quantity.map(JSON.int))]
                        + finding.facts))
        }
        do {
            if state.isReady {
                try change.take(.goodsReady, cause: "goods_ready", actor: .init(.vendor, order.vendor ?? ""))
            }
            let committed = try await floor.commit(change)
            floor.atStep(.followed)
            noteCommitted(findings, foundGoods: goods != nil, of: order)
            for finding in findings {
                floor.logger(for: order).warning(
                    "goods are not as they were expected",
                    metadata: ["finding": "\(finding.cause)", "state": "\(finding.state ?? finding.detail ?? "")"])
            }
            if order.seeksGoods, committed.mayBeDouble, let vendor = floor.vendor(order.vendor) {
                await OrderRun(committed, on: floor).lookForDouble(of: committed, at: vendor)
            }
            if committed.status.isSettled, let vendor = order.vendor {
                forget(order.id, at: vendor)
                floor.logger(for: order).info("order completed")
            }
        } catch {
            // It may stand on the timeline all the same.
            self.state.withLock { $0.followed[order.vendor ?? ""]?[order.id]?.told = nil }
            floor.logger(for: order).warning("a reading could not be stored", metadata: ["reason": "\(error)"])
        }
    }

    private func noteCommitted(_ findings: [GoodsFinding], foundGoods: Bool, of order: Order) {
        guard let vendor = order.vendor else { return }
        state.withLock { state in
            state.followed[vendor]?[order.id]?.told?.formUnion(findings)
            if foundGoods { state.followed[vendor]?[order.id]?.missing = nil }
        }
    }

    // MARK: Findings

    /// What a reading finds that the order's timeline does not tell yet. It is the timeline that is asked, so that a restart
    /// tells nothing again; one that cannot be read now is asked with the next reading.
    private func newFindings(
        in reading: GoodsState, _ finding: GoodsFinding?, of order: Order, on floor: BuyingFloor
    ) async -> [GoodsFinding] {
        guard let vendor = order.vendor else { return [] }
        let (followed, now) = (state.withLock { $0.followed[vendor]?[order.id] }, timepiece.now())
        guard let followed else { return [] }
        var findings = reading.flags.map { GoodsFinding($0) } + [finding].compactMap(\.self)
        if let word = reading.undocumentedState { findings.append(GoodsFinding("undocumented_state", state: word)) }
        if !reading.isReady, now.timeIntervalSince(followed.soldAt) > 86_400 {
            findings.append(GoodsFinding("overdue"))
        }
        guard !findings.isEmpty else { return [] }
        if let told = followed.told { return findings.filter { !told.contains($0) } }
        do throws(StoreError) {
            let told = Set(try await floor.store.events(of: order.id).compactMap { GoodsFinding($0) })
            state.withLock { $0.followed[vendor]?[order.id]?.told = told }
            return findings.filter { !told.contains($0) }
        } catch {
            floor.logger(for: order).warning("a timeline could not be read", metadata: ["reason": "\(error)"])
            return []
        }
    }

    // MARK: Schedule

    /// After 1/6, 1/3, 2/3 of the interval, then at the interval for ten minutes, then slower, to ten times the interval.
    private func reschedule(_ ids: [OrderID], at vendor: String) {
        let (now, elapsed) = (timepiece.now(), timepiece.elapsed())
        let interval = intervals[vendor] ?? .seconds(30)
        state.withLock { state in
            for id in ids {
                guard var followed = state.followed[vendor]?[id] else { continue }
                followed.readings += 1
                let age = now.timeIntervalSince(followed.soldAt)
                let pause: Duration =
                    switch followed.readings {
                    case 1: interval / 6
                    case 2: interval / 3
                    default: age < 600 ? interval : interval * min(10, age / 600)
                    }
                followed.dueAt = elapsed + pause
                state.followed[vendor]?[id] = followed
            }
        }
    }

    private func forget(_ id: OrderID, at vendor: String) {
        state.withLock { _ = $0.followed[vendor]?.removeValue(forKey: id) }
    }
}

extension OrderChange {
    /// Gives goods in the vendor's list to a sale, and notes it where they had to be looked for.
    fileprivate mutating func bind(_ goods: Goods, areBatches: Bool) {
        if order.seeksGoods {
            note(
                .evidenceRead, cause: "goods_found", actor: .init(.vendor, order.vendor ?? ""),
                data: .object([
                    ("goods", .string(goods.id)), ("vendor_order_id", order.vendorOrderID.map(JSON.string)),
                    ("count", goods.quantity.map(JSON.int)),
                ]))
        }
        update { order in
            if areBatches {
                order.batchID = goods.id
                // A person may have told the batch's id for the order's, or none.
                if order.seeksGoods, order.vendorOrderID == nil || order.vendorOrderID == goods.id {
                    order.vendorOrderID = goods.orderNumber
                }
            } else {
                order.vendorOrderID = goods.id
            }
            order.endSearch()
        }
    }
}

extension Sale {
    init(_ order: Order) {
        self.init(
            orderID: order.id, request: order.request, vendorOrderID: order.vendorOrderID, batchID: order.batchID,
            autoRenewal: order.autoRenewal)
    }
}
