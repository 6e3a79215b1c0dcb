public import ExactJSON
public import Foundation

/// One purchase as a vendor's list of owned goods shows it: a HeloData batch, or a legacy group of IPs with one `orderId`.
///
/// The lists are undocumented, so a field that was not told is nil and proves nothing.
public struct Goods: Sendable, Hashable {
    /// The vendor's id: a batch id, or a legacy `orderId`.
    public let id: String
    /// The number of the order answer, where the list carries it.
    public let orderNumber: String?
    public let shape: ProductShape?
    /// The vendor's own word for where they stand.
    public let status: String?
    public let country: Country?
    public let city: String?
    public let asn: Int?
    /// How many IPs the list shows or says.
    public let quantity: Int?
    public let proxyProtocol: ProxyProtocol?
    public let mobileOperator: String?
    /// When they began, as the vendor says it.
    public var startsAt: Date?
    /// Seconds by which the clock that told `startsAt` is ahead of ours; nil where nobody knows, and then it proves nothing.
    /// Default: 0.
    public var clockOffset: TimeInterval? = 0
    public let endsAt: Date?
    /// Whether the IPs are there to use.
    public let isReady: Bool
    /// What the vendor said, minus secrets.
    public let details: JSON

    /// When they began by our clock, as far as its difference to the vendor's is known.
    public var began: Date? { startsAt?.addingTimeInterval(-(clockOffset ?? 0)) }

    public init(
        id: String, orderNumber: String? = nil, shape: ProductShape? = nil, status: String? = nil,
        country: Country? = nil, city: String? = nil, asn: Int? = nil, quantity: Int? = nil,
        proxyProtocol: ProxyProtocol? = nil, mobileOperator: String? = nil, startsAt: Date? = nil, endsAt: Date? = nil,
        isReady: Bool, details: JSON = .object([])
    ) {
        self.id = id
        self.orderNumber = orderNumber
        self.shape = shape
        self.status = status
        self.country = country
        self.city = city
        self.asn = asn
        self.quantity = quantity
        self.proxyProtocol = proxyProtocol
        self.mobileOperator = mobileOperator
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.isReady = isReady
        self.details = details
    }
}

/// How far the goods of one sale are.
public struct GoodsState: Sendable, Hashable {
    /// How many IPs are there; nil when the vendor does not tell.
    public let count: Int?
    /// Whether all that was ordered is there.
    public let isReady: Bool
    public let expiresAt: Date?
    /// Things worth a look: `short`, `more_than_ordered`, `substituted`.
    public let flags: [String]
    /// The vendor's own word for a state of the goods that no document of its has, such as `refunded`; nil for one that is
    /// known, and where none is told.
    public let undocumentedState: String?
    /// What the vendor said, minus secrets.
    public let details: JSON

    public init(
        count: Int?, isReady: Bool, expiresAt: Date? = nil, flags: [String] = [], undocumentedState: String? = nil,
        details: JSON = .object([])
    ) {
        self.count = count
        self.isReady = isReady
        self.expiresAt = expiresAt
        self.flags = flags
        self.undocumentedState = undocumentedState
        self.details = details
    }
}

/// An address or a network that may use a batch without a password.
public struct WhitelistEntry: Sendable, Hashable {
    /// The vendor's id of the entry.
    public let id: String
    /// `203.0.113.7` or `203.0.113.0/24`, as the vendor says it.
    public let address: String
    public let label: String?
    public let createdAt: Date?

    public init(id: String, address: String, label: String? = nil, createdAt: Date? = nil) {
        self.id = id
        self.address = address
        self.label = label
        self.createdAt = createdAt
    }
}
