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
    /// The number of the last address that was given out.
    var lastAddress = 0
    /// Up to when everything is done that the vendor does by its own clock.
    var present: SandboxTime

    init(settings: HeloDataSandboxSettings, start: SandboxTime) {
        self.settings = settings
        self.ledger = SandboxLedger(vendor: "HeloData", openingBalance: settings.balance)
        self.ids = SandboxIDs(start: start)
        self.present = start
    }

    /// The settings with the balance as it is now.
    var presentSettings: HeloDataSandboxSettings {
        var present = settings
        present.balance = ledger.balance
        return present
    }
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
