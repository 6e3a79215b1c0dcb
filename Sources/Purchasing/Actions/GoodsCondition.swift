public import Foundation

/// Goods as their vendor shows them at one moment: what an action is judged by. What was not told is nil.
public struct GoodsCondition: Sendable, Hashable {
    /// Whether the vendor shows them at all.
    public var isThere: Bool
    /// In whole milliseconds, as it is kept, so that a reading from before a restart equals the same one after it.
    public var expiresAt: Date? {
        get { expiry }
        set { expiry = newValue?.cutToMilliseconds }
    }
    private var expiry: Date?
    /// How many IPs there are.
    public var count: Int?
    /// A digest of all IPs, whatever their order.
    public var ips: String?
    /// A few bits of a digest of some of the IPs, as `marks(of:)` chooses them: enough to see whether any of them stayed.
    public var marks: [Int]?
    /// Whether the IP that is to be replaced is among them.
    public var holdsIP: Bool?
    /// A few bits of a digest of the credentials: enough to see that they changed, too few to find them.
    public var credentials: Int?
    /// Whether the vendor renews them by itself; where an action asks for that, whether for as long as it asks.
    public var renewsItself: Bool?
    /// The addresses that need no password, in normal form.
    public var allowed: [String]?
    /// The ids of those entries, in their order.
    public var allowedEntries: [String]?
    /// The account's balance.
    public var balance: Money?

    public init(isThere: Bool) { self.isThere = isThere }
}
