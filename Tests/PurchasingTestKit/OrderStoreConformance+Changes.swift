import ExactJSON
import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let changes = [
        Check("a whole life comes back as it was lived") { store in
            let pending = try await store.accepted(.example())
            let sold = try await store.commit(pending, taking: .dispatched, .bought) { order in
                order.vendorOrderID = "ord_1"
                order.batchID = "bat_1"
                order.total = .usd(micros: 120_000_001)
                order.totalSource = .vendor
                order.vendorDetails = ["id": "ord_1", "total": .number(JSONNumber(120))]
                order.attempts[0].outcome = .bought
                order.attempts[0].endedAt = .example
                order.attempts[0].tries = 1
            }
            #expect(try await store.order(pending.id) == sold)
            let done = try await store.commit(sold, taking: .goodsReady) { $0.expiresAt = Date(milliseconds: 1) }
            #expect(try await store.order(pending.id) == done)
            let events = try await store.events(of: pending.id)
            #expect(events.map(\.number) == [1, 2, 3, 4])
            #expect(events.map(\.state) == [.pending, .purchasing, .provisioning, .completed])
            #expect(events.map(\.previous) == [nil, .pending, .purchasing, .provisioning])
        },
        Check("an unknown outcome comes back with everything that was found") { store in
            let pending = try await store.accepted(.example())
            let unknown = try await store.commit(pending, taking: .dispatched, .lost) { order in
                order.unknown?.needsReview = true
                order.unknown?.findings = ["two batches fit", "the balance fell by 1.00"]
                order.attempts[0].isTainted = true
            }
            #expect(try await store.order(pending.id) == unknown)
        },
        Check("after a proof the next vendor is tried, and both attempts are kept") { store in
            let pending = try await store.accepted(.example())
            let next = try await store.commit(pending, taking: .dispatched, .nextVendor) { order in
                order.attempts[0].outcome = .notSent
                order.attempts[0].reason = "connection_refused"
                order.routing.candidates[0].ruledOut = "connection_refused"
            }
            let second = try await store.commit(next, taking: .dispatched, vendor: "legacy")
            #expect(second.attempts.map(\.vendor) == ["helodata", "legacy"])
            #expect(try await store.order(pending.id) == second)
        },
        Check("a note is stored without a change of state, also on a settled order") { store in
            let pending = try await store.accepted(.example())
            let settled = try await store.commit(pending, taking: .withdrawn)
            var change = OrderChange.changing(settled, ids: .examples, at: .example)
            change.note(.evidenceRead, cause: "late_goods", data: ["goods": ["bat_9"]])
            try await store.commit(change)
            #expect(try await store.order(pending.id) == change.order)
            #expect(try await store.events(of: pending.id).last == change.events.last)
        },
        Check("of many changes of one version, one is made") { store in
            let order = try await store.accepted(.example())
            let wins = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        do {
                            try await store.commit(try OrderChange.example(order, taking: .withdrawn))
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 1)
            #expect(try await store.events(of: order.id).count == 2)
            #expect(try await store.order(order.id)?.version == 2)
        },
        Check("a change of an older version is a conflict and changes nothing") { store in
            let order = try await store.accepted(.example())
            let stale = try OrderChange.example(order, taking: .withdrawn)
            let newer = try await store.commit(order, taking: .dispatched)
            await expectError(.conflict) { try await store.commit(stale) }
            #expect(try await store.order(order.id) == newer)
            #expect(try await store.events(of: order.id).count == 2)
        },
        Check("a change of an order that is not there is a conflict") { store in
            let order = Order.example().accepted
            let change = try OrderChange.example(order, taking: .withdrawn)
            await expectError(.conflict) { try await store.commit(change) }
            #expect(try await store.order(order.id) == nil)
            #expect(try await store.events(of: order.id).isEmpty)
        },
        Check("a canceled task's change is made all the same") { store in
            let order = try await store.accepted(.example())
            let change = try OrderChange.example(order, taking: .dispatched)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await store.commit(change)
            }
            try await task.value
            #expect(try await store.order(order.id) == change.order)
        },
        Check("it can write") { store in try await store.probe() },
    ]
}
