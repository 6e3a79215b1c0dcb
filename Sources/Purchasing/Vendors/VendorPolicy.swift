/// How Purser deals with one vendor; every value comes from the configuration.
public struct VendorPolicy: Sendable, Hashable {
    /// How long a purchase that ended unknown may be sent again with the same key, counted from the first send.
    public var resendWindow: Duration = .seconds(20 * 3600)
    /// The pause before the first resend; it doubles, with full jitter.
    public var resendPause: Duration = .milliseconds(500)
    public var resendPauseMax: Duration = .seconds(60)
    /// How often sold goods are looked for.
    public var followInterval: Duration = .seconds(30)
    /// How long evidence is read before an unknown outcome is given to a person.
    public var settleTime: Duration = .seconds(15 * 60)
    /// How old the last reading of its balance gets before the account is read without anybody asking; zero for never.
    public var balanceInterval: Duration = .seconds(600)
    /// How many failures in a row open the circuit.
    public var breakerFailures = 5
    /// How long an open circuit rests.
    public var breakerRest: Duration = .seconds(30)

    public init() {}
}

/// How Purser deals with orders, whatever the vendor.
public struct OrderPolicy: Sendable, Hashable {
    /// How long a vendor that cannot be reached is tried, not counting time in its queue.
    public var deadline: Duration = .seconds(30)
    /// How long an order may wait in a vendor's queue.
    public var queueLimit: Duration = .seconds(600)
    /// How `auto` chooses.
    public var routing = RoutingRules()
    /// When the next candidate is tried.
    public var fallback = Fallback.stock
    /// How long before bought IPs lapse an event says so: HeloData's own mails come 7 and 3 days before
    /// (`/products/overview-2/ip-management`).
    public var expiryNotices: [Duration] = [.seconds(7 * 86_400), .seconds(3 * 86_400), .seconds(86_400)]

    public init() {}

    /// After which proofs that nothing was bought the next candidate is tried.
    public enum Fallback: String, Sendable, Hashable, CaseIterable {
        case none
        /// After `insufficient_inventory`, and when the vendor could not be reached.
        case stock
        /// After any refusal.
        case anyRefusal = "any_refusal"
    }
}
