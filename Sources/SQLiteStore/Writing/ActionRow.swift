import GRDB
import Purchasing

/// What a change writes of its action, encoded as the rest of the change is (`OrderRows`).
struct ActionRow: Sendable {
    let orderID: OrderID
    let client: String
    let idempotencyKey: String
    /// Whether the action is asked for by this change.
    let isNew: Bool
    /// What it would spend.
    let claim: SpendingClaim
    private let arguments: StatementArguments

    /// - Parameter owner: the client whose order it is on.
    init(_ action: Action, owner: String) {
        orderID = action.orderID
        client = action.client
        idempotencyKey = action.idempotencyKey
        isNew = action.version == 1
        claim = SpendingClaim(action, owner: owner)
        let life = ActionRecord.life(of: action)
        arguments = StatementArguments(
            isNew
                ? ActionRecord.origin(of: action) + life + [owner.databaseValue]
                : life + [action.id.text.databaseValue, (action.version - 1).databaseValue])
    }

    /// Stores the action, if it still is the one that was read.
    /// - Throws: `DatabaseError`, `StoreError`.
    func write(_ db: Database) throws {
        let sql = isNew ? ActionRecord.insert : ActionRecord.update
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
        guard db.changesCount == 1 else { throw StoreError.conflict }
    }
}
