import ExactJSON
import Foundation

/// What becomes of an order that may not be bought now.
extension OrderRun {
    /// Waits while buying is paused, the order still pending; the order that failed when it waited too long.
    ///
    /// It waits as long as in a vendor's queue, counted anew after a restart.
    func waitForBuying(_ order: Order) async throws(Interruption) -> Order? {
        guard let pause = floor.gate.pause else { return nil }
        let changes = floor.board.watch(order.id)
        let end = await floor.gate.wait(within: floor.policy.queueLimit, floor.timepiece) {
            await changes.first { $0.status != .pending } != nil
        }
        switch end {
        case .opened: return nil
        case .changed: throw .overtaken
        case .stopped: throw .draining
        case .timeIsUp:
            let detail = "the order waited \(floor.policy.queueLimit) and nothing was sent, since \(pause.words)"
            return try await fail(order, OrderProblem(code: .buyingPaused, detail: detail), cause: "queue_limit")
        }
    }

    /// Dispatches an order; the order as it is then: being purchased, or what became of it where it may not be.
    ///
    /// Without a ceiling no vendor is asked for a price. Where the client turns out to have a budget that needs one, the
    /// vendor is asked then.
    func dispatchUnlessBarred(
        _ order: Order, _ vendor: Vendor, price: VendorPrice?, baseline: Baseline?
    ) async throws(Interruption) -> Order {
        var price = price
        do throws(Interruption) {
            try await checkBudgetKnows(price, of: order)
            return try await dispatch(order, vendor, price: price, baseline: baseline)
        } catch {
            guard case .barred(let bar) = error else { throw error }
            guard case .unpriced = bar, let asked = try await askedPrice(order, vendor) else {
                return try await standBack(order, vendor, because: bar, at: price)
            }
            price = asked
        }
        do throws(Interruption) {
            try await checkBudgetKnows(price, of: order)
            return try await dispatch(order, vendor, price: price, baseline: baseline)
        } catch {
            guard case .barred(let bar) = error else { throw error }
            return try await standBack(order, vendor, because: bar, at: price)
        }
    }

    /// The least that an order may cost is nothing that a budget could hold.
    private func checkBudgetKnows(_ price: VendorPrice?, of order: Order) async throws(Interruption) {
        guard price?.isLeast == true else { return }
        let budget: BudgetStanding?
        do throws(StoreError) { budget = try await floor.store.budget(of: order.client, at: order.createdAt) } catch {
            // The dispatch would not be stored either, and says so.
            budget = nil
        }
        if let budget { throw .barred(.unpriced(budget)) }
    }

    /// The price that a vendor tells when it is asked; nil where that was done already, or tells none.
    private func askedPrice(_ order: Order, _ vendor: Vendor) async throws(Interruption) -> VendorPrice? {
        guard order.request.maxTotal == nil, !vendor.adapter.traits.asksBeforeBuying,
            vendor.tellsPrice(of: order.request)
        else { return nil }
        let recent = floor.timepiece.now().advanced(by: .zero - RoutingDesk.ceilingAge)
        let pricing = await floor.desk.price(
            order.request, at: vendor, notBefore: max(order.createdAt, recent),
            context: CallContext(orderID: order.id, traceparent: order.traceparent))
        if Task.isCancelled || floor.jobs.isDraining { throw .draining }
        return pricing.price
    }

    /// The order after its dispatch was barred: as it was, to wait, where buying is paused; else the next candidate, which
    /// may cost less, or its end.
    func standBack(
        _ order: Order, _ vendor: Vendor, because bar: SpendingBar, at price: VendorPrice?
    ) async throws(Interruption) -> Order {
        switch bar {
        case .paused(let change):
            floor.gate.learn(change)
            return order
        case .unpriced: return try await ruleOut(order, vendor, bar.problem, price: price)
        case .overBudget(let budget, let amount):
            var asked = amount.map { [(vendor: vendor.name, price: $0)] } ?? []
            // Whoever is refused wants to know what would have been enough.
            if !hasAnotherCandidate(order) { asked += order.dearer(than: budget.free, besides: vendor.name) }
            let words = asked.sorted { $0.price.amount.count < $1.price.amount.count }.enumerated().map {
                index, asked in
                "\(asked.vendor) \(index == 0 ? "asks " : "")\(asked.price.text) \(asked.price.currency)"
            }
            let problem = bar.problem(asking: words.isEmpty ? nil : words.joined(separator: ", "))
            return try await ruleOut(order, vendor, problem, price: price)
        }
    }

    /// The failed order where a call would begin a purchase anew, all earlier ones being proved to have bought nothing, and
    /// buying is paused by now; nil where it may go.
    func haltWhilePaused(_ order: Order, tries: Int) async throws(Interruption) -> Order? {
        guard order.status == .purchasing, let pause = floor.gate.pause else { return nil }
        let problem = OrderProblem(code: .buyingPaused, detail: pause.words + "; nothing was bought")
        return try await fail(order, problem, cause: "buying_paused", outcome: .notSent, tries: tries)
    }
}

extension Order {
    /// What vendors that had their turn ask, where that is more than an amount in US dollars, and within the ceiling.
    fileprivate func dearer(than free: Millionths, besides vendor: String) -> [(vendor: String, price: Money)] {
        self.routing.candidates.compactMap { candidate in
            guard candidate.vendor != vendor, candidate.ruledOut != nil, let price = candidate.price,
                price.currency == "USD", price.amount.count > free.count,
                self.request.maxTotal.map({ price.exceeds($0) == false }) ?? true
            else { return nil }
            return (candidate.vendor, price)
        }
    }
}
