public import Purchasing

/// One HeloData account, as the configuration states it.
public struct HeloDataSettings: Sendable, Hashable {
    /// The vendor's name in the configuration; several accounts may stand side by side.
    public var name: String
    /// Documented as `https://api.helodata.com/v1` (/api-reference/orders).
    public var baseURL: String
    /// `hel_live_…`, sent as a bearer token (/api-reference/authentication).
    public var apiKey: Secret
    /// How long a call may take. A purchase may block for about 2 s while a card is charged (/dashboard/auto-topup).
    public var timeout: Duration
    public var connectTimeout: Duration
    /// A PEM file with authorities that are trusted besides the system's; nil for none.
    public var caFile: String?
    /// How many purchases may be in flight at once.
    public var maxInFlight: Int
    /// Whether the vendor is trusted to honour `Idempotency-Key`; its documents show the header and say nothing more.
    public var idempotency: Bool
    public var prices: Prices

    /// The prices that the account pays, in US dollars; used where the vendor does not say. None is guessed.
    public struct Prices: Sendable, Hashable {
        public var residentialGB: Millionths?
        public var mobileGB: Millionths?
        public var ispIPMonth: Millionths?

        public init(residentialGB: Millionths? = nil, mobileGB: Millionths? = nil, ispIPMonth: Millionths? = nil) {
            self.residentialGB = residentialGB
            self.mobileGB = mobileGB
            self.ispIPMonth = ispIPMonth
        }
    }

    public init(
        name: String = "helodata", baseURL: String = "https://api.helodata.com/v1", apiKey: Secret,
        timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(3), caFile: String? = nil,
        maxInFlight: Int = 32, idempotency: Bool = true, prices: Prices = Prices()
    ) {
        self.name = name
        self.baseURL = baseURL
        self.apiKey = apiKey
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.caFile = caFile
        self.maxInFlight = maxInFlight
        self.idempotency = idempotency
        self.prices = prices
    }
}
