/// What a caller wants done to goods that were bought.
public enum ActionTask: Sendable, Hashable {
    /// Rent them longer: all of them, or the named IPs where the vendor extends IPs one by one.
    case renew(RentalTime, ips: [String] = [], promoCode: String? = nil)
    /// Change every IP.
    case refresh
    /// Change the password that all IPs share.
    case rotatePassword
    /// Give the goods back; nothing is refunded.
    case release
    /// Change one IP, by the vendor's id of it.
    case replace(ip: String, reason: String? = nil)
    /// Have the vendor renew by itself, each time for as long; nil to stop it.
    case autoRenew(RentalTime?)
    /// Let an address or a network use the IPs without a password.
    case allow(String, label: String? = nil)
    /// Take an entry off the list of those, by the vendor's id of it.
    case disallow(entry: String)

    public var kind: ActionKind {
        switch self {
        case .renew: .renew
        case .refresh: .refresh
        case .rotatePassword: .rotatePassword
        case .release: .release
        case .replace: .replace
        case .autoRenew: .autoRenew
        case .allow: .allow
        case .disallow: .disallow
        }
    }
}

extension ActionTask {
    /// Whether two names of IPs may be of one: the same, or an address and an id, of which only the vendor knows whether
    /// they are.
    static func mayBeOne(_ ip: String, _ other: String) -> Bool {
        switch (IPAddress.normalForm(of: ip), IPAddress.normalForm(of: other)) {
        case (let address?, let another?): address == another
        case (nil, nil): ip == other
        case (.some, nil), (nil, .some): true
        }
    }
}

/// The kinds of action; the raw value is their name everywhere.
public enum ActionKind: String, Sendable, Hashable, CaseIterable {
    case renew, refresh
    case rotatePassword = "rotate_password"
    case release, replace
    case autoRenew = "auto_renew"
    case allow = "whitelist_add"
    case disallow = "whitelist_remove"

    /// Whether an action of this kind may be charged.
    public var maySpend: Bool {
        switch self {
        case .renew, .replace: true
        case .refresh, .rotatePassword, .release, .autoRenew, .allow, .disallow: false
        }
    }
}

/// A task and what it may cost, in normal form: two requests that mean the same are equal.
public struct ActionRequest: Sendable, Hashable {
    public let task: ActionTask
    /// Never spend above this.
    public let maxTotal: Money?
    /// Whether to go on under a ceiling although no price can be known before.
    public let allowUnknownPrice: Bool

    public init(_ task: ActionTask, maxTotal: Money? = nil, allowUnknownPrice: Bool = false) {
        self.task = task
        self.maxTotal = maxTotal
        self.allowUnknownPrice = allowUnknownPrice
    }
}
