import ExactJSON
import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let actions = [
        Check("a new action comes back whole, with its order and its event") { store in
            let order = try await store.bought()
            let action = Action.example(
                on: order, client: "operator", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            let change = OrderChange.asking(for: action, of: order)
            expectStored(try await store.accept(action: change))
            #expect(try await store.action(action.id) == action)
            #expect(try await store.action(client: "operator", idempotencyKey: action.idempotencyKey) == action)
            #expect(try await store.order(order.id) == change.order)
            let event = try await store.events(of: order.id).last
            #expect(event == change.events.last)
            #expect(event?.actionID == action.id)
            #expect(event?.type == .action(.pending))
        },
        Check("an action that is not there is not found") { store in
            let order = try await store.bought()
            #expect(try await store.action(IdentifierSource.examples.next(.action)) == nil)
            #expect(try await store.action(client: "acme", idempotencyKey: "k") == nil)
            #expect(try await store.actions(of: order.id).isEmpty)
            #expect(try await store.unsettledActions().isEmpty)
        },
        Check("a request of every kind comes back as it was asked") { store in
            var order = try await store.bought()
            var actions: [Action] = []
            for request in ActionRequest.examples {
                let asked = try await store.asked(order, request)
                order = asked.order
                actions.append(asked.action)
            }
            #expect(Set(actions.map(\.kind)) == Set(ActionKind.allCases))
            #expect(try await store.actions(of: order.id) == actions)
        },
        Check("a whole life of an action comes back as it was lived, with what it made of its order") { store in
            let (order, pending) = try await store.asked(try await store.bought())
            let (_, running) = try await store.commit(order, taking: .dispatched, of: pending) { $0.tries = 1 }
            #expect(try await store.action(pending.id) == running)
            let (last, unknown) = try await store.commit(try await store.stored(order), taking: .lost, of: running)
            #expect(try await store.action(pending.id) == unknown)
            var change = try OrderChange.example(last, taking: .done, of: unknown) { action in
                action.tries = 3
                action.total = .usd(micros: 119_999_999)
                action.totalSource = .operator
                action.result = ["expires_at": "2026-07-28T10:00:00.000Z", "ips": [.null, .number(JSONNumber(1))]]
                action.vendorDetails = ["id": "ord_1", "line\nbreak": ["é": true]]
            }
            change.update { order in
                order.expiresAt = Date(milliseconds: 1_800_000_000_001)
                order.flags.append("released")
            }
            try await store.commit(change)
            #expect(try await store.action(pending.id) == change.action)
            #expect(try await store.order(order.id) == change.order)
            let events = try await store.events(of: order.id)
            #expect(
                events.suffix(4).map(\.type) == [
                    .action(.pending), .action(.running), .action(.unknown), .action(.completed),
                ])
            #expect(events.suffix(4).allSatisfy { $0.actionID == pending.id })
            #expect(events.dropLast(4).allSatisfy { $0.actionID == nil })
        },
        Check("goods of which nothing is known come back as such, and so does a failure") { store in
            let (order, pending) = try await store.asked(try await store.bought())
            let (next, running) = try await store.commit(order, taking: .dispatched, of: pending) { action in
                action.quotedPrice = nil
                action.baseline = GoodsCondition(isThere: false)
            }
            #expect(try await store.action(pending.id) == running)
            let (_, failed) = try await store.commit(next, taking: .notDone, of: running) { action in
                action.problem = OrderProblem(
                    code: .vendorRejected, detail: "helodata refused it",
                    vendor: VendorStatement(name: "helodata", code: "ip_not_found", message: nil))
            }
            #expect(try await store.action(pending.id) == failed)
        },
        Check("goods of which one thing is known come back as such") { store in
            for condition in GoodsCondition.oneThingKnown {
                let (order, pending) = try await store.asked(try await store.bought())
                let (_, running) = try await store.commit(order, taking: .dispatched, of: pending) { action in
                    action.baseline = condition
                }
                #expect(try await store.action(pending.id) == running)
            }
        },
        Check("findings about an action come back with it, beside an event that is a note") { store in
            let (order, unknown) = try await store.lost()
            var change = OrderChange.changing(order, ids: .examples, at: .example)
            change.note(.decisionMade, on: unknown, cause: "needs_review", data: ["findings": ["a", "b"]]) { action in
                action.unknown?.needsReview = true
                action.unknown?.findings = ["the balance did not move", "it's there"]
            }
            try await store.commit(change)
            #expect(try await store.action(unknown.id) == change.action)
            #expect(try await store.events(of: order.id).last == change.events.last)
            #expect(change.events.last?.actionID == unknown.id)
        },
        Check("how the vendor renews by itself comes back, until it does not") { store in
            var order = try await store.bought()
            for renewal in [RentalTime.months(12), .days(45), nil] {
                var change = OrderChange.changing(order, ids: .examples, at: .example)
                change.update { $0.autoRenewal = renewal }
                try await store.commit(change)
                order = change.order
                #expect(try await store.order(order.id) == order)
            }
        },
        Check("a used key gives the action that it asked for, as it stands now, and stores nothing") { store in
            let asked = try await store.asked(try await store.bought(), key: "k")
            let (order, running) = try await store.commit(asked.order, taking: .dispatched, of: asked.action)
            let second = Action.example(on: order, idempotencyKey: "k", request: ActionRequest(.release))
            guard case .existing(let found) = try await store.accept(action: .asking(for: second, of: asked.order))
            else {
                Issue.record("a used key was stored again")
                return
            }
            #expect(found == running)
            #expect(try await store.action(second.id) == nil)
            #expect(try await store.order(order.id) == order)
        },
        Check("an action's key belongs to its client") { store in
            let mine = try await store.asked(try await store.bought(), key: "k")
            let other = try await store.bought(.example(client: "zenith"))
            let theirs = try await store.asked(other, key: "k")
            #expect(try await store.action(client: "acme", idempotencyKey: "k") == mine.action)
            #expect(try await store.action(client: "zenith", idempotencyKey: "k") == theirs.action)
        },
        Check("of 50 actions at once with one key, one is stored and the others find it or read again") { store in
            let order = try await store.bought()
            let ids = await withTaskGroup(of: ActionID?.self) { group in
                for _ in 0..<50 {
                    group.addTask { await accept(.example(on: order, idempotencyKey: "k"), of: order, store) }
                }
                return await group.reduce(into: [ActionID]()) { ids, id in id.map { ids.append($0) } }
            }
            let stored = try await store.actions(of: order.id)
            #expect(stored.count == 1)
            #expect(ids.count == 50)
            #expect(ids.allSatisfy { $0 == stored.first?.id })
        },
        Check("a canceled task's action is stored all the same") { store in
            let order = try await store.bought()
            let action = Action.example(on: order)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await store.accept(action: .asking(for: action, of: order))
            }
            expectStored(try await task.value)
            #expect(try await store.action(action.id) == action)
        },
        Check("an order's actions, and the unsettled ones, come oldest first, and settled ones are settled") { store in
            let first = try await store.bought()
            let newer = try await store.asked(first, createdAt: .example.addingTimeInterval(60))
            let older = try await store.asked(newer.order, createdAt: .example)
            let (order, failed) = try await store.commit(older.order, taking: .notDone, of: older.action)
            let last = try await store.asked(order, createdAt: .example.addingTimeInterval(120))
            let elsewhere = try await store.asked(try await store.bought(), createdAt: .example.addingTimeInterval(90))
            #expect(try await store.actions(of: first.id) == [failed, newer.action, last.action])
            #expect(try await store.actions(of: elsewhere.order.id) == [elsewhere.action])
            #expect(try await store.unsettledActions() == [newer.action, elsewhere.action, last.action])
        },
    ]

    /// Accepts an action; the id of what has its key, or nil when that could not be found out.
    private static func accept(_ action: Action, of start: Order, _ store: any OrderStore) async -> ActionID? {
        var order = start
        while true {
            do throws(StoreError) {
                switch try await store.accept(action: .asking(for: action, of: order)) {
                case .stored: return action.id
                case .existing(let earlier): return earlier.id
                }
            } catch {
                guard error == .conflict else { return nil }
                do { order = try await store.stored(order) } catch { return nil }
            }
        }
    }

    private static func expectStored(_ acceptance: ActionAcceptance) {
        guard case .stored = acceptance else {
            Issue.record("the action was not stored")
            return
        }
    }
}

