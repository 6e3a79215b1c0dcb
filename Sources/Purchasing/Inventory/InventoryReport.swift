public import Foundation

/// What can be bought, as far as it is known, and what was found out about each vendor.
public struct InventoryReport: Sendable {
    /// By vendor in the configured order, then product, country, city and ASN.
    public let lines: [InventoryLine]
    /// Each vendor that was asked about, in the configured order.
    public let vendors: [VendorInventory]
    /// What the report was made of; `Inventory.use` says whether it may be given again.
    public let basis: ReadingBasis
    /// Whether a call to a vendor was waited for.
    public let isFetched: Bool
}

/// Something that can be bought at a vendor.
public struct InventoryLine: Sendable, Hashable {
    /// The vendor's name in the configuration.
    public let vendor: String
    public let row: InventoryRow
    /// When the call that read it was begun; nil for what is known without one.
    public let asOf: Date?
    public let isStale: Bool
}

/// How much is known of what a vendor sells of what was asked for.
public struct VendorInventory: Sendable, Hashable {
    /// The vendor's name in the configuration.
    public let vendor: String
    public let state: State
    /// When the oldest reading of it was begun; nil when nothing was read.
    public let asOf: Date?
    /// Why the last reading failed, as a stable word; nil when it did not.
    public let error: String?

    /// The worst of the vendor's products counts.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// The vendor does not sell it, or not in a way that can be chosen so.
        case notOffered = "not_offered"
        case fresh
        /// The vendor could not be read lately; what was known before is told.
        case stale
        /// The vendor could not be read, and nothing is known.
        case error
    }
}
