public import Foundation
public import Purchasing

extension Refund {
    /// A refund of an order, with an id and, unless one is given, a key of its own.
    public static func example(
        of order: Order, number: Int = 1, amount: Money = .usd(micros: 12_500_000), client: String = "ops",
        idempotencyKey: String = IdentifierSource.examples.next(.request).text, vendorReference: String? = "CN-1",
        id: RefundID = IdentifierSource.examples.next(.refund), at: Date = .example
    ) -> Refund {
        Refund(
            id: id, orderID: order.id, number: number, amount: amount, note: "it's \"half\" of it",
            vendorReference: vendorReference, client: client, by: "kim", idempotencyKey: idempotencyKey,
            fingerprint: "f-1", requestID: "req_refund", at: at)
    }
}

extension OrderChange {
    /// A refund of a stored order.
    public static func returning(_ refund: Refund, of order: Order) -> OrderChange {
        var change = changing(order, ids: .examples, at: refund.at, requestID: refund.requestID)
        change.add(refund, actor: .init(.operator, refund.by))
        return change
    }
}
