import Foundation
import Purchasing
import Testing

/// Examples cost 120.00.
extension OrderStoreConformance {
    static let budgets = [
        Check("a budget holds what is sent, spends what is sold, and gives back what was not bought") { store in
            try await store.set("500")
            #expect(try await store.figures() == "0.00 0.00 500.00")
            let first = try await store.accepted(.example(), dispatched: true)
            let second = try await store.commit(try await store.accepted(.example()), taking: .dispatched)
            #expect(try await store.figures() == "0.00 240.00 260.00")
            let lost = try await store.commit(first, taking: .lost)
            #expect(try await store.figures() == "0.00 240.00 260.00")
            try await store.commit(second, taking: .notBought)
            #expect(try await store.figures() == "0.00 120.00 380.00")
            let sold = try await store.commit(lost, taking: .bought) { order in
                order.total = .usd(micros: 130_500_001)
                order.totalSource = .vendor
            }
            #expect(try await store.figures() == "130.500001 0.00 369.499999")
            try await store.commit(sold, taking: .goodsReady)
            #expect(try await store.figures() == "130.500001 0.00 369.499999")
        },
        Check("an order for which a budget has no room is not sent, and is told how the budget stands") { store in
            let waiting = try await store.accepted(.example())
            try await store.set("200")
            _ = try await store.accepted(.example(), dispatched: true)
            let budget = try #require(try await store.budget(of: "acme", at: .example))
            let barred = StoreError.barred(.overBudget(budget, price: .usd(micros: 120_000_000)))
            await expectError(barred) { try await store.commit(try .example(waiting, taking: .dispatched)) }
            #expect(try await store.order(waiting.id) == waiting)
            #expect(try await store.events(of: waiting.id).count == 1)
            #expect(try await store.figures() == "0.00 120.00 80.00")
            await expectError(barred) { _ = try await store.accept(try .dispatching(.example())) }
            #expect(try await store.figures() == "0.00 120.00 80.00")
            try await store.set("240")
            try await store.commit(waiting, taking: .dispatched)
            #expect(try await store.figures() == "0.00 240.00 0.00")
        },
        Check("while nothing is free no order is taken, nor a renewal; other clients buy on") { store in
            let mine = try await store.bought()
            try await store.set("0")
            let budget = try #require(try await store.budget(of: "acme", at: .example))
            #expect(budget.free == Millionths(-120_000_000))
            let barred = StoreError.barred(.overBudget(budget, price: nil))
            await expectError(barred) { _ = try await store.accept(.accepting(.example())) }
            let renewal = Action.example(on: mine)
            await expectError(barred) { _ = try await store.accept(action: .asking(for: renewal, of: mine)) }
            _ = try await store.asked(mine, ActionRequest(.rotatePassword))
            _ = try await store.accepted(.example(client: "other"), dispatched: true)
        },
        Check("an order whose price is not known cannot be held, where its client has a budget") { store in
            try await store.set("500")
            let budget = try #require(try await store.budget(of: "acme", at: .example))
            for price in [nil, Money(Millionths(1), currency: "EUR")] {
                let waiting = try await store.accepted(.example())
                let change = try OrderChange.example(waiting, taking: .dispatched) { order in
                    order.attempts = [.example(vendorKey: order.id.text, quotedPrice: price)]
                }
                await expectError(.barred(.unpriced(budget))) { try await store.commit(change) }
                #expect(try await store.order(waiting.id) == waiting)
            }
        },
        Check("a sale at a price that nobody told, or in another currency, keeps its hold") { store in
            try await store.set("500")
            for total in [nil, Money(Millionths(1), currency: "EUR")] {
                let sent = try await store.accepted(.example(), dispatched: true)
                try await store.commit(sent, taking: .boughtReady) { order in
                    order.total = total
                    order.totalSource = total.map { _ in .vendor }
                }
            }
            #expect(try await store.figures() == "0.00 240.00 260.00")
        },
        Check("a budget counts what was spent and is open already, and no more once it is removed") { store in
            let sent = try await store.accepted(.example(), dispatched: true)
            try await store.commit(sent, taking: .boughtReady) { order in
                order.total = .usd(micros: 100_000_000)
                order.totalSource = .vendor
            }
            _ = try await store.accepted(.example(), dispatched: true)
            try await store.commit(try await store.accepted(.example(), dispatched: true), taking: .notBought)
            try await store.set("50")
            #expect(try await store.figures() == "100.00 120.00 -170.00")
            try await store.set("500", .day)
            #expect(try await store.figures() == "100.00 120.00 280.00")
            let removal = BudgetOrder(
                client: "acme", limit: nil, reason: nil, by: "lee", requestID: "req_9", at: .example)
            #expect(try await store.changeBudget(removal) == nil)
            await expectError(.conflict) { try await store.changeBudget(removal) }
            #expect(try await store.budget(of: "acme", at: .example) == nil)
            #expect(try await store.budgets(at: .example).isEmpty)
            let changes = try await store.budgetChanges(of: "acme", limit: 10)
            #expect(changes.map(\.limit) == [nil, .init(500_000_000), .init(50_000_000)])
            #expect(changes.map(\.by) == ["lee", "kim", "kim"] && changes.map(\.number) == [3, 2, 1])
            #expect(try await store.budgetChanges(of: "other", limit: 10).isEmpty)
            _ = try await store.accepted(.example(), dispatched: true)
        },
        Check("an order counts in the period in which it was made, in UTC") { store in
            let day: Int64 = 86_400_000
            let noon = Date.example.milliseconds
            for (period, last) in [(BudgetPeriod.day, noon + 50_399_999), (.month, noon + 3 * day + 50_399_999)] {
                let end = Date(milliseconds: last)
                try await store.set("500", period)
                let before = try #require(try await store.budget(of: "acme", at: end))
                let waiting = try await store.accepted(.example(createdAt: end))
                let sent = try await store.commit(waiting, taking: .dispatched)
                let held = try #require(try await store.budget(of: "acme", at: end))
                #expect(held.held.count == before.held.count + 120_000_000)
                if period == .month {
                    let sooner = try await store.budget(of: "acme", at: Date(milliseconds: noon - 27 * day))
                    #expect(sooner?.held == held.held && sooner?.since == held.since)
                }
                let later = try #require(try await store.budget(of: "acme", at: Date(milliseconds: last + 1)))
                #expect(later.held == .zero && later.spent == .zero)
                #expect(later.since.map { $0 > end } == true && held.resetsAt.map { $0 > end } == true)
                try await store.commit(sent, taking: .notBought)
                #expect(try await store.budget(of: "acme", at: end)?.held == before.held)
            }
        },
        Check("an action that may be charged is held and spent against its order's client's budget") { store in
            let order = try await store.bought()
            try await store.set("350")
            #expect(try await store.figures() == "0.00 120.00 230.00")
            let (asked, pending) = try await store.asked(order)
            let (next, running) = try await store.commit(asked, taking: .dispatched, of: pending)
            #expect(try await store.figures() == "0.00 240.00 110.00")
            let (last, _) = try await store.commit(next, taking: .done, of: running) { action in
                action.total = .usd(micros: 119_000_000)
                action.totalSource = .vendor
            }
            #expect(try await store.figures() == "119.00 120.00 111.00")
            let (again, second) = try await store.asked(try await store.stored(last))
            let budget = try #require(try await store.budget(of: "acme", at: .example))
            let change = try OrderChange.example(again, taking: .dispatched, of: second)
            await expectError(.barred(.overBudget(budget, price: .usd(micros: 120_000_000)))) {
                try await store.commit(change)
            }
            #expect(try await store.action(second.id) == second)
            let unpriced = try OrderChange.example(again, taking: .dispatched, of: second) { $0.quotedPrice = nil }
            await expectError(.barred(.unpriced(budget))) { try await store.commit(unpriced) }
            let free = try OrderChange.example(again, taking: .dispatched, of: second) {
                $0.quotedPrice = Money(.zero)
            }
            try await store.commit(free)
            #expect(try await store.figures() == "119.00 120.00 111.00")
        },
        Check("a hundred dispatches at once take no more than a budget has") { store in
            try await store.set("600")
            let taken = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 { group.addTask { await Self.isTaken(store) } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(taken == 5)
            #expect(try await store.figures() == "0.00 600.00 0.00")
        },
    ]

    private static func isTaken(_ store: any OrderStore) async -> Bool {
        do {
            _ = try await store.accept(try .dispatching(.example()))
            return true
        } catch { return false }
    }
}

extension OrderChange {
    /// The acceptance of an order that is dispatched in the same commit.
    static func dispatching(_ order: Order) throws -> OrderChange {
        var change = OrderChange.accepting(order)
        change.update { order in
            order.vendor = "helodata"
            order.attempts = [.example(vendorKey: order.id.text)]
        }
        try change.take(.dispatched, cause: "example")
        return change
    }
}

extension OrderStore {
    /// Sets the budget of the examples' client.
    fileprivate func set(_ limit: String, _ period: BudgetPeriod = .total) async throws {
        let micros = try #require(Millionths(limit))
        let standing = try await changeBudget(
            BudgetOrder(
                client: "acme", limit: micros, period: period, reason: "a trial", by: "kim",
                requestID: "req_1", at: .example))
        #expect(standing?.limit == micros && standing?.by == "kim" && standing?.changedAt == .example)
    }

    /// What is spent, held and free.
    fileprivate func figures() async throws -> String {
        let budget = try #require(try await budget(of: "acme", at: .example))
        #expect(try await budgets(at: .example) == [budget])
        return [budget.spent, budget.held, budget.free].map { $0.text(places: 2) }.joined(separator: " ")
    }
}
