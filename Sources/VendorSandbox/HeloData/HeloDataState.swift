/// The account at HeloData: everything that one lock guards.
struct HeloDataState: Sendable {
    /// An answer that is given again to the same key and body.
    struct StoredAnswer: Sendable {
        let bodyDigest: String
        let answer: SandboxAnswer
    }

    var settings: HeloDataSandboxSettings
    var ledger: SandboxLedger
    var ids: SandboxIDs
    /// In the order of their sale.
    var batches: [HeloDataBatch] = []
    var indexByBatchID: [String: Int] = [:]
    var storedAnswers: [String: StoredAnswer] = [:]
    var rate = RateWindow()

    init(settings: HeloDataSandboxSettings, start: SandboxTime) {
        self.settings = settings
        self.ledger = SandboxLedger(vendor: "HeloData", openingBalance: settings.balance)
        self.ids = SandboxIDs(start: start)
    }

    /// The settings with the balance as it is now.
    var presentSettings: HeloDataSandboxSettings {
        var present = settings
        present.balance = ledger.balance
        return present
    }

    func batch(_ id: String) -> HeloDataBatch? {
        indexByBatchID[id].map { batches[$0] }
    }

    func isListed(_ batch: HeloDataBatch, at now: SandboxTime) -> Bool {
        now >= batch.soldAt.adding(milliseconds: Int64(settings.listedAfterMs))
    }

    func isReady(_ batch: HeloDataBatch, at now: SandboxTime) -> Bool {
        now >= batch.soldAt.adding(milliseconds: Int64(settings.readyAfterMs))
    }
}

/// A dedicated set of addresses, bought together.
struct HeloDataBatch: Sendable {
    /// How many of its addresses lie where.
    struct Share: Sendable {
        var place: HeloDataStock
        var count: Int
    }

    let id: String
    let orderID: String
    let order: HeloDataISPOrder
    let shares: [Share]
    let firstAddress: Int
    let soldAt: SandboxTime
    let expiresAt: SandboxTime
}

/// Counts calls in a minute of the vendor's clock.
struct RateWindow: Sendable {
    private var minute: Int64 = 0
    private(set) var used = 0

    mutating func count(at now: SandboxTime) {
        let present = now.epochSeconds / 60
        if present != minute { used = 0 }
        minute = present
        used += 1
    }

    /// When the count begins anew, in seconds since 1970.
    var resetsAt: Int64 { (minute + 1) * 60 }
}
