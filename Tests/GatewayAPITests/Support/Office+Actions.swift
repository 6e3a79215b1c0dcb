import ExactJSON
import Foundation
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

extension Office {
    /// An order of three IPs that was sold as a batch, `age` days ago.
    @discardableResult
    func batch(
        _ id: String = "bat_1", client: String = "crawler", age: Double = 1, flags: [String] = []
    ) async throws -> Order {
        let sold = Date(timeIntervalSinceNow: -age * 86_400)
        let order = Order.example(client: client, request: .example(quantity: 3), createdAt: sold)
        return try await stored(order, taking: [.dispatched, .boughtReady]) { order in
            order.batchID = id
            order.expiresAt = .example
            order.flags = flags
        }
    }

    /// Asks for a change, as the buyer.
    @discardableResult
    func change(
        _ method: HTTPRequest.Method, _ target: String, _ body: String? = nil, key: String? = "a-1",
        token: String? = nil, headers: HTTPFields = [:], at location: SourceLocation = #_sourceLocation
    ) async throws -> TestReply {
        var headers = headers
        headers[.idempotencyKey] = key
        return try await call(
            method, target, token: token ?? tokens[.buyer], headers: headers, body: body, at: location)
    }

    /// Asks by `POST` for a change, as the buyer.
    @discardableResult
    func change(
        _ target: String, _ body: String? = nil, key: String? = "a-1", token: String? = nil, headers: HTTPFields = [:],
        at location: SourceLocation = #_sourceLocation
    ) async throws -> TestReply {
        try await change(.post, target, body, key: key, token: token, headers: headers, at: location)
    }

    /// Stores an action that has taken steps.
    @discardableResult
    func storedAction(
        on order: Order, key: String = "a-1", _ request: ActionRequest = ActionRequest(.renew(.months(1))),
        taking steps: [ActionStep] = [], update: (inout Action) -> Void = { _ in }
    ) async throws -> Action {
        let current = try #require(await store.order(order.id))
        let new = Action(
            id: IdentifierSource.examples.next(.action), of: current, vendor: "helodata", client: "crawler",
            idempotencyKey: key, request: request, requestID: "req_example", traceparent: nil, createdAt: .example)
        let asking = OrderChange.asking(for: new, of: current, ids: .examples)
        _ = try await store.accept(action: asking)
        var (action, owner) = (new, asking.order)
        for step in steps {
            var change = OrderChange.changing(owner, ids: .examples, at: .example)
            try change.take(step, of: action, cause: "example") { action in
                if step == .dispatched {
                    action.startedAt = .example
                    action.quotedPrice = .usd(micros: 5_000_000)
                    action.baseline = GoodsCondition(isThere: true)
                }
                if step == .lost { action.unknown = UnknownOutcome(since: .example, reason: "deadline") }
                if step == .notDone { action.problem = OrderProblem(code: .insufficientBalance, detail: "no funds") }
                if step == steps.last { update(&action) }
            }
            try await store.commit(change)
            (action, owner) = (try #require(change.action), change.order)
        }
        return action
    }

    /// Reads an action until it has a status.
    func settled(_ id: String, _ status: String) async throws -> TestReply {
        var reply = try await call(.get, "/actions/\(id)?wait=10", as: .buyer)
        for _ in 0..<5 where reply.json["status"] != .string(status) {
            reply = try await call(.get, "/actions/\(id)?wait=10", as: .buyer)
        }
        return reply
    }
}

extension TestReply {
    var action: String? { json["action_id"]?.string }
    var order: String? { json["order_id"]?.string }
}

extension Goods {
    /// A batch as its vendor shows it.
    static func example(_ id: String = "bat_1", told: Bool = true) -> Goods {
        guard told else { return Goods(id: id, isReady: false) }
        return Goods(
            id: id, shape: .isp, status: "active", country: Country("US"), city: "newyork", asn: 7922, quantity: 3,
            endsAt: .example, isReady: true, details: ["label": "crawl"])
    }
}
