extension SandboxAnswer {
    /// An answer with status 200, as all of this vendor's are (`/price-calculation/auto-extend-by-ips`).
    static func legacy(_ json: SandboxJSON, refusal: LegacyRefusal? = nil) -> SandboxAnswer {
        .json(json, refusal: refusal.map { String($0.code) })
    }
}

extension LegacyState {
    /// The success sample of `/api-reference/create-an-order`: no price, no id of the list, no addresses.
    func sold(_ order: LegacyOrder, _ sale: SandboxSale) -> SandboxJSON {
        [
            "success": true, "proxyType": .string(order.terms.type.rawValue), "orderNumber": .string(sale.order),
            "balance": .money(ledger.balance), "currency": .string(settings.currency), "error": .null,
            "promoCodeStatus": order.terms.promo.json,
        ]
    }

    /// `POST calculate/order` (`/api-reference/price-calculation/calculate-an-order`): a refused goal and missing funds
    /// are warnings here, in an answer that is a success.
    func calculated(_ terms: LegacyTerms) -> SandboxJSON {
        let price = price(of: terms)
        var warnings: [SandboxJSON] = []
        if !terms.hasGoodGoal { warnings.append(LegacyRefusal.goal.json) }
        if price.total > ledger.balance { warnings.append(LegacyRefusal.funds.json) }
        return [
            "success": true, "proxyType": .string(terms.type.rawValue), "balance": .money(ledger.balance),
            "price": .money(price.total), "currency": .string(settings.currency), "discount": .integer(price.discount),
            "promoCodeStatus": terms.promo.json, "error": .null,
            "warnings": warnings.isEmpty ? .null : .array(warnings),
        ]
    }

    /// `GET balance` (`/api-reference/balance`): the one place where the key is `currencyCode`.
    var balanceAnswer: SandboxJSON {
        [
            "success": true, "balance": .money(ledger.balance), "currencyCode": .string(settings.currency),
            "error": .null,
        ]
    }

    /// `GET promoCode` (`/api-reference/promo-codes`).
    var promoCodeAnswer: SandboxJSON {
        let codes = settings.promoCodes.map { code -> SandboxJSON in
            [
                "code": .string(code.code), "countUses": .integer(code.countUses), "startDate": .string(code.startDate),
                "endDate": .string(code.endDate), "endless": .bool(code.endless), "discount": .integer(code.discount),
                "descriptionsByLocale": ["en": .string(code.description)],
            ]
        }
        return ["success": true, "promoCodes": .array(codes), "error": .null]
    }

    /// `GET proxyType`. Its page cannot be read: the key is one that a reseller's client looks for.
    var proxyTypeAnswer: SandboxJSON {
        let types = LegacyProxyType.allCases.map { SandboxJSON.string($0.rawValue) }
        return ["success": true, "proxyTypes": .array(types), "error": .null]
    }

    /// `GET rentPeriod?proxyType=` (`/api-reference/rent-period`).
    func rentPeriodAnswer(_ type: LegacyProxyType) -> SandboxJSON {
        let days = settings.rentPeriods.days(of: type).map { SandboxJSON.integer($0) }
        return ["success": true, "rentPeriodDays": .array(days), "error": .null]
    }

    /// `GET country?proxyType=`. Its page cannot be read: the keys are some that a reseller's client looks for.
    func countryAnswer(_ type: LegacyProxyType) -> SandboxJSON {
        let offers = settings.offers.filter { $0.proxyType == type && $0.available > 0 }
        let countries = offers.map { offer -> SandboxJSON in
            ["alpha3": .string(offer.country), "name": .string(offer.name)]
        }
        return ["success": true, "countries": .array(countries), "error": .null]
    }

    /// `GET mobileOperator`. Its page cannot be read: the keys are assumed.
    var mobileOperatorAnswer: SandboxJSON {
        let operators = settings.operators.map { known -> SandboxJSON in
            [
                "country": .string(known.country), "tag": .string(known.tag), "name": .string(known.name),
                "rotationTimes": .array(known.rotationTimes.map { .integer($0) }),
            ]
        }
        return ["success": true, "mobileOperators": .array(operators), "error": .null]
    }
}
