extension LegacyState {
    /// The failure of a call: what a success would tell is emptied (`/api-reference/create-an-order` and others).
    ///
    /// Orders and calculations keep showing the balance; with a wrong key there is no account to show.
    func failure(of call: SandboxCall, _ refusal: LegacyRefusal) -> SandboxAnswer {
        let known = refusal != .apiKey
        let balance = known ? SandboxJSON.money(ledger.balance) : .null
        let currency = known ? SandboxJSON.string(settings.currency) : .null
        let json = Self.failure(of: call, error: refusal.json, balance: balance, currency: currency)
        return .legacy(json, refusal: refusal)
    }

    private static func failure(
        of call: SandboxCall, error: SandboxJSON, balance: SandboxJSON, currency: SandboxJSON
    ) -> SandboxJSON {
        switch call {
        case .order:
            [
                "success": false, "proxyType": .null, "orderNumber": .null, "balance": balance, "currency": currency,
                "error": error, "promoCodeStatus": .null,
            ]
        case .calculate, .calculateExtend, .calculateExtendOrder:
            [
                "success": false, "proxyType": .null, "balance": balance, "price": .null, "currency": currency,
                "discount": .null, "promoCodeStatus": .null, "error": error, "warnings": .null,
            ]
        case .extend, .extendOrder:
            .object(extensionFailure(error, balance, currency) + [.init("promoCodeStatus", .null)])
        case .autoExtend, .autoExtendOrder: .object(extensionFailure(error, balance, currency))
        case .balance: ["success": false, "balance": .null, "currencyCode": .null, "error": error]
        case .rentPeriod: ["success": false, "rentPeriodDays": [], "error": error]
        case .promoCode: ["success": false, "promoCodes": [], "error": error]
        case .proxyType: ["success": false, "proxyTypes": [], "error": error]
        case .country: ["success": false, "countries": [], "error": error]
        case .mobileOperator: ["success": false, "mobileOperators": [], "error": error]
        case .ipAddress, .inventory, .batches, .batch, .ips, .me, .refresh, .renew, .rotatePassword, .release, .replace,
            .whitelist, .whitelistAdd, .whitelistRemove, .other, .any:
            ["success": false, "error": error]
        }
    }

    /// What `extend` and `extend/auto` have in common; the failure of each by orders looks the same
    /// (`/api-reference/extend/extend-by-order-ids`).
    private static func extensionFailure(
        _ error: SandboxJSON, _ balance: SandboxJSON, _ currency: SandboxJSON
    ) -> [SandboxJSON.Member] {
        [
            .init("success", false), .init("proxyType", .null), .init("rentPeriodDays", 0), .init("quantity", 0),
            .init("ipAddressIds", []), .init("balance", balance), .init("currency", currency), .init("error", error),
        ]
    }
}
