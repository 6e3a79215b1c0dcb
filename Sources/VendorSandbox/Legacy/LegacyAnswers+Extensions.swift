extension LegacyState {
    /// `POST calculate/extend` (`/api-reference/price-calculation/extend-by-ips`) and `POST calculate/extend/order`
    /// (`…/extend-by-orders-id`): missing funds are a warning, in an answer that is a success.
    func calculated(_ wanted: LegacyExtension) -> SandboxJSON {
        let price = price(of: wanted)
        let warnings: SandboxJSON = price.total > ledger.balance ? [LegacyRefusal.funds.json] : .null
        return [
            "success": true, "proxyType": .string(wanted.type.rawValue), "balance": .money(ledger.balance),
            "price": .money(price.total), "currency": .string(settings.currency), "discount": .integer(price.discount),
            "promoCodeStatus": wanted.promo.json, "error": .null, "warnings": warnings,
        ]
    }

    /// `POST extend` and `POST extend/order` (`/api-reference/extend/extend-by-ip-addresses`): both name addresses.
    func extended(_ wanted: LegacyExtension) -> SandboxJSON {
        .object(changed(wanted, ids: "ipAddressIds") + [.init("promoCodeStatus", wanted.promo.json)])
    }

    /// `POST extend/auto` and `POST extend/order/auto` (`/api-reference/auto-extend/auto-extend-by-ip-addresses`): no
    /// promo code. By orders, one page shows `orderIds` in the answer and the others `ipAddressIds`.
    func autoExtensionSet(_ wanted: LegacyExtension) -> SandboxJSON {
        let echoesOrders = wanted.naming == .orders && settings.autoExtensionEchoesOrderIds
        return .object(changed(wanted, ids: echoesOrders ? "orderIds" : "ipAddressIds"))
    }

    private func changed(_ wanted: LegacyExtension, ids name: String) -> [SandboxJSON.Member] {
        let echo =
            name == "orderIds" ? Set(wanted.spots.map(orderID)).sorted() : wanted.spots.map(addressID)
        return [
            .init("success", true), .init("proxyType", .string(wanted.type.rawValue)),
            .init("rentPeriodDays", .integer(wanted.days)), .init("quantity", .integer(wanted.spots.count)),
            .init(name, .array(echo.map(SandboxJSON.string))), .init("balance", .money(ledger.balance)),
            .init("currency", .string(settings.currency)), .init("error", .null),
        ]
    }
}
