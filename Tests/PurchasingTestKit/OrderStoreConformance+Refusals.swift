import ExactJSON
import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let refusals = [
        Check("a vendor's order number belongs to one order") { store in
            try await expectClaim(store) { $0.vendorOrderNumber = "N-1" }
        },
        Check("a vendor's order id belongs to one order") { store in
            try await expectClaim(store) { $0.vendorOrderID = "ord_1" }
        },
        Check("a batch belongs to one order") { store in
            try await expectClaim(store) { $0.batchID = "bat_1" }
        },
        Check("what a person claims for an order is no other order's, as its id, its batch or its number") { store in
            let owner = try await store.accepted(.example(), dispatched: true)
            try await store.commit(owner, taking: .boughtReady) { order in
                order.vendorOrderNumber = "N-1"
                order.vendorOrderID = "ord_1"
                order.batchID = "bat_1"
            }
            let ids = ["ord_1", "bat_1", "N-1", "mine"]
            let owners = try await store.owners(of: ids, vendor: "helodata", areNumbers: true)
            #expect(owners == ["ord_1": [owner.id], "bat_1": [owner.id], "N-1": [owner.id]])
            let withoutNumbers = try await store.owners(of: ids, vendor: "helodata", areNumbers: false)
            #expect(withoutNumbers == ["ord_1": [owner.id], "bat_1": [owner.id]])
            #expect(try await store.owners(of: ids, vendor: "legacy", areNumbers: true).isEmpty)
            for (id, isNumber, isTaken) in [
                ("ord_1", false, true), ("bat_1", false, true), ("N-1", true, true), ("N-1", false, false),
            ] {
                let order = try await store.accepted(.example(), dispatched: true)
                var change = try OrderChange.example(order, taking: .bought)
                change.claim(ClaimedID(id: id, isNumber: isNumber))
                if isTaken {
                    await expectError(.claimed) { [change] in try await store.commit(change) }
                    #expect(try await store.order(order.id) == order)
                } else {
                    try await store.commit(change)
                    #expect(try await store.order(order.id)?.vendorOrderID == id)
                }
                // What is the order's own already may be claimed again.
                guard !isTaken, let stored = try await store.order(order.id) else { continue }
                var again = OrderChange.changing(stored, ids: .examples, at: .example)
                again.claim(ClaimedID(id: id, isNumber: isNumber))
                try await store.commit(again)
            }
        },
        Check("vendors number their orders each on their own") { store in
            for vendor in ["helodata", "legacy"] {
                let order = try await store.accepted(.example())
                let sold = try await store.commit(order, taking: .dispatched, .boughtReady, vendor: vendor) { order in
                    order.vendorOrderNumber = "1"
                    order.vendorOrderID = "1"
                    order.batchID = "1"
                }
                #expect(try await store.order(order.id) == sold)
            }
        },
        Check("a settled order never changes its state or its money") { store in
            for update in forbiddenWhenSettled {
                let order = try await store.accepted(.example())
                let settled = try await store.commit(order, taking: .dispatched, .boughtReady) { order in
                    order.vendorOrderID = order.id.text
                    order.total = .usd(micros: 1)
                    order.totalSource = .vendor
                }
                var change = OrderChange.changing(settled, ids: .examples, at: .example)
                change.update(update)
                await expectRefusal { try await store.commit(change) }
                #expect(try await store.order(order.id) == settled)
            }
        },
        Check("a settled order takes no step, whatever the code above believes") { store in
            let order = try await store.accepted(.example())
            let settled = try await store.commit(order, taking: .dispatched, .notBought)
            let believed = Order(
                restoring: settled, status: .purchasing, version: settled.version, eventCount: settled.eventCount,
                updatedAt: settled.updatedAt, settledAt: nil)
            await expectRefusal { try await store.commit(try OrderChange.example(believed, taking: .boughtReady)) }
            #expect(try await store.order(order.id) == settled)
            #expect(try await store.events(of: order.id).count == 3)
        },
        Check("what may still be learned of a settled order is stored") { store in
            let order = try await store.accepted(.example())
            let settled = try await store.commit(order, taking: .dispatched, .boughtReady)
            var change = OrderChange.changing(settled, ids: .examples, at: .example)
            change.update { order in
                order.expiresAt = Date(milliseconds: 1_800_000_000_000)
                order.vendorDetails = ["renewed": true]
                order.flags = ["substituted"]
            }
            try await store.commit(change)
            #expect(try await store.order(order.id) == change.order)
        },
        Check("nothing is purchased without an attempt that says so") { store in
            let order = try await store.accepted(.example())
            let change = try OrderChange.example(order, taking: .dispatched) { $0.attempts = [] }
            await expectRefusal { try await store.commit(change) }
            #expect(try await store.order(order.id) == order)
            #expect(try await store.events(of: order.id).count == 1)
        },
        Check("every try of an attempt sends the same") { store in
            let order = try await store.accepted(.example(), dispatched: true)
            for intent in [
                Attempt.example(vendorKey: order.id.text, body: [1]), .example(vendorKey: "another"),
                .example(vendorKey: order.id.text, quotedPrice: .usd(micros: 1)),
                .example(vendorKey: order.id.text, baseline: Baseline(balance: nil, goods: [])),
            ] {
                var change = OrderChange.changing(order, ids: .examples, at: .example)
                change.update { $0.attempts = [intent] }
                await expectRefusal { try await store.commit(change) }
            }
            #expect(try await store.order(order.id) == order)
        },
        Check("a doubt is not forgotten") { store in
            let order = try await store.accepted(.example(), dispatched: true)
            let doubtful = try await store.commit(order, taking: .lost) { order in
                order.attempts[0].isTainted = true
                order.attempts[0].tries = 2
            }
            var clean = OrderChange.changing(doubtful, ids: .examples, at: .example)
            clean.update { $0.attempts[0].isTainted = false }
            var fewer = OrderChange.changing(doubtful, ids: .examples, at: .example)
            fewer.update { $0.attempts[0].tries = 1 }
            await expectRefusal { try await store.commit(clean) }
            await expectRefusal { try await store.commit(fewer) }
            #expect(try await store.order(order.id) == doubtful)
        },
        Check("an order has one attempt at a vendor") { store in
            let order = try await store.accepted(.example(), dispatched: true)
            var change = OrderChange.changing(order, ids: .examples, at: .example)
            change.update { $0.attempts.append(.example(number: 2, vendorKey: "another")) }
            await expectRefusal { try await store.commit(change) }
            #expect(try await store.order(order.id) == order)
        },
        Check("a vendor key belongs to one order") { store in
            let first = try await store.accepted(.example(), dispatched: true)
            let second = try await store.accepted(.example())
            let change = try OrderChange.example(second, taking: .dispatched) { order in
                order.attempts = [.example(vendorKey: first.id.text)]
            }
            await expectRefusal { try await store.commit(change) }
            #expect(try await store.order(second.id) == second)
        },
        Check("nothing costs less than nothing") { store in
            let order = try await store.accepted(.example(), dispatched: true)
            let change = try OrderChange.example(order, taking: .boughtReady) { $0.total = .usd(micros: -1) }
            await expectRefusal { try await store.commit(change) }
            #expect(try await store.order(order.id) == order)
        },
    ]

    private static let forbiddenWhenSettled: [@Sendable (inout Order) -> Void] = [
        { $0.vendor = "legacy" },
        { $0.vendorOrderNumber = "N-2" },
        { $0.vendorOrderID = nil },
        { $0.batchID = "bat_2" },
        { $0.total = .usd(micros: 2) },
        { $0.total = nil },
        { $0.totalSource = .operator },
    ]

    private static func expectClaim(_ store: any OrderStore, _ claim: @Sendable (inout Order) -> Void) async throws {
        let first = try await store.accepted(.example(), dispatched: true)
        try await store.commit(first, taking: .boughtReady, update: claim)
        let second = try await store.accepted(.example(), dispatched: true)
        await expectError(.claimed) {
            try await store.commit(try OrderChange.example(second, taking: .boughtReady, update: claim))
        }
        #expect(try await store.order(second.id) == second)
        #expect(try await store.events(of: second.id).count == 2)
    }
}