extension GoodsCondition {
    /// For each thing that may be known of goods, goods of which only that is known.
    fileprivate static let oneThingKnown: [GoodsCondition] = {
        let changes: [(inout GoodsCondition) -> Void] = [
            { $0.expiresAt = example.expiresAt }, { $0.count = 0 }, { $0.ips = "" }, { $0.marks = [] },
            { $0.holdsIP = true },
            { $0.credentials = 0 }, { $0.renewsItself = false }, { $0.allowed = [] }, { $0.allowedEntries = [] },
            { $0.balance = Money(.zero, currency: "EUR") },
        ]
        return changes.map { change in
            var condition = GoodsCondition(isThere: true)
            change(&condition)
            return condition
        }
    }()
}

// MARK: - Shorthand of the checks

extension OrderStore {
    /// An order whose goods are there.
    func bought(_ order: Order = .example(), at vendor: String = "helodata") async throws -> Order {
        let accepted = try await accepted(order, dispatched: true, vendor: vendor)
        return try await commit(accepted, taking: .boughtReady)
    }

    /// The order as it stands.
    func stored(_ order: Order) async throws -> Order { try #require(try await self.order(order.id)) }

    /// Asks for an action, and gives it and its order as they were stored.
    func asked(
        _ order: Order, _ request: ActionRequest = ActionRequest(.renew(.months(1))),
        key: String = IdentifierSource.examples.next(.request).text, createdAt: Date = .example
    ) async throws -> (order: Order, action: Action) {
        let action = Action.example(on: order, idempotencyKey: key, request: request, createdAt: createdAt)
        let change = OrderChange.asking(for: action, of: order)
        _ = try await accept(action: change)
        return (change.order, action)
    }

    /// Takes a step with an action, and gives it and its order as they were stored.
    @discardableResult
    func commit(
        _ order: Order, taking step: ActionStep, of action: Action, update: (inout Action) -> Void = { _ in }
    ) async throws -> (order: Order, action: Action) {
        let change = try OrderChange.example(order, taking: step, of: action, update: update)
        try await commit(change)
        return (change.order, try #require(change.action))
    }

    /// An action whose outcome is unknown, and its order.
    func lost() async throws -> (order: Order, action: Action) {
        let (order, pending) = try await asked(try await bought())
        let (next, running) = try await commit(order, taking: .dispatched, of: pending)
        return try await commit(next, taking: .lost, of: running)
    }
}
