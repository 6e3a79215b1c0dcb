/// One sale, as the vendor's books have it: an order, or whatever else the account was charged for.
public struct SandboxSale: Sendable, Hashable {
    /// What was sold.
    public enum Kind: String, Sendable, Hashable {
        /// New goods.
        case order
        /// More months of a HeloData batch.
        case renewal
        /// A new address for an old one of a HeloData batch, past those that are free.
        case replacement
        /// More days of legacy addresses.
        case `extension`
        /// More months of a HeloData batch, by the vendor's own clock.
        case autoRenewal = "auto_renewal"
        /// More days of legacy addresses, by the vendor's own clock.
        case autoExtension = "auto_extension"
    }

    /// What was sold.
    public var kind = Kind.order
    /// The number of its `charged` entry; books count from 1.
    public var sequence = 0
    /// The `received` entry of the request that bought; nil for a sale made by hand.
    public var exchange: Int?
    /// Whether the balance paid for it.
    public var charged = true
    /// HeloData's `ord_…`, the legacy `NUMBER-…`; several, with commas, where one charge was for several orders.
    public var order: String
    /// The legacy `orderId` of the list of IP addresses; several, with commas, where one charge was for several.
    public var orderID: String?
    /// HeloData's `bat_…`.
    public var batchID: String?
    /// `residential`, `mobile`, `isp`; `IPv4`, `IPv6`, `MOBILE`, `ISP`.
    public var product: String
    /// The country, in the vendor's spelling.
    public var country: String?
    /// How many IP addresses were paid for.
    public var quantity: Int?
    /// How many gigabytes.
    public var gigabytes: SandboxDecimal?
    /// Rental time at HeloData.
    public var months: Int?
    /// Rental time at the legacy vendor.
    public var days: Int?
    /// What was charged, in the account's currency.
    public var price: SandboxDecimal
    /// The balance right after.
    public var balance = SandboxDecimal.zero
    /// When, by the vendor's clock: ISO 8601.
    public var time = ""
    /// The buyer's `Idempotency-Key`.
    public var idempotencyKey: String?
    /// SHA-256 of the request's body, hexadecimal.
    public var bodyDigest: String?
    /// The client's end of the connection: `127.0.0.1:54321`.
    public var connection: String?
}

/// One line of a vendor's books. Lines are only ever added.
public struct SandboxEntry: Sendable, Hashable {
    /// What a line reports.
    public enum Event: String, Sendable, Hashable {
        /// A request has arrived whole; nothing was done yet.
        case received
        /// Something was sold; written at that very moment.
        case charged
        /// Something that was sold before was changed, charged or not; written at that very moment.
        case changed
        /// The vendor wanted to prolong something by its own clock, and the balance did not cover it.
        case unpaid
        /// An answer is about to be sent whole.
        case answered
        /// The connection was, or is about to be, ended without a whole answer.
        case dropped
        /// Money came to the account, or left it, without a sale.
        case toppedUp = "topped_up"
        /// Money came back for an order.
        case refunded
        /// The settings set another balance.
        case adjusted
    }

    /// Counts from 1, without gaps.
    public var sequence = 0
    /// When, by the vendor's clock: ISO 8601 with milliseconds.
    public var time = ""
    /// What happened.
    public var event: Event
    /// In which call; nil for what no call did.
    public var call: SandboxCall?
    /// The `received` entry that this one belongs to.
    public var exchange: Int?
    /// The client's end of the connection.
    public var connection: String?
    /// The request's `Idempotency-Key`.
    public var idempotencyKey: String?
    /// SHA-256 of the request's body, hexadecimal.
    public var bodyDigest: String?
    /// The HTTP status of the answer.
    public var status: Int?
    /// The vendor's own error code in the answer.
    public var refusal: String?
    /// The fault that hit the call.
    public var fault: String?
    /// The sale of a `charged` entry.
    public var sale: SandboxSale?
    /// The change of a `changed` entry.
    public var change: SandboxChange?
    /// The amount of `topped_up`, `refunded` and `adjusted`; what an `unpaid` one would have cost.
    public var amount: SandboxDecimal?
    /// The balance after the entry.
    public var balance = SandboxDecimal.zero
}

/// A vendor's books at one moment.
public struct SandboxBooks: Sendable, Hashable {
    /// `HeloData` or `legacy`.
    public var vendor: String
    /// The balance that the account began with.
    public var openingBalance: SandboxDecimal
    /// The balance now.
    public var balance: SandboxDecimal
    /// What happened, oldest first.
    public var entries: [SandboxEntry]
    /// How many of the oldest entries were dropped to bound the memory; sales never are.
    public var forgotten: Int
    /// One row for each charge, and for each order that was given away, oldest first.
    public var sold: [SandboxSale]
    /// One row for each change to what was sold before, charged or not, oldest first.
    public var changes: [SandboxChange]

    /// The balance that the opening balance, the sales, and the moves without a sale come to.
    public var reckonedBalance: SandboxDecimal {
        let paid = sold.filter(\.charged).reduce(SandboxDecimal.zero) { $0 + $1.price }
        return openingBalance + moved - paid
    }

    var moved = SandboxDecimal.zero
}
