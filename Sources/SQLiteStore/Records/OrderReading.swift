import ExactJSON
import Foundation
import GRDB
import Purchasing

/// Questions about orders. What each answers comes of one statement, so it is one state of the database even outside a
/// transaction.
enum OrderReading {
    static let selection = columns + " FROM purchase_order o LEFT JOIN attempt a ON a.order_id = o.id"
    private static let columns: String = {
        let attempt = AttemptRecord.columns.split(separator: ", ").map { "a." + $0 }.joined(separator: ", ")
        let order = (OrderRecord.originColumns + ", " + OrderRecord.lifeColumns)
            .split(separator: ", ").map { "o." + $0 }.joined(separator: ", ")
        return "SELECT " + order + ", " + attempt
    }()

    static let byID = selection + " WHERE o.id = ? ORDER BY a.number"
    /// In the order of the array: a cross join goes through its left side as that comes.
    static let byIDs =
        columns + """
             FROM json_each(?) place CROSS JOIN purchase_order o ON o.id = place.value
                LEFT JOIN attempt a ON a.order_id = o.id
            """
    static let idOfKey = "SELECT id FROM purchase_order WHERE client = ? AND idempotency_key = ?"
    static let unsettled = selection + " WHERE o.settled_at IS NULL ORDER BY o.created_at, o.id, a.number"
    static let awaitingGoods =
        selection + """
             WHERE o.vendor = ?
                AND ((o.status IN ('provisioning', 'completed') AND o.vendor_order_id IS NULL AND o.batch_id IS NULL)
                    OR o.status = 'unknown')
            ORDER BY o.created_at, o.id, a.number
            """
    static let claimed = """
        SELECT value FROM json_each(?)
        WHERE EXISTS (SELECT 1 FROM purchase_order WHERE vendor = ? AND vendor_order_id = value)
            OR EXISTS (SELECT 1 FROM purchase_order WHERE vendor = ? AND batch_id = value)
        """

    static let owners = """
        SELECT place.value, o.id FROM json_each(?) place
            CROSS JOIN purchase_order o ON o.vendor = ? AND o.vendor_order_id = place.value
        UNION SELECT place.value, o.id FROM json_each(?) place
            CROSS JOIN purchase_order o ON o.vendor = ? AND o.batch_id = place.value
        UNION SELECT place.value, o.id FROM json_each(?) place
            CROSS JOIN purchase_order o ON o.vendor = ? AND o.vendor_order_number = place.value
        """

    static let lapsing =
        selection + """
             WHERE o.id IN (
                SELECT id FROM purchase_order INDEXED BY order_lapsing
                WHERE status IN ('provisioning', 'completed') AND expires_at IS NOT NULL
                    AND (expires_at, id) > (?, ?) AND expires_at < ?
                ORDER BY expires_at, id LIMIT 200)
            ORDER BY o.expires_at, o.id, a.number
            """

    static let soldTwice = """
        SELECT DISTINCT vendor FROM purchase_order INDEXED BY order_sold_twice
        WHERE instr(flags, '"possible_double_purchase"') > 0 AND vendor > ''
        """

    // Few, and oldest first, so they are counted where they are read.
    static let doubtfulOrders = """
        SELECT vendor, needs_review, created_at FROM purchase_order INDEXED BY order_unsettled
        WHERE settled_at IS NULL AND status = 'unknown' ORDER BY created_at
        """

    static let doubtfulActions = """
        SELECT vendor, needs_review, created_at FROM action INDEXED BY action_unsettled
        WHERE settled_at IS NULL AND status = 'unknown' ORDER BY created_at
        """

    static func order(_ id: OrderID, _ db: Database) throws -> Order? {
        try orders(byID, [id.text], db).first
    }

    /// Nearly every key is new, and that none has it is told without all the columns of an order.
    static func order(client: String, idempotencyKey: String, _ db: Database) throws -> Order? {
        try String.fetchOne(db.cachedStatement(sql: idOfKey), arguments: [client, idempotencyKey])
            .flatMap { try orders(byID, [$0], db).first }
    }

    /// The orders of some ids, in the order of these.
    static func orders(_ ids: [String], _ db: Database) throws -> [Order] {
        try orders(byIDs, [JSON.texts(ids).text], db)
    }

    static func unsettled(_ db: Database) throws -> [Order] { try orders(unsettled, [], db) }

    static func awaitingGoods(vendor: String, _ db: Database) throws -> [Order] {
        try orders(awaitingGoods, [vendor], db)
    }

    static func lapsing(within window: Range<Date>, after order: Order?, _ db: Database) throws -> [Order] {
        let from = order?.expiresAt ?? window.lowerBound
        return try orders(
            lapsing, [from.milliseconds, order?.id.text ?? "", window.upperBound.milliseconds], db)
    }

    static func vendorsSeenToSellTwice(_ db: Database) throws -> Set<String> {
        try String.fetchSet(db.cachedStatement(sql: soldTwice))
    }

    static func openDoubts(_ db: Database) throws -> [OpenDoubts] {
        var doubts: [String: OpenDoubts] = [:]
        for (sql, part) in [(doubtfulOrders, \OpenDoubts.orders), (doubtfulActions, \OpenDoubts.actions)] {
            let rows = try Row.fetchCursor(db.cachedStatement(sql: sql))
            while let row = try rows.next() {
                let vendor: String = row[0]
                doubts[vendor, default: OpenDoubts(vendor: vendor)][keyPath: part].note(
                    Date(milliseconds: row[2]), needsReview: row[1])
            }
        }
        return doubts.values.sorted { $0.vendor < $1.vendor }
    }

    static func events(of id: OrderID, _ db: Database) throws -> [OrderEvent] {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: EventRecord.ofOrder), arguments: [id.text])
        return try Array(rows.map(EventRecord.read))
    }

    static func claimed(_ goods: [String], vendor: String, _ db: Database) throws -> Set<String> {
        try String.fetchSet(
            db.cachedStatement(sql: claimed), arguments: [JSON.texts(goods).text, vendor, vendor])
    }

    static func owners(of ids: [String], vendor: String, areNumbers: Bool, _ db: Database) throws
        -> [String: Set<OrderID>]
    {
        let list = JSON.texts(ids).text
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: owners), arguments: [list, vendor, list, vendor, areNumbers ? list : "[]", vendor])
        var owners: [String: Set<OrderID>] = [:]
        while let row = try rows.next() {
            guard let id = OrderID(row[1] as String, kind: .order) else { throw UnreadableRow(column: "id") }
            owners[row[0], default: []].insert(id)
        }
        return owners
    }

    /// Orders from rows that stand together by order, one for each attempt.
    static func orders(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws -> [Order] {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        var orders: [Order] = []
        while let row = try rows.next() {
            let id: String = row[0]
            if orders.last?.id.text != id { orders.append(try OrderRecord.read(row, id: id)) }
            if let attempt = try AttemptRecord.read(row, from: OrderRecord.width) {
                orders[orders.count - 1].attempts.append(attempt)
            }
        }
        return orders
    }
}
