import ExactJSON
public import Foundation
public import Purchasing

extension ActionRequest {
    /// A request of every kind, with everything that it may say, and with nothing of it.
    public static let examples: [ActionRequest] = [
        .init(.renew(.months(3), ips: ["ip_1", "ip_2"], promoCode: "SAVE_10"), maxTotal: .usd(micros: 120_000_000)),
        .init(.renew(.days(45)), maxTotal: .usd(micros: 1), allowUnknownPrice: true), .init(.refresh),
        .init(.rotatePassword), .init(.release), .init(.replace(ip: "ip_1", reason: "it's \"blocked\" \u{1F9FE}")),
        .init(.replace(ip: "ip_2")), .init(.autoRenew(.months(1))), .init(.autoRenew(.days(30))),
        .init(.autoRenew(nil)), .init(.allow("203.0.113.0/24", label: "office")), .init(.allow("2001:db8::7")),
        .init(.disallow(entry: "wl_1")),
    ]
}

extension GoodsCondition {
    /// Goods of which everything is known.
    public static let example: GoodsCondition = {
        var condition = GoodsCondition(isThere: true)
        condition.expiresAt = .example.addingTimeInterval(30 * 86_400)
        condition.count = 20
        condition.ips = "5f2b"
        condition.marks = [17, 4_294_967_295]
        condition.holdsIP = false
        condition.credentials = 4_711
        condition.renewsItself = true
        condition.allowed = ["203.0.113.0/24", "2001:db8::7"]
        condition.allowedEntries = ["wl_1", "wl_2"]
        condition.balance = .usd(micros: -1_000_001)
        return condition
    }()
}

extension Action {
    /// A new action on an order, not yet stored. Each has its own id and, unless one is given, its own key.
    public static func example(
        on order: Order, id: ActionID = IdentifierSource.examples.next(.action), client: String? = nil,
        idempotencyKey: String = IdentifierSource.examples.next(.request).text,
        request: ActionRequest = ActionRequest(.renew(.months(1))), traceparent: String? = nil,
        createdAt: Date = .example
    ) -> Action {
        Action(
            id: id, of: order, vendor: order.vendor ?? "helodata", client: client ?? order.client,
            idempotencyKey: idempotencyKey, request: request, requestID: "req_action", traceparent: traceparent,
            createdAt: createdAt)
    }
}

extension OrderChange {
    /// A new action on a stored order.
    public static func asking(for action: Action, of order: Order) -> OrderChange {
        .asking(for: action, of: order, ids: .examples)
    }

    /// A change that takes a step with an action and then updates it.
    ///
    /// Dispatching notes when, at what price and how the goods were; losing the outcome notes the doubt.
    /// - Throws: `IllegalActionStep`.
    public static func example(
        _ order: Order, taking step: ActionStep, of action: Action, at: Date = .example,
        update: (inout Action) -> Void = { _ in }
    ) throws(IllegalActionStep) -> OrderChange {
        var change = changing(order, ids: .examples, at: at, requestID: action.requestID)
        try change.take(step, of: action, cause: "example", data: ["step": .string(step.rawValue)]) { action in
            switch step {
            case .dispatched:
                action.startedAt = at
                action.quotedPrice = .usd(micros: 120_000_000)
                action.baseline = .example
            case .lost: action.unknown = UnknownOutcome(since: at, reason: "deadline")
            case .done, .notDone: break
            }
            update(&action)
        }
        return change
    }
}
