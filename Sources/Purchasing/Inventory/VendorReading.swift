public import Foundation

/// What can be read from a vendor without spending, and is worth keeping for a while.
public enum ReadingTopic: Sendable, Hashable {
    /// What there is to buy (`VendorAdapter.stock`).
    case stock(StockQuery)
    /// What may be asked for in orders of a product (`VendorAdapter.lists`).
    case lists(ProductShape)
    /// Balance and KYC (`VendorAdapter.account`).
    case account
}

/// What a vendor answered to a topic.
public enum VendorReading: Sendable, Hashable {
    case stock([InventoryRow])
    case lists(ReferenceLists)
    case account(VendorAccount)
}

/// What is known of a topic at one vendor, with its age.
public struct KnownReading: Sendable, Hashable {
    /// The last answer that could be read; nil when there never was one.
    public let value: VendorReading?
    /// When the call that read it was begun; nil without a value.
    public let readAt: Date?
    /// Whether the value is older than its topic may be; true without a value.
    public let isStale: Bool
    /// Why the last try to read it failed; nil when it did not.
    public let failure: ReadFailure?

    public init(value: VendorReading?, readAt: Date?, isStale: Bool, failure: ReadFailure?) {
        self.value = value
        self.readAt = readAt
        self.isStale = isStale
        self.failure = failure
    }
}

/// A read that failed.
public struct ReadFailure: Sendable, Hashable {
    /// A stable word: `connection_refused`, `status_502`, `rate_limited`, `auth_failed`, `unreadable`, `resting`.
    public let reason: String
    public let at: Date

    public init(reason: String, at: Date) {
        self.reason = reason
        self.at = at
    }
}
