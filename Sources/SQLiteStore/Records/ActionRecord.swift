import ExactJSON
import Foundation
import GRDB
import Purchasing

/// An action as its row: what is bound when it is written, and how it is read back. The columns stand in one order
/// everywhere, because they are read by position.
enum ActionRecord {
    /// What never changes after the action was asked for.
    private static let originColumns =
        "id, order_id, vendor, client, idempotency_key, fingerprint, kind, request, request_id, traceparent, created_at"
    /// What the life of the action changes.
    private static let lifeColumns =
        "status, version, updated_at, settled_at, started_at, quoted_micros, quoted_currency, baseline, tries, "
        + "total_micros, total_currency, total_source, unknown, needs_review, problem, result, vendor_details"

    static let columns = originColumns + ", " + lifeColumns

    /// `owner` is the client whose order it is on: what lists are read by.
    static let insert =
        "INSERT INTO action (" + columns + ", owner) VALUES ("
        + Array(repeating: "?", count: 29).joined(separator: ", ") + ")"
    static let update =
        "UPDATE action SET (" + lifeColumns + ") = (" + Array(repeating: "?", count: 17).joined(separator: ", ")
        + ") WHERE id = ? AND version = ?"

    static func origin(of action: Action) -> [DatabaseValue] {
        [
            action.id.text.databaseValue, action.orderID.text.databaseValue, action.vendor.databaseValue,
            action.client.databaseValue, action.idempotencyKey.databaseValue, action.fingerprint.databaseValue,
            action.kind.rawValue.databaseValue, action.request.json.text.databaseValue,
            action.requestID.databaseValue, action.traceparent.databaseValue,
            action.createdAt.milliseconds.databaseValue,
        ]
    }

    static func life(of action: Action) -> [DatabaseValue] {
        [
            action.status.rawValue.databaseValue, action.version.databaseValue,
            action.updatedAt.milliseconds.databaseValue, (action.settledAt?.milliseconds).databaseValue,
            (action.startedAt?.milliseconds).databaseValue, (action.quotedPrice?.amount.count).databaseValue,
            (action.quotedPrice?.currency).databaseValue, (action.baseline?.stored.text).databaseValue,
            action.tries.databaseValue, (action.total?.amount.count).databaseValue,
            (action.total?.currency).databaseValue, (action.totalSource?.rawValue).databaseValue,
            (action.unknown?.stored.text).databaseValue, (action.unknown?.needsReview ?? false).databaseValue,
            (action.problem?.stored.text).databaseValue, (action.result?.text).databaseValue,
            (action.vendorDetails?.text).databaseValue,
        ]
    }

    /// - Throws: `UnreadableRow`.
    static func read(_ row: Row) throws -> Action {
        guard let id = ActionID(row[0], kind: .action), let orderID = OrderID(row[1], kind: .order) else {
            throw UnreadableRow(column: "action id")
        }
        guard let request = ActionRequest(stored: try JSON(stored: row[7], column: "action's request")) else {
            throw UnreadableRow(column: "action's request")
        }
        var action = Action(
            id: id, orderID: orderID, vendor: row[2], client: row[3], idempotencyKey: row[4], fingerprint: row[5],
            request: request, requestID: row[8], traceparent: row[9], createdAt: Date(milliseconds: row[10]),
            status: try ActionStatus(word: row[11], column: "action's status"), version: row[12],
            updatedAt: Date(milliseconds: row[13]), settledAt: (row[14] as Int64?).map(Date.init(milliseconds:)))
        action.startedAt = (row[15] as Int64?).map(Date.init(milliseconds:))
        action.quotedPrice = Money(micros: row[16], currency: row[17])
        action.baseline = try (row[18] as String?).map { try GoodsCondition(text: $0, column: "action's baseline") }
        action.tries = row[19]
        action.total = Money(micros: row[20], currency: row[21])
        action.totalSource = try (row[22] as String?).map { try TotalSource(word: $0, column: "total source") }
        action.unknown = try (row[23] as String?).map { try UnknownOutcome(text: $0, column: "unknown outcome") }
        action.problem = try (row[25] as String?).map { try OrderProblem(text: $0, column: "problem") }
        action.result = try (row[26] as String?).map { try JSON(stored: $0, column: "action's result") }
        action.vendorDetails = try (row[27] as String?).map { try JSON(stored: $0, column: "vendor's answer") }
        return action
    }
}
