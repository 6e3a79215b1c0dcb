/// How the pretend HeloData is set up. Over HTTP the names are in snake case and money is a decimal string.
public struct HeloDataSandboxSettings: Codable, Sendable, Hashable {
    /// What the vendor does with `Idempotency-Key`. Its pages show the header and say nothing else about it.
    public enum Idempotency: String, Codable, Sendable, Hashable {
        /// The same key and body give the stored answer; the same key with another body gives a conflict.
        case honour
        /// The key means nothing: a repeat buys again.
        case ignore
        /// As `honour`, but the balance is checked before the key is looked up.
        case balanceFirst = "balance_first"
    }

    /// How much the answers to changes tell. Their bodies are not documented, but for the new end of a renewal.
    public enum ActionAnswers: String, Codable, Sendable, Hashable {
        /// Everything that a client might want, with made-up names.
        case full
        /// An empty object; of a renewal, `expires_at`.
        case documented
        /// Status 204 without a body.
        case empty
    }

    /// Another status and code for a refusal.
    public struct Wording: Codable, Sendable, Hashable {
        /// The HTTP status.
        public var status: Int
        /// The `code` of the flat body.
        public var code: String

        /// A status and a code.
        public init(status: Int, code: String) {
            self.status = status
            self.code = code
        }
    }

    /// The Bearer token; sandbox tokens begin with `hel_test_`, 64 characters follow (`/api-reference/authentication`).
    public var token = "hel_test_" + String(repeating: "sandbox0", count: 8)
    /// The account's balance: at first the opening one, then the present one.
    public var balance = SandboxDecimal.cents(100_000)
    /// `balance.currency` of `/users/me`.
    public var currency = "USD"
    /// `approved` opens mobile and ISP; the others are `not-submitted`, `pending`, `rejected` (`/api-reference/users`).
    public var kycStatus = "approved"
    /// `plan` of `/users/me`.
    public var plan = "pro"
    /// Dollars per gigabyte, residential: $4.50 in the order sample (`/api-reference/orders`).
    public var residentialPricePerGb = SandboxDecimal.cents(450)
    /// Dollars per gigabyte, mobile: from $8.00 (`/account-and-billing/plans`).
    public var mobilePricePerGb = SandboxDecimal.cents(800)
    /// The ISP addresses on offer. Sales take from it.
    public var stock = HeloDataStock.examples
    /// Added to each order's total, and to no price in the inventory: a sale above the quote.
    public var saleSurcharge = SandboxDecimal.zero
    /// Milliseconds from the sale until a batch is ready: one to five minutes in truth (`/api-reference/orders`).
    public var readyAfterMs = 2000
    /// Milliseconds from the sale until the batch can be read at all.
    public var listedAfterMs = 0
    /// How many addresses of a ready batch stay out of its list.
    public var withheldIps = 0
    /// Whether a batch says which order it came from. The batch object is not documented.
    public var batchCarriesOrderId = false
    /// Whether a batch has a `status`. The batch object is not documented.
    public var batchCarriesStatus = true
    /// Batches on a page.
    public var pageSize = 100
    /// Calls in a minute before 429; the Pro plan has 600 (`/api-reference/rate-limits`), the sandbox plenty.
    public var ratePerMinute = 1_000_000
    /// What `Idempotency-Key` does.
    public var idempotency = Idempotency.honour
    /// Whether `Idempotency-Key` does anything in the calls that change what was bought. Nobody says so: it does not.
    public var actionsHonourKeys = false
    /// How much the answers to changes tell.
    public var actionAnswers = ActionAnswers.full
    /// Other statuses and codes for refusals that are not documented, by the sandbox's own code: `refresh_already_used`,
    /// `batch_provisioning`, `batch_expired`, `batch_released`, `ip_released`, `ip_provisioning`,
    /// `whitelist_limit_reached`, `whitelist_duplicate`, `idempotency_key_reused`, `invalid_request`, `not_found`,
    /// `unauthorized`.
    public var refusals: [String: Wording] = [:]
    /// The name of an address's id in the JSON list; empty means that the list has none. No sample shows one.
    public var ipIdField = "id"
    /// Milliseconds until a new address is there for an old one: one to five minutes in truth
    /// (`/products/overview-2/ip-management`).
    public var replacementAfterMs = 2000
    /// Days from the sale in which replacements are free (`/api-reference/orders`).
    public var freeReplacementDays = 14
    /// Per cent of a batch that can be replaced freely in each billing period after that (`/api-reference/orders`).
    public var freeReplacementPercent = 10
    /// Added to what each renewal costs: a charge above the monthly price.
    public var renewalSurcharge = SandboxDecimal.zero
    /// Days after its end in which a batch can still be renewed (`/products/overview-2/ip-management`).
    public var graceDays = 7
    /// Whether a batch that is renewed in its grace keeps its addresses; two pages say yes and no.
    public var graceKeepsIps = true
    /// Whether a batch that is gone can still be read, with the status `released`; otherwise there is no such batch.
    public var keepsReleasedBatches = true
    /// Entries in a batch's whitelist (`/helodata-zh/kong-zhi-tai/whitelisting-ips`).
    public var whitelistLimit = 50
    /// Whether the vendor renews each batch for a month at its end if the balance covers it. So it is at the vendor, unless
    /// its dashboard says otherwise (`/dashboard/extending-an-order`); here it is off, so that batches can expire.
    public var autoRenew = false
    /// Milliseconds that each call takes.
    public var latencyMs = 0
    /// Seconds by which the vendor's clock is ahead of the sandbox's.
    public var clockOffsetSeconds = 0
    /// The header field `Date` of every answer: `clock` tells the vendor's time, `clock-60` another beside it, `none`
    /// leaves it out, and anything else stands there as it is, such as the time at which a cache stopped.
    public var dateHeader = SandboxDateHeader.clock

