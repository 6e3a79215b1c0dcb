/// One batch of IPs as its vendor shows it now, with the order that bought it.
public struct Batch: Sendable {
    /// The vendor's name in the configuration.
    public let vendor: String
    /// What the vendor shows.
    public let goods: Goods
    /// Nil for a batch of the account that no order bought; only auditors and operators see one.
    public let order: Order?
    /// How many IPs may still be replaced without charge; nil where that is not known.
    public let replacements: ReplacementAllowance?
}

/// Where a batch stands in a list of them: by the vendor's id, the latest first, since ids of vendors begin with the time.
public struct BatchPlace: Sendable, Hashable {
    public let vendor: String
    public let id: String

    public init(vendor: String, id: String) {
        self.vendor = vendor
        self.id = id
    }

    /// Whether it comes earlier in a list than another.
    func precedes(_ other: BatchPlace) -> Bool { (other.id, vendor) < (id, other.vendor) }
}

/// Which batches to list.
public struct BatchQuery: Sendable, Hashable {
    /// Only of this vendor; nil for all that sell batches.
    public var vendor: String?
    /// Where the page before ended.
    public var after: BatchPlace?
    /// At most this many, 1 to 200.
    public var limit = 50

    public init() {}
}

/// A page of batches, in the order of `BatchPlace`.
public struct BatchPage: Sendable {
    public let batches: [Batch]
    /// Whether more follow.
    public let hasMore: Bool
}
