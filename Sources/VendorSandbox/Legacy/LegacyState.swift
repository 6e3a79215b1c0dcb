/// The account at the legacy vendor: everything that one lock guards.
struct LegacyState: Sendable {
    var settings: LegacySandboxSettings
    var ledger: SandboxLedger
    var ids: SandboxIDs
    /// In the order of their sale.
    var goods: [LegacyGoods] = []
    /// The indices of those that had an address's auto-extension switched on or off.
    var autoExtended: Set<Int> = []
    /// Up to when everything is done that the vendor does by its own clock.
    var present: SandboxTime

    init(settings: LegacySandboxSettings, start: SandboxTime) {
        self.settings = settings
        self.ledger = SandboxLedger(vendor: "legacy", openingBalance: settings.balance)
        self.ids = SandboxIDs(start: start)
        self.present = start
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
