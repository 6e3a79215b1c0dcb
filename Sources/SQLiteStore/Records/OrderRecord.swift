import ExactJSON
import Foundation
import GRDB
import Purchasing

/// An order as its row: what is bound when it is written, and how it is read back. The columns stand in one order
/// everywhere, because they are read by position.
enum OrderRecord {
    /// What never changes after the order was made.
    static let originColumns =
        "id, client, idempotency_key, fingerprint, request, product, country, request_id, traceparent, created_at"
    /// What the life of the order changes.
    static let lifeColumns =
        "status, version, event_count, updated_at, settled_at, vendor, vendor_order_number, vendor_order_id, batch_id, "
        + "total_micros, total_currency, total_source, routing, unknown, needs_review, problem, expires_at, "
        + "vendor_details, flags, auto_renewal, held_micros, held_currency, refunded_micros, last_refund"
    /// How many columns a row has.
    static let width = 34

    static let insert =
        "INSERT INTO purchase_order (" + originColumns + ", " + lifeColumns + ") VALUES ("
        + Array(repeating: "?", count: width).joined(separator: ", ") + ")"
    static let update =
        "UPDATE purchase_order SET (" + lifeColumns + ") = ("
        + Array(repeating: "?", count: 24).joined(separator: ", ") + ") WHERE id = ? AND version = ?"

    static func origin(of order: Order) -> [DatabaseValue] {
        [
            order.id.text.databaseValue, order.client.databaseValue, order.idempotencyKey.databaseValue,
            order.fingerprint.databaseValue, String(decoding: order.request.normalForm, as: UTF8.self).databaseValue,
            order.request.product.rawValue.databaseValue, (order.request.country?.alpha2).databaseValue,
            order.requestID.databaseValue, order.traceparent.databaseValue, order.createdAt.milliseconds.databaseValue,
        ]
    }

    static func life(of order: Order) -> [DatabaseValue] {
        [
            order.status.rawValue.databaseValue, order.version.databaseValue, order.eventCount.databaseValue,
            order.updatedAt.milliseconds.databaseValue, (order.settledAt?.milliseconds).databaseValue,
            order.vendor.databaseValue, order.vendorOrderNumber.databaseValue, order.vendorOrderID.databaseValue,
            order.batchID.databaseValue, (order.total?.amount.count).databaseValue,
            (order.total?.currency).databaseValue, (order.totalSource?.rawValue).databaseValue,
            order.routing.stored.text.databaseValue, (order.unknown?.stored.text).databaseValue,
            (order.unknown?.needsReview ?? false).databaseValue, (order.problem?.stored.text).databaseValue,
            (order.expiresAt?.milliseconds).databaseValue, (order.vendorDetails?.text).databaseValue,
            JSON.texts(order.flags).text.databaseValue, (order.autoRenewal?.stored.text).databaseValue,
            (order.held?.amount.count).databaseValue, (order.held?.currency).databaseValue,
            (order.refunded?.amount.count ?? 0).databaseValue, (order.lastRefund?.text).databaseValue,
        ]
    }

    /// Reads an order, without its attempts, from the first columns of a row.
    /// - Parameter id: what stands in the first.
    /// - Throws: `UnreadableRow`.
    static func read(_ row: Row, id: String) throws -> Order {
        guard let id = OrderID(id, kind: .order) else { throw UnreadableRow(column: "order id") }
        var order = Order(
            id: id, client: row[1], idempotencyKey: row[2], request: try request(row[4]), fingerprint: row[3],
            requestID: row[7], traceparent: row[8], routing: try Routing(text: row[22], column: "routing"),
            createdAt: Date(milliseconds: row[9]))
        order.vendor = row[15]
        order.vendorOrderNumber = row[16]
        order.vendorOrderID = row[17]
        order.batchID = row[18]
        order.total = Money(micros: row[19], currency: row[20])
        order.totalSource = try (row[21] as String?).map { try TotalSource(word: $0, column: "total source") }
        order.unknown = try (row[23] as String?).map { try UnknownOutcome(text: $0, column: "unknown outcome") }
        order.problem = try (row[25] as String?).map { try OrderProblem(text: $0, column: "problem") }
        order.expiresAt = (row[26] as Int64?).map(Date.init(milliseconds:))
        order.vendorDetails = try (row[27] as String?).map { try JSON(stored: $0, column: "vendor's answer") }
        order.flags = try flags(row[28])
        order.autoRenewal = try (row[29] as String?).map { try RentalTime(text: $0, column: "renewal") }
        if let refund = row[33] as String? {
            guard let id = RefundID(refund, kind: .refund), let total = order.total else {
                throw UnreadableRow(column: "refund id")
            }
            order.lastRefund = id
            order.refunded = Money(Millionths(row[32]), currency: total.currency)
        }
        return Order(
            restoring: order, status: try OrderStatus(word: row[10], column: "status"), version: row[11],
            eventCount: row[12], updatedAt: Date(milliseconds: row[13]),
            settledAt: (row[14] as Int64?).map(Date.init(milliseconds:)))
    }

    private static func request(_ text: String) throws(UnreadableRow) -> OrderRequest {
        if let request = OrderRequest(normalForm: text, as: .stored) { return request }
        let json = try JSON(stored: text, column: "request")
        do { return try OrderRequest(json: json) } catch { throw UnreadableRow(column: "request") }
    }

    private static func flags(_ text: String) throws(UnreadableRow) -> [String] {
        if text == "[]" { return [] }
        guard let flags = try JSON(stored: text, column: "flags").texts else { throw UnreadableRow(column: "flags") }
        return flags
    }
}

extension Money {
    /// Money from its two columns; nil when there is none.
    init?(micros: Int64?, currency: String?) {
        guard let micros, let currency else { return nil }
        self.init(Millionths(micros), currency: currency)
    }
}

extension RawRepresentable where RawValue == String {
    /// A word of a closed set.
    /// - Throws: `UnreadableRow`.
    init(word: String, column: String) throws(UnreadableRow) {
        guard let value = Self(rawValue: word) else { throw UnreadableRow(column: column) }
        self = value
    }
}
