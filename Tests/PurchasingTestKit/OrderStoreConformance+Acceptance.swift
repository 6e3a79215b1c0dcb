import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let acceptance = [
        Check("a new order comes back whole, with its first event") { store in
            let order = Order.example(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            let change = OrderChange.accepting(order)
            expectStored(try await store.accept(change))
            #expect(try await store.order(order.id) == change.order)
            #expect(try await store.events(of: order.id) == change.events)
        },
        Check("an order can be accepted and dispatched in one write") { store in
            let order = try await store.accepted(.example(), dispatched: true)
            #expect(order.version == 1)
            #expect(order.status == .purchasing)
            #expect(try await store.order(order.id) == order)
            #expect(try await store.events(of: order.id).map(\.number) == [1, 2])
        },
        Check("a used key gives the order that it made, as it stands now, and stores nothing") { store in
            let first = try await store.accepted(.example(idempotencyKey: "k"))
            let purchasing = try OrderChange.example(first, taking: .dispatched)
            try await store.commit(purchasing)
            let second = Order.example(idempotencyKey: "k", request: .example(quantity: 99))
            guard case .existing(let found) = try await store.accept(.accepting(second)) else {
                Issue.record("a used key was stored again")
                return
            }
            #expect(found == purchasing.order)
            #expect(try await store.order(second.id) == nil)
            #expect(try await store.events(of: second.id).isEmpty)
            #expect(try await store.order(client: "acme", idempotencyKey: "k") == purchasing.order)
        },
        Check("a key belongs to its client") { store in
            let mine = try await store.accepted(.example(client: "acme", idempotencyKey: "k"))
            let theirs = try await store.accepted(.example(client: "zenith", idempotencyKey: "k"))
            #expect(try await store.order(client: "acme", idempotencyKey: "k") == mine)
            #expect(try await store.order(client: "zenith", idempotencyKey: "k") == theirs)
            #expect(try await store.order(client: "other", idempotencyKey: "k") == nil)
        },
        Check("orders without a key are all stored") { store in
            let first = try await store.accepted(.example(idempotencyKey: nil))
            let second = try await store.accepted(.example(idempotencyKey: nil))
            #expect(try await store.unsettled() == [first, second])
        },
        Check("of 200 acceptances at once with one key, one is stored and the others find it") { store in
            let orders = (0..<200).map { _ in Order.example(idempotencyKey: "k") }
            let answers = try await withThrowingTaskGroup(of: OrderID?.self) { group in
                for order in orders {
                    group.addTask {
                        guard case .existing(let found) = try await store.accept(.accepting(order)) else { return nil }
                        return found.id
                    }
                }
                return try await group.reduce(into: [OrderID?]()) { $0.append($1) }
            }
            let stored = try await store.orders(OrderQuery()).orders
            #expect(stored.count == 1)
            #expect(answers.count { $0 == nil } == 1)
            #expect(answers.compactMap(\.self).allSatisfy { $0 == stored.first?.id })
        },
        Check("a canceled task's order is stored all the same") { store in
            let order = Order.example()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await store.accept(.accepting(order))
            }
            expectStored(try await task.value)
            #expect(try await store.order(order.id) == order.accepted)
        },
        Check("an id that is taken is refused") { store in
            let order = try await store.accepted(.example(idempotencyKey: "one"))
            await expectRefusal { try await store.accept(.accepting(.example(id: order.id, idempotencyKey: "two"))) }
            #expect(try await store.order(order.id) == order)
        },
        Check("only a new order can be accepted") { store in
            let order = try await store.accepted(.example(idempotencyKey: nil))
            let change = try OrderChange.example(order, taking: .withdrawn)
            await expectRefusal { try await store.accept(change) }
            #expect(try await store.order(order.id) == order)
        },
    ]

    static func expectStored(_ acceptance: Acceptance) {
        guard case .stored = acceptance else {
            Issue.record("the order was not stored")
            return
        }
    }
}

// MARK: - Shorthand of the checks

extension Order {
    /// The order as it is once it has been accepted.
    var accepted: Order { OrderChange.accepting(self).order }
}

extension OrderStore {
    /// Accepts an order and gives it as it was stored.
    func accepted(_ order: Order, dispatched: Bool = false, vendor: String = "helodata") async throws -> Order {
        var change = OrderChange.accepting(order)
        if dispatched {
            change.update { order in
                order.vendor = vendor
                order.attempts = [.example(vendor: vendor, vendorKey: order.id.text, startedAt: order.createdAt)]
            }
            try change.take(.dispatched, cause: "dispatched")
        }
        _ = try await accept(change)
        return change.order
    }

    /// Takes steps with an order in one write each, and gives it as it was stored.
    @discardableResult
    func commit(
        _ order: Order, taking steps: OrderStep..., vendor: String = "helodata",
        update: (inout Order) -> Void = { _ in }
    ) async throws -> Order {
        var order = order
        for (index, step) in steps.enumerated() {
            let isLast = index == steps.count - 1
            let change = try OrderChange.example(
                order, taking: step, vendor: vendor, update: isLast ? update : { _ in })
            try await commit(change)
            order = change.order
        }
        return order
    }
}

/// Expects a call to be refused by the store's rules.
func expectRefusal(
    _ call: () async throws -> some Any, sourceLocation: SourceLocation = #_sourceLocation
) async {
    await expectError(sourceLocation: sourceLocation, call) { error in
        guard case .refused = error else { return false }
        return true
    }
}

/// Expects a call to fail with an error.
func expectError(
    _ expected: StoreError, sourceLocation: SourceLocation = #_sourceLocation, _ call: () async throws -> some Any
) async {
    await expectError(sourceLocation: sourceLocation, call) { $0 == expected }
}

private func expectError(
    sourceLocation: SourceLocation, _ call: () async throws -> some Any, _ isExpected: (StoreError) -> Bool
) async {
    do {
        _ = try await call()
        Issue.record("the call succeeded", sourceLocation: sourceLocation)
    } catch let error as StoreError {
        #expect(isExpected(error), "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
}
