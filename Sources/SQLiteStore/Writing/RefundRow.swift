import GRDB
import Purchasing

/// What a change writes of its refund, encoded as the rest of the change is (`OrderRows`).
struct RefundRow: Sendable {
    let orderID: OrderID
    let client: String
    let idempotencyKey: String
    private let arguments: StatementArguments

    init(_ refund: Refund) {
        orderID = refund.orderID
        client = refund.client
        idempotencyKey = refund.idempotencyKey
        arguments = StatementArguments(RefundRecord.values(of: refund))
    }

    /// Stores the refund, after the order that says what all of its refunds come to.
    /// - Throws: `DatabaseError`.
    func write(_ db: Database) throws {
        try db.cachedStatement(sql: RefundRecord.insert).execute(arguments: arguments)
    }
}
