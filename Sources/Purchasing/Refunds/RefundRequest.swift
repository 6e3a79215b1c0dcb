import Crypto
import ExactJSON

/// What an operator writes down of money that came back.
public struct RefundRequest: Sendable, Hashable {
    /// Above zero.
    public let amount: Millionths
    /// ISO 4217; nil for the currency of the order.
    public let currency: String?
    public let note: String
    public let vendorReference: String?

    public init(amount: Millionths, currency: String? = nil, note: String, vendorReference: String? = nil) {
        self.amount = amount
        self.currency = currency
        self.note = note
        self.vendorReference = vendorReference
    }

    /// SHA-256 of what it means for an order, in hexadecimal.
    public func fingerprint(about order: OrderID) -> String {
        let json = JSON.object([
            ("order_id", .string(order.text)), ("refund", .string(amount.text(places: 6))),
            ("currency", currency.map(JSON.string)), ("note", .string(note)),
            ("vendor_reference", vendorReference.map(JSON.string)),
        ])
        return SHA256.hash(data: json.bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