    /// A vendor with $1,000.00, some stock, and batches that are ready after two seconds.
    public init() {}
}

/// ISP addresses of one network in one city.
public struct HeloDataStock: Codable, Sendable, Hashable {
    /// Lower-case alpha-2, as in an order: `us`.
    public var country: String
    /// As in an order: `newyork`.
    public var city: String
    /// As in the IP list: `New York` (`/products/overview-2/proxy-list-format`).
    public var cityName: String
    /// The network's number: 7922.
    public var asn: Int
    /// How many addresses are left.
    public var available: Int
    /// Dollars per address and month.
    public var price: SandboxDecimal

    /// Addresses of one network in one city.
    public init(country: String, city: String, cityName: String, asn: Int, available: Int, price: SandboxDecimal) {
        self.country = country
        self.city = city
        self.cityName = cityName
        self.asn = asn
        self.available = available
        self.price = price
    }

    /// The vendor's sample, $6.00 for 7922 in New York, and some more of the sandbox's own.
    public static let examples: [HeloDataStock] = [
        .init(country: "us", city: "newyork", cityName: "New York", asn: 7922, available: 20_000, price: .cents(600)),
        .init(
            country: "us", city: "losangeles", cityName: "Los Angeles", asn: 7922, available: 5000, price: .cents(600)),
        .init(country: "us", city: "dallas", cityName: "Dallas", asn: 20_115, available: 2000, price: .cents(550)),
        .init(country: "de", city: "frankfurt", cityName: "Frankfurt", asn: 3320, available: 3000, price: .cents(450)),
        .init(country: "gb", city: "london", cityName: "London", asn: 1273, available: 3000, price: .cents(450)),
        .init(country: "fr", city: "paris", cityName: "Paris", asn: 3215, available: 1000, price: .cents(400)),
        .init(country: "nl", city: "amsterdam", cityName: "Amsterdam", asn: 33_915, available: 50, price: .cents(250)),
    ]
}

extension HeloDataSandboxSettings: ChangeableSettings {
    func check() throws(SandboxInputError) {
        try require("balance", balance, in: Bounds.balance)
        for price in [residentialPricePerGb, mobilePricePerGb, saleSurcharge, renewalSurcharge] + stock.map(\.price) {
            try require("a price", price, in: Bounds.price)
        }
        for delay in [readyAfterMs, listedAfterMs, replacementAfterMs, latencyMs] {
            try require("a delay", delay, in: Bounds.delay)
        }
        for count in [withheldIps] + stock.map(\.available) {
            try require("a count", count, in: Bounds.count)
        }
        try require("page_size", pageSize, in: 1...10_000)
        try require("rate_per_minute", ratePerMinute, in: 0...1_000_000_000)
        try require("free_replacement_days", freeReplacementDays, in: 0...3600)
        try require("free_replacement_percent", freeReplacementPercent, in: 0...100)
        try require("grace_days", graceDays, in: 0...3600)
        try require("whitelist_limit", whitelistLimit, in: 0...10_000)
        try checkRefusals()
        try require("clock_offset_seconds", clockOffsetSeconds, in: Bounds.offset)
        try SandboxDateHeader.check(dateHeader)
    }

    private func checkRefusals() throws(SandboxInputError) {
        let known = HeloDataRefusal.madeUp.map(\.code)
        for (code, wording) in refusals {
            guard known.contains(code) else {
                throw SandboxInputError("refusals: one of \(known.joined(separator: ", "))")
            }
            try require("status", wording.status, in: 400...599)
        }
    }
}
