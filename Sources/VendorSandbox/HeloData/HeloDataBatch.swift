/// A dedicated set of addresses, bought together.
struct HeloDataBatch: Sendable {
    let id: String
    let orderID: String
    let order: HeloDataISPOrder
    /// The rows of the stock that its addresses come from, at the prices of the sale.
    let places: [HeloDataStock]
    let soldAt: SandboxTime
    var ips: [HeloDataIP]
    var expiresAt: SandboxTime
    var releasedAt: SandboxTime?
    /// What it says of itself instead of its stage, once somebody gave money back for it.
    var stated: String?
    /// How often its password was changed.
    var passwordNumber = 0
    /// The billing period of its last refresh.
    var refreshedIn: Int?
    /// How many addresses of the first days' allowance are used up.
    var earlyReplacements = 0
    /// How many addresses were replaced free of charge in the last period that had any.
    var freeReplacements = (period: 0, count: 0)
    var whitelist: [HeloDataWhitelistEntry] = []
    /// The end for which the vendor has tried to renew it by itself.
    var renewalTriedFor: SandboxTime?

    func place(of ip: HeloDataIP) -> HeloDataStock {
        places[ip.place]
    }

    /// What one month of it costs: the sum over its addresses, at the prices of the sale.
    ///
    /// "The same monthly rate" (`/dashboard/extending-an-order`); that discounts and later price lists do not count is
    /// assumed.
    var monthlyPrice: SandboxDecimal {
        ips.reduce(SandboxDecimal.zero) { $0 + place(of: $1).price }
    }

    /// The number of the billing period that an instant lies in: calendar months from the sale. That is assumed; the
    /// pages say no more than "billing period".
    func period(at now: SandboxTime) -> Int {
        var period = 0
        while soldAt.adding(months: period + 1) <= now { period += 1 }
        return period
    }
}

/// One address of a batch.
struct HeloDataIP: Sendable {
    /// What its address and its id are made of.
    var number: Int
    /// The index of its place in the batch.
    let place: Int
    /// When it is there; nil means with the batch.
    var arrivesAt: SandboxTime?

    func hasArrived(by now: SandboxTime) -> Bool {
        arrivesAt.map { $0 <= now } ?? true
    }
}

/// Where a batch stands. The names are the sandbox's own: no page shows an enumeration.
enum HeloDataStage: String, Sendable {
    /// Sold, and its addresses are not ready.
    case provisioning
    /// Usable.
    case active
    /// Past its end, and still to be had by renewing: the seven days' grace (`/products/overview-2/ip-management`).
    case expired
    /// Given back, or past the grace.
    case released
}
