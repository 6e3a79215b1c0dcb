import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let refunds = [
        Check("a refund stands beside its order, which stays as it was, and comes back as it went in") { store in
            let order = try await store.paid()
            let first = Refund.example(of: order)
            let change = OrderChange.returning(first, of: order)
            guard case .stored = try await store.accept(refund: change) else { throw Unexpected() }
            let second = Refund.example(of: order, number: 2, amount: .usd(micros: 1), vendorReference: nil)
            let next = OrderChange.returning(second, of: change.order)
            guard case .stored = try await store.accept(refund: next) else { throw Unexpected() }
            #expect(try await store.refunds(of: order.id) == [first, second])
            let stored = try await store.order(order.id)
            #expect(stored == next.order && stored?.refunded == .usd(micros: 12_500_001))
            #expect(stored?.status == order.status && stored?.total == order.total)
            #expect(stored?.lastRefund == second.id && stored?.settledAt == order.settledAt)
            let events = try await store.events(of: order.id).suffix(2)
            #expect(events.map(\.type) == [.refundRecorded, .refundRecorded])
            #expect(events.allSatisfy { $0.state == order.status && $0.previous == order.status })
        },
        Check("all refunds come newest first, and a walk meets each once under every filter") { store in
            let listed = try await fillRefunds(store)
            var queries = [RefundQuery()]
            for change: @Sendable (inout RefundQuery) -> Void in [
                { $0.clients = ["acme"] }, { $0.vendors = ["legacy", "nobody"] },
                { $0.createdAfter = .example.addingTimeInterval(2) },
                { $0.createdBefore = .example.addingTimeInterval(3.0001) }, { $0.order = listed[0].refund.orderID },
                { $0.order = listed[1].refund.orderID },
            ] {
                queries += queries.map { query in
                    var query = query
                    change(&query)
                    return query
                }
            }
            for var query in queries {
                let expected = listed.reversed().filter(query.matches)
                query.limit = 2
                var walked: [ListedRefund] = []
                while true {
                    let page = try await store.refunds(query)
                    walked += page.refunds
                    guard page.hasMore, let last = page.refunds.last else { break }
                    query.before = last.refund.id
                }
                #expect(walked == expected, "\(query)")
            }
            var stranger = RefundQuery()
            stranger.before = IdentifierSource.examples.next(.refund)
            #expect(try await store.refunds(stranger).refunds.isEmpty)
        },
        Check("a key of a refund finds it again and writes nothing") { store in
            let order = try await store.paid()
            let refund = Refund.example(of: order, idempotencyKey: "credit")
            let change = OrderChange.returning(refund, of: order)
            _ = try await store.accept(refund: change)
            let again = Refund.example(of: order, number: 2, idempotencyKey: "credit")
            guard case .existing(let earlier) = try await store.accept(refund: .returning(again, of: change.order))
            else {
                throw Unexpected()
            }
            #expect(earlier == refund)
            #expect(try await store.refund(client: "ops", idempotencyKey: "credit") == refund)
            #expect(try await store.refund(client: "other", idempotencyKey: "credit") == nil)
            #expect(try await store.refunds(of: order.id) == [refund])
            #expect(try await store.order(order.id) == change.order)
        },
        Check("a refund on an order that has changed is a conflict and stores nothing") { store in
            let order = try await store.paid()
            let refund = Refund.example(of: order)
            _ = try await store.accept(refund: .returning(refund, of: order))
            await expectError(.conflict) {
                try await store.accept(refund: .returning(.example(of: order, number: 2), of: order))
            }
            #expect(try await store.refunds(of: order.id) == [refund])
        },
        Check("refunds come to at most the total, to the millionth") { store in
            let order = try await store.paid()
            let total = try #require(order.total)
            let more = Money(Millionths(total.amount.count + 1), currency: total.currency)
            await expectRefusal {
                try await store.accept(refund: .returning(.example(of: order, amount: more), of: order))
            }
            let all = OrderChange.returning(.example(of: order, amount: total), of: order)
            _ = try await store.accept(refund: all)
            await expectRefusal {
                try await store.accept(
                    refund: .returning(.example(of: order, number: 2, amount: .usd(micros: 1)), of: all.order))
            }
            #expect(try await store.order(order.id) == all.order)
        },
        Check("nothing comes back of what is not known to be spent, nor in another currency, nor nothing at all") {
            store in
            for steps: [OrderStep] in [[.dispatched], [.dispatched, .lost], [.dispatched, .notBought]] {
                var order = try await store.accepted(.example())
                for step in steps { order = try await store.commit(order, taking: step) }
                let change = OrderChange.returning(.example(of: order), of: order)
                await expectRefusal { try await store.accept(refund: change) }
                #expect(try await store.order(order.id) == order)
            }
            let order = try await store.paid()
            for amount in [Money(Millionths(1), currency: "EUR"), .usd(micros: 0), .usd(micros: -1)] {
                await expectRefusal {
                    try await store.accept(refund: .returning(.example(of: order, amount: amount), of: order))
                }
            }
            await expectRefusal {
                try await store.accept(refund: .returning(.example(of: order, number: 2), of: order))
            }
            #expect(try await store.refunds(of: order.id).isEmpty)
            #expect(try await store.order(order.id) == order)
        },
        Check("a refund belongs to the order of its change, and is no part of another commit") { store in
            let mine = try await store.paid()
            let other = try await store.paid()
            await expectRefusal { try await store.accept(refund: .returning(.example(of: mine), of: other)) }
            await expectRefusal { try await store.commit(.returning(.example(of: mine), of: mine)) }
            await expectRefusal { try await store.accept(refund: .changing(mine, ids: .examples, at: .example)) }
            var change = OrderChange.changing(mine, ids: .examples, at: .example)
            change.note(.evidenceRead, cause: "x")
            change.update { $0.refunded = .usd(micros: 1) }
            let forged = change
            await expectRefusal { try await store.commit(forged) }
            #expect(try await store.order(mine.id) == mine)
        },
        Check("orders, actions and refunds of a client share their keys") { store in
            let order = try await store.paid(.example(client: "ops", idempotencyKey: "order"))
            let (next, _) = try await store.asked(order, key: "action")
            for key in ["order", "action"] {
                await expectRefusal {
                    try await store.accept(refund: .returning(.example(of: next, idempotencyKey: key), of: next))
                }
            }
            let change = OrderChange.returning(.example(of: next, idempotencyKey: "refund"), of: next)
            _ = try await store.accept(refund: change)
            await expectRefusal {
                try await store.accept(.accepting(.example(client: "ops", idempotencyKey: "refund")))
            }
            await expectRefusal {
                try await store.accept(
                    action: .asking(for: .example(on: change.order, idempotencyKey: "refund"), of: change.order))
            }
            _ = try await store.accepted(.example(client: "other", idempotencyKey: "refund"))
        },
        Check("sums tell what came back apart, also when its order moves on") { store in
            var order = try await store.accepted(.example(), dispatched: true)
            order = try await store.commit(order, taking: .bought) { $0.total = .usd(micros: 120_000_000) }
            let change = OrderChange.returning(.example(of: order), of: order)
            _ = try await store.accept(refund: change)
            let other = try await store.paid()
            for groups: [StatisticsQuery.Group] in [
                [], [.status], [.client, .country], [.day, .vendor], [.metadata("x")],
            ] {
                let query = StatisticsQuery(by: groups)
                #expect(try await Set(store.statistics(query)) == Set(query.rows(of: [change.order, other])))
            }
            let ready = try await store.commit(change.order, taking: .goodsReady)
            #expect(ready.refunded == .usd(micros: 12_500_000))
            let query = StatisticsQuery(by: [.status])
            let rows = try await store.statistics(query)
            #expect(Set(rows) == Set(query.rows(of: [ready, other])))
            #expect(rows.map(\.sums.refunded) == [Millionths(12_500_000)])
            #expect(
                rows.map(\.sums.spent.count) == [(ready.total?.amount.count ?? 0) + (other.total?.amount.count ?? 0)])
        },
        Check("of many refunds at once that share a total, only those that fit are stored") { store in
            let order = try await store.paid()
            let amount = Money(Millionths((order.total?.amount.count ?? 0) / 2), currency: "USD")
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { await add(amount, to: order.id, store) } }
            }
            let refunds = try await store.refunds(of: order.id)
            #expect(refunds.count == 2 && refunds.map(\.number) == [1, 2])
            #expect(try await store.order(order.id)?.refunded == order.total)
        },
    ]

    private struct Unexpected: Error {}

    /// Adds a refund to an order as it stands, again while it changes under way.
    private static func add(_ amount: Money, to id: OrderID, _ store: any OrderStore) async {
        while true {
            do throws(StoreError) {
                guard let order = try await store.order(id) else { return }
                let number = try await store.refunds(of: id).count + 1
                _ = try await store.accept(
                    refund: .returning(.example(of: order, number: number, amount: amount), of: order))
                return
            } catch {
                if error != .conflict, !isRace(error) { return }
            }
        }
    }

    /// Whether the number was another's by the time of the commit.
    private static func isRace(_ error: StoreError) -> Bool {
        if case .refused(let reason) = error { return reason.contains("next number") }
        return false
    }
}

