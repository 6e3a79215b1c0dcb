import GRDB
import Purchasing

/// What a change writes, encoded by the task that asks for it, so that the writer's thread only binds and steps.
struct OrderRows: Sendable {
    private let id: OrderID
    private let client: String
    private let idempotencyKey: String?
    private let expectedVersion: Int
    private let order: StatementArguments
    private let attempts: [StatementArguments]
    private let events: [StatementArguments]
    private let action: ActionRow?
    private let refund: RefundRow?
    private let claim: SpendingClaim
    /// What a person says is the order's, and at which vendor.
    private let claimed: (id: ClaimedID, vendor: String)?

    init(_ change: OrderChange) {
        let order = change.order
        id = order.id
        client = order.client
        idempotencyKey = order.idempotencyKey
        expectedVersion = change.expectedVersion
        let isNew = change.expectedVersion == 0
        self.order = StatementArguments(
            isNew
                ? OrderRecord.origin(of: order) + OrderRecord.life(of: order)
                : OrderRecord.life(of: order) + [order.id.text.databaseValue, change.expectedVersion.databaseValue])
        attempts = order.attempts.map { StatementArguments(AttemptRecord.values(of: $0, order: order.id)) }
        events = change.events.map { StatementArguments(EventRecord.values(of: $0, client: order.client)) }
        action = change.action.map { ActionRow($0, owner: order.client) }
        refund = change.refund.map(RefundRow.init)
        claim = SpendingClaim(order)
        claimed = change.claim.flatMap { id in order.vendor.map { (id, $0) } }
    }

    /// Stores a new order, or finds the one that has its key.
    /// - Throws: `DatabaseError`, `StoreError`, `UnreadableRow`.
    func accept(_ db: Database) throws -> Acceptance {
        guard expectedVersion == 0 else { throw StoreError.refused("only a new order can be accepted") }
        if let idempotencyKey {
            let earlier = try OrderReading.order(client: client, idempotencyKey: idempotencyKey, db)
            if let earlier { return .existing(earlier) }
        }
        try writeHistory(db)
        try db.barring(claim) { try db.cachedStatement(sql: OrderRecord.insert).execute(arguments: order) }
        return .stored
    }

    /// Stores a new action, or finds the one that has its key.
    /// - Throws: `DatabaseError`, `StoreError`, `UnreadableRow`.
    func acceptAction(_ db: Database, keeping kept: KeptOrders) throws -> ActionAcceptance {
        guard let action, action.isNew else { throw StoreError.refused("only a new action can be accepted") }
        let earlier = try ActionReading.action(client: action.client, idempotencyKey: action.idempotencyKey, db)
        if let earlier { return .existing(earlier) }
        try writeChange(db, keeping: kept)
        return .stored
    }

    /// Stores a new refund, or finds the one that has its key.
    /// - Throws: `DatabaseError`, `StoreError`, `UnreadableRow`.
    func acceptRefund(_ db: Database, keeping kept: KeptOrders) throws -> RefundAcceptance {
        guard let refund else { throw StoreError.refused("there is no refund to accept") }
        let earlier = try RefundRecord.refund(client: refund.client, idempotencyKey: refund.idempotencyKey, db)
        if let earlier { return .existing(earlier) }
        try writeChange(db, keeping: kept)
        return .stored
    }

    /// Stores a change of an order, and of the action beside it, if both still are the ones that were read.
    /// - Throws: `DatabaseError`, `StoreError`.
    func commit(_ db: Database, keeping kept: KeptOrders) throws {
        if let action, action.isNew { throw StoreError.conflict }
        guard refund == nil else { throw StoreError.refused("a refund is accepted, not committed") }
        try writeChange(db, keeping: kept)
    }

    private func writeChange(_ db: Database, keeping kept: KeptOrders) throws {
        if let action, action.orderID != id { throw StoreError.refused("an action changes its own order") }
        let version = try Int.fetchOne(
            db.cachedStatement(sql: "SELECT version FROM purchase_order WHERE id = ?"), arguments: [id.text])
        guard let version, version == expectedVersion else { throw StoreError.conflict }
        try checkClaim(db)
        try kept.keep(id, db)
        try writeHistory(db)
        try db.barring(claim) { try db.cachedStatement(sql: OrderRecord.update).execute(arguments: order) }
        guard db.changesCount == 1 else { throw StoreError.conflict }
        if let action { try db.barring(action.claim) { try action.write(db) } }
        guard let refund else { return }
        if refund.orderID != id { throw StoreError.refused("a refund belongs to its own order") }
        try refund.write(db)
    }

    /// What a person claims is nobody else's, at the moment of the commit: the indexes see ids of orders and of batches each
    /// on their own.
    private func checkClaim(_ db: Database) throws {
        guard let claimed else { return }
        let owners = try OrderReading.owners(
            of: [claimed.id.id], vendor: claimed.vendor, areNumbers: claimed.id.isNumber, db)
        guard owners[claimed.id.id]?.subtracting([id]).isEmpty ?? true else { throw StoreError.claimed }
    }

    /// Events and attempts go first: the rows of order and action are held against them.
    private func writeHistory(_ db: Database) throws {
        let event = try db.cachedStatement(sql: EventRecord.insert)
        for arguments in events { try event.execute(arguments: arguments) }
        let attempt = try db.cachedStatement(sql: AttemptRecord.upsert)
        for arguments in attempts { try attempt.execute(arguments: arguments) }
    }
}
