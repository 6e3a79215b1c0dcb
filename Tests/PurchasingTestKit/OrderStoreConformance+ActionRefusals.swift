import ExactJSON
import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let actionRefusals = [
        Check("an action on an order that has changed is a conflict and stores nothing") { store in
            let order = try await store.bought()
            let action = Action.example(on: order)
            let asked = try await store.asked(order)
            await expectError(.conflict) { try await store.accept(action: .asking(for: action, of: order)) }
            #expect(try await store.action(action.id) == nil)
            #expect(try await store.order(order.id) == asked.order)
        },
        Check("an action on an order that is not there is a conflict") { store in
            let order = Order.example().accepted
            await expectError(.conflict) {
                try await store.accept(action: .asking(for: .example(on: order), of: order))
            }
            let unsettled = try await store.unsettledActions()
            #expect(unsettled.isEmpty)
            #expect(try await store.events(of: order.id).isEmpty)
        },
        Check("an action on one order cannot come with a change of another") { store in
            let mine = try await store.bought()
            let other = try await store.bought()
            await expectRefusal { try await store.accept(action: .asking(for: .example(on: mine), of: other)) }
            #expect(try await store.order(other.id) == other)
            #expect(try await store.unsettledActions().isEmpty)
        },
        Check("only a new action can be accepted, and only an accepted one is changed") { store in
            let order = try await store.bought()
            let asking = OrderChange.asking(for: .example(on: order), of: order)
            await expectError(.conflict) { try await store.commit(asking) }
            let (next, action) = try await store.asked(order)
            let change = try OrderChange.example(next, taking: .dispatched, of: action)
            await expectRefusal { try await store.accept(action: change) }
            await expectRefusal { try await store.accept(action: .changing(next, ids: .examples, at: .example)) }
            #expect(try await store.actions(of: order.id) == [action])
            #expect(try await store.order(order.id) == next)
        },
        Check("an action's id that is taken is refused") { store in
            let (order, action) = try await store.asked(try await store.bought())
            await expectRefusal {
                try await store.accept(action: .asking(for: .example(on: order, id: action.id), of: order))
            }
            #expect(try await store.actions(of: order.id) == [action])
        },
        Check("a key of an order asks for no action, and a key of an action makes no order") { store in
            let order = try await store.bought(.example(idempotencyKey: "order"))
            await expectRefusal {
                try await store.accept(action: .asking(for: .example(on: order, idempotencyKey: "order"), of: order))
            }
            let (next, _) = try await store.asked(order, key: "action")
            await expectRefusal { try await store.accept(.accepting(.example(idempotencyKey: "action"))) }
            #expect(try await store.order(client: "acme", idempotencyKey: "action") == nil)
            #expect(try await store.order(order.id) == next)
            let other = try await store.accepted(.example(client: "zenith", idempotencyKey: "action"))
            #expect(try await store.order(other.id) == other)
        },
        Check("a change of an older version of an action is a conflict and changes nothing") { store in
            let asked = try await store.asked(try await store.bought())
            let (order, running) = try await store.commit(asked.order, taking: .dispatched, of: asked.action)
            let stale = try OrderChange.example(order, taking: .notDone, of: asked.action)
            await expectError(.conflict) { try await store.commit(stale) }
            #expect(try await store.action(running.id) == running)
            #expect(try await store.order(order.id) == order)
        },
        Check("of many changes of one action, one is made") { store in
            let (order, action) = try await store.asked(try await store.bought())
            let wins = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            try await store.commit(order, taking: .dispatched, of: action)
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 1)
            #expect(try await store.action(action.id)?.version == 2)
        },
        Check("a settled action never changes") { store in
            for step in [ActionStep.done, .notDone] {
                let (order, unknown) = try await store.lost()
                let settled = try await store.commit(order, taking: step, of: unknown)
                var change = OrderChange.changing(settled.order, ids: .examples, at: .example)
                change.note(.evidenceRead, on: settled.action, cause: "late") { $0.vendorDetails = ["late": true] }
                await expectRefusal { try await store.commit(change) }
                #expect(try await store.action(unknown.id) == settled.action)
                #expect(try await store.order(order.id) == settled.order)
            }
        },
        Check("an action takes no step that there is not, whatever the code above believes") { store in
            let (order, pending) = try await store.asked(try await store.bought())
            let believed = pending.standing(.unknown)
            let change = try OrderChange.example(order, taking: .done, of: believed) { action in
                action.startedAt = .example
                action.baseline = .example
            }
            await expectRefusal { try await store.commit(change) }
            #expect(try await store.action(pending.id) == pending)
        },
        Check("nothing is done before it is known how things are") { store in
            let (order, pending) = try await store.asked(try await store.bought())
            for forget in [{ $0.baseline = nil }, { $0.startedAt = nil }] as [(inout Action) -> Void] {
                let change = try OrderChange.example(order, taking: .dispatched, of: pending, update: forget)
                await expectRefusal { try await store.commit(change) }
            }
            #expect(try await store.action(pending.id) == pending)
        },
        Check("what was known before an action, and how often it was tried, is kept") { store in
            let asked = try await store.asked(try await store.bought())
            let (order, running) = try await store.commit(asked.order, taking: .dispatched, of: asked.action) {
                $0.tries = 2
            }
            let changes: [(inout Action) -> Void] = [
                { $0.startedAt = .example.addingTimeInterval(1) }, { $0.startedAt = nil }, { $0.quotedPrice = nil },
                { $0.quotedPrice = .usd(micros: 1) }, { $0.baseline?.balance = nil }, { $0.tries = 1 },
            ]
            for update in changes {
                let change = try OrderChange.example(order, taking: .lost, of: running, update: update)
                await expectRefusal { try await store.commit(change) }
            }
            #expect(try await store.action(running.id) == running)
        },
        Check("an order has one action at a time that is under way") { store in
            let first = try await store.asked(try await store.bought())
            let second = try await store.asked(first.order)
            let (order, running) = try await store.commit(second.order, taking: .dispatched, of: first.action)
            await expectRefusal { try await store.commit(order, taking: .dispatched, of: second.action) }
            let (next, unknown) = try await store.commit(order, taking: .lost, of: running)
            await expectRefusal { try await store.commit(next, taking: .dispatched, of: second.action) }
            var parking = OrderChange.changing(next, ids: .examples, at: .example)
            parking.note(.decisionMade, on: unknown, cause: "needs_review") { $0.unknown?.needsReview = true }
            try await store.commit(parking)
            let started = try await store.commit(parking.order, taking: .dispatched, of: second.action)
            #expect(try await store.action(second.action.id) == started.action)
            #expect(try await store.unsettledActions() == [parking.action, started.action])
            // A person may decide about the parked one meanwhile.
            let decided = try await store.commit(started.order, taking: .notDone, of: try #require(parking.action))
            #expect(try await store.unsettledActions() == [started.action])
            #expect(try await store.order(order.id) == decided.order)
        },
        Check("actions on different orders run side by side") { store in
            for _ in 0..<3 {
                let (order, action) = try await store.asked(try await store.bought())
                let running = try await store.commit(order, taking: .dispatched, of: action)
                #expect(try await store.action(action.id) == running.action)
            }
        },
        Check("an event of an action says which") { store in
            let order = try await store.bought()
            var change = OrderChange.changing(order, ids: .examples, at: .example)
            change.note(.action(.running), cause: "example")
            await expectRefusal { try await store.commit(change) }
            #expect(try await store.order(order.id) == order)
        },
        Check("no action costs less than nothing") { store in
            let (order, unknown) = try await store.lost()
            let change = try OrderChange.example(order, taking: .done, of: unknown) { $0.total = .usd(micros: -1) }
            await expectRefusal { try await store.commit(change) }
            #expect(try await store.action(unknown.id) == unknown)
        },
    ]
}

extension Action {
    /// The same action as somebody might believe it to stand.
    fileprivate func standing(_ status: ActionStatus) -> Action {
        Action(
            id: self.id, orderID: self.orderID, vendor: self.vendor, client: self.client,
            idempotencyKey: self.idempotencyKey, fingerprint: self.fingerprint, request: self.request,
            requestID: self.requestID, traceparent: self.traceparent, createdAt: self.createdAt, status: status,
            version: self.version, updatedAt: self.updatedAt, settledAt: nil)
    }
}
