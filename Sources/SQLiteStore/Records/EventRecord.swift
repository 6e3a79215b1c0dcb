import ExactJSON
import Foundation
import GRDB
import Purchasing

/// An event as its row.
enum EventRecord {
    static let columns =
        "id, order_id, number, type, state, previous, cause, actor_kind, actor_name, request_id, at, data, action_id"

    static let insert =
        "INSERT INTO event (" + columns + ", client) VALUES ("
        + Array(repeating: "?", count: 14).joined(separator: ", ") + ")"

    static let ofOrder = "SELECT " + columns + " FROM event WHERE order_id = ? ORDER BY number"

    static func values(of event: OrderEvent, client: String) -> [DatabaseValue] {
        [
            event.id.text.databaseValue, event.orderID.text.databaseValue, event.number.databaseValue,
            event.type.text.databaseValue, event.state.rawValue.databaseValue,
            (event.previous?.rawValue).databaseValue, event.cause.databaseValue,
            event.actor.kind.rawValue.databaseValue, event.actor.name.databaseValue, event.requestID.databaseValue,
            event.at.milliseconds.databaseValue, event.data.text.databaseValue, (event.actionID?.text).databaseValue,
            client.databaseValue,
        ]
    }

    /// - Throws: `UnreadableRow`.
    static func read(_ row: Row) throws -> OrderEvent {
        guard let id = Identifier(row[0], kind: .event), let orderID = OrderID(row[1], kind: .order) else {
            throw UnreadableRow(column: "event id")
        }
        guard let type = OrderEvent.Kind(text: row[3]) else { throw UnreadableRow(column: "event type") }
        let actionID = try (row[12] as String?).map { text in
            guard let id = ActionID(text, kind: .action) else { throw UnreadableRow(column: "event's action") }
            return id
        }
        return OrderEvent(
            id: id, orderID: orderID, number: row[2], type: type,
            state: try OrderStatus(word: row[4], column: "event state"),
            previous: try (row[5] as String?).map { try OrderStatus(word: $0, column: "event state") },
            cause: row[6],
            actor: .init(try OrderEvent.Actor.Kind(word: row[7], column: "actor"), row[8]),
            requestID: row[9], at: Date(milliseconds: row[10]), data: try JSON(stored: row[11], column: "event"),
            actionID: actionID)
    }
}
