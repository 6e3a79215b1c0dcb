public import Purchasing

/// One account at a legacy vendor, as the configuration states it.
public struct LegacySettings: Sendable, Hashable {
    /// The vendor's name in the configuration.
    public var name: String
    /// Shown as `https://youproxy.io` in the newest pages' curl lines (/price-calculation/calculate-an-order).
    public var baseURL: String
    /// A segment of every path, so letters, digits, `_` and `-` only (/api-reference/create-an-order).
    public var apiKey: Secret
    /// How long a call may take: where a lost answer cannot be asked again, waiting long is the cheapest protection.
    public var timeout: Duration
    public var connectTimeout: Duration
    /// A PEM file with authorities that are trusted besides the system's; nil for none.
    public var caFile: String?
    /// The goal that is stated for requests without one; the vendor requires it (/api-reference/create-an-order).
    public var goal: String?

    public init(
        name: String = "legacy", baseURL: String = "https://youproxy.io", apiKey: Secret,
        timeout: Duration = .seconds(120), connectTimeout: Duration = .seconds(3), caFile: String? = nil,
        goal: String? = nil
    ) {
        self.name = name
        self.baseURL = baseURL
        self.apiKey = apiKey
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.caFile = caFile
        self.goal = goal
    }
}