extension OrderStore {
    /// An order that was sold at a price that the vendor told.
    fileprivate func paid(_ order: Order = .example()) async throws -> Order {
        let sent = try await accepted(order, dispatched: true)
        return try await commit(sent, taking: .boughtReady) { order in
            order.total = .usd(micros: 120_000_000)
            order.totalSource = .vendor
        }
    }
}

extension OrderStoreConformance {
    /// Stores refunds of orders of two clients at two vendors, two of them in each second; gives them oldest first.
    private static func fillRefunds(_ store: any OrderStore) async throws -> [ListedRefund] {
        var listed: [ListedRefund] = []
        for index in 0..<6 {
            let vendor = ["helodata", "legacy"][index % 2]
            let sent = try await store.accepted(
                .example(client: ["acme", "zenith"][index / 3]), dispatched: true, vendor: vendor)
            var order = try await store.commit(sent, taking: .boughtReady) { order in
                order.total = .usd(micros: 120_000_000)
                order.totalSource = .vendor
            }
            for number in 1...2 {
                let refund = Refund.example(
                    of: order, number: number, amount: .usd(micros: Int64(index + number)),
                    at: .example.addingTimeInterval(Double(index)))
                let change = OrderChange.returning(refund, of: order)
                _ = try await store.accept(refund: change)
                order = change.order
                listed.append(ListedRefund(refund, vendor: vendor, client: order.client))
            }
        }
        return listed
    }
}
