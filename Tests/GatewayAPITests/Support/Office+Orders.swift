import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit
import Testing

extension Office {
    /// Stores an order that has taken steps.
    @discardableResult
    func stored(_ order: Order, taking steps: [OrderStep] = [], update: (inout Order) -> Void = { _ in }) async throws
        -> Order
    {
        let accepted = OrderChange.accepting(order)
        _ = try await store.accept(accepted)
        if steps.isEmpty { return accepted.order }
        var change = OrderChange.changing(accepted.order, ids: .examples, at: order.createdAt)
        for step in steps {
            if step == .dispatched {
                change.update { order in
                    order.vendor = "helodata"
                    order.attempts = [.example(vendorKey: order.id.text)]
                }
            }
            try change.take(step, cause: "example")
            if step == .lost { change.update { $0.unknown = UnknownOutcome(since: .example, reason: "deadline") } }
            if step == .notBought {
                change.update { $0.problem = OrderProblem(code: .insufficientBalance, detail: "no funds") }
            }
        }
        change.update(update)
        try await store.commit(change)
        return change.order
    }

    /// An order of the buyer's client, made from the body that `buy` sends.
    func ordered(key: String? = "k-1", client: String = "crawler", createdAt: Date = .example) throws -> Order {
        let request = try OrderRequest(json: JSON(parsing: Self.traffic))
        return .example(client: client, idempotencyKey: key, request: request, createdAt: createdAt)
    }
}
