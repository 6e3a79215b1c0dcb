/// The account at the legacy vendor: everything that one lock guards.
struct LegacyState: Sendable {
    var settings: LegacySandboxSettings
    var ledger: SandboxLedger
    var ids: SandboxIDs
    /// In the order of their sale.
    var goods: [LegacyGoods] = []

    init(settings: LegacySandboxSettings, start: SandboxTime) {
        self.settings = settings
        self.ledger = SandboxLedger(vendor: "legacy", openingBalance: settings.balance)
        self.ids = SandboxIDs(start: start)
    }

    /// The settings with the balance as it is now.
    var presentSettings: LegacySandboxSettings {
        var present = settings
        present.balance = ledger.balance
        return present
    }

    /// Takes over new settings; another balance becomes a move in the ledger.
    mutating func apply(_ new: LegacySandboxSettings, at now: SandboxTime) {
        ledger.adjust(to: new.balance, at: now)
        settings = new
    }
}

/// The addresses of one order.
struct LegacyGoods: Sendable {
    let order: LegacyOrder
    /// What the order's answer said: `NUMBER-…`.
    let orderNumber: String
    /// What the list says; the second and further groups of one order count up from it.
    let orderID: Int
    /// In how many groups the addresses are listed.
    let groups: Int
    let firstAddress: Int
    let soldAt: SandboxTime

    var endsAt: SandboxTime { soldAt.adding(days: order.terms.days) }
}
