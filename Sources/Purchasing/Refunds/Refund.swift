import ExactJSON
public import Foundation

/// Money that a vendor gave back for an order, as an operator wrote it down: an entry of its own beside the order, whose
/// status and total stand as they were. Entries are only ever added.
public struct Refund: Sendable, Hashable {
    public let id: RefundID
    public let orderID: OrderID
    /// Counts the refunds of its order, from 1.
    public let number: Int
    /// What came back; above zero, in the currency of the order's total.
    public let amount: Money
    /// Why, in the operator's words.
    public let note: String
    /// What the vendor calls it: the number of a credit note, say.
    public let vendorReference: String?
    /// The client that wrote it down; its orders, actions and refunds share their keys.
    public let client: String
    /// Who wrote it down.
    public let by: String
    public let idempotencyKey: String
    /// `RefundRequest.fingerprint` of what was asked.
    public let fingerprint: String
    /// The request id of the call that made it.
    public let requestID: String
    public let at: Date

    public init(
        id: RefundID, orderID: OrderID, number: Int, amount: Money, note: String, vendorReference: String?,
        client: String, by: String, idempotencyKey: String, fingerprint: String, requestID: String, at: Date
    ) {
        self.id = id
        self.orderID = orderID
        self.number = number
        self.amount = amount
        self.note = note
        self.vendorReference = vendorReference
        self.client = client
        self.by = by
        self.idempotencyKey = idempotencyKey
        self.fingerprint = fingerprint
        self.requestID = requestID
        self.at = at
    }

    /// What its event tells, besides the sum of all refunds of the order.
    var facts: [(String, JSON?)] {
        [
            ("refund_id", .string(id.text)), ("number", .int(number)), ("amount", amount.json),
            ("vendor_reference", vendorReference.map(JSON.string)), ("note", .string(note)), ("by", .string(by)),
        ]
    }
}
