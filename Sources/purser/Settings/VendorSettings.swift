import Purchasing

/// One entry under `vendors`: an account at a vendor.
struct VendorSettings: Sendable, Hashable {
    /// The kinds of vendor that there are adapters for.
    enum Kind: String, Sendable, CaseIterable {
        case helodata, legacy
    }

    /// The name that callers use; the key under `vendors`.
    var name: String
    /// `kind`: which API the vendor speaks.
    var kind: Kind
    /// `base_url`: where that API is.
    var baseURL: String
    /// `api_key`, read from where the file says.
    var apiKey: Secret
    /// `enabled`: whether new orders may go to it; orders that it has are followed either way.
    var isEnabled = SettingTable.Vendor.enabled.standard
    /// `timeout`: how long a call may take.
    var timeout: Duration
    /// `connect_timeout`: how long a connection may take to come about.
    var connectTimeout = SettingTable.Vendor.connectTimeout.standard
    /// `ca_file`, from where relative paths start: authorities that are trusted besides the system's.
    var caFile: String?
    /// `resend_window`, `resend_pause`, `resend_pause_max`, `follow_interval`, `settle_time`, `balance_interval` and `breaker`.
    var policy = VendorPolicy()

    /// `max_in_flight`: how many purchases may be in flight at once (helodata).
    var maxInFlight = SettingTable.HeloData.maxInFlight.standard
    /// `idempotency`: whether the vendor is trusted to honour its idempotency key (helodata).
    var honoursIdempotency = SettingTable.HeloData.idempotency.standard
    /// `prices`: what the account pays, used where the vendor does not say (helodata).
    var prices = Prices()

    /// `goal`: the purpose of orders that state none (legacy).
    var goal: String?

    /// Unit prices in US dollars.
    struct Prices: Sendable, Hashable {
        /// `residential_gb`.
        var residentialGB: Millionths?
        /// `mobile_gb`.
        var mobileGB: Millionths?
        /// `isp_ip_month`.
        var ispIPMonth: Millionths?
    }

    /// An account with its kind's address and time-out, and the defaults for the rest.
    init(name: String, kind: Kind, apiKey: Secret) {
        self.name = name
        self.kind = kind
        self.apiKey = apiKey
        baseURL = kind.baseURL
        timeout = kind.timeout
    }
}

extension VendorSettings.Kind {
    /// The address in the vendor's documents.
    var baseURL: String {
        switch self {
        case .helodata: "https://api.helodata.com/v1"
        case .legacy: "https://youproxy.io"
        }
    }

    /// How long a call may take unless the file says otherwise; legacy buys while the caller waits.
    var timeout: Duration {
        switch self {
        case .helodata: .seconds(30)
        case .legacy: .seconds(120)
        }
    }

    /// Why text cannot be this vendor's key; nil when it can.
    func objection(to key: String) -> String? {
        switch self {
        case .helodata:
            let isFit = !key.isEmpty && key.utf8.count <= 4096 && key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            return isFit ? nil : "the key must be visible ASCII without blanks"
        case .legacy:
            let isFit = !key.isEmpty && key.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == 0x5F || $0 == 0x2D }
            return isFit ? nil : "the key must be letters, digits, _ and -, since it is a part of the URL's path"
        }
    }
}
