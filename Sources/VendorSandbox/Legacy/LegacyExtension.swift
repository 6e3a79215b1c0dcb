/// What a call about extending names: which addresses, for how many days, at which discount.
struct LegacyExtension: Sendable {
    /// How a call names addresses.
    enum Naming: Sendable {
        /// One by one, in `ipAddressIds`.
        case addresses
        /// By the orders that they belong to, in `orderIds`.
        case orders
    }

    let naming: Naming
    let type: LegacyProxyType
    /// Each address once, as the call names them.
    let spots: [LegacySpot]
    let days: Int
    let promo: LegacyTerms.Promo
}

extension LegacyState {
    /// Reads and checks a body (`/api-reference/extend/extend-by-ip-addresses`, `…/extend-by-order-ids` and the pages of
    /// `calculate/extend` and `extend/auto`). The order of the checks is assumed, and that what has expired, is not in the
    /// list yet, or is of another type cannot be named.
    func `extension`(
        _ json: SandboxJSON, naming: LegacyExtension.Naming, at now: SandboxTime
    ) throws(LegacyRefusal) -> LegacyExtension {
        guard let type = json["proxyType"]?.string.flatMap(LegacyProxyType.init(rawValue:)) else { throw .proxyType }
        let spots =
            switch naming {
            case .addresses: try addresses(json["ipAddressIds"], of: type, at: now)
            case .orders: try orders(json["orderIds"], of: type, at: now)
            }
        guard let days = json["rentPeriodDays"]?.integer, settings.rentPeriods.days(of: type).contains(days) else {
            throw .rentPeriod
        }
        let promo = LegacyTerms.promo(json["promoCode"]?.string, settings)
        return LegacyExtension(naming: naming, type: type, spots: spots, days: days, promo: promo)
    }

    private func addresses(
        _ json: SandboxJSON?, of type: LegacyProxyType, at now: SandboxTime
    ) throws(LegacyRefusal) -> [LegacySpot] {
        let texts = json?.elements ?? []
        let spots = texts.compactMap { $0.string.flatMap(spot) }.filter { isRented($0, as: type, at: now) }
        guard !texts.isEmpty, spots.count == texts.count else { throw .addresses }
        if type == .ipv6 { try requireWholeOrders(spots, at: now) }
        return spots.firstOfEach
    }

    private func orders(
        _ json: SandboxJSON?, of type: LegacyProxyType, at now: SandboxTime
    ) throws(LegacyRefusal) -> [LegacySpot] {
        let texts = json?.elements ?? []
        let orders = texts.map { text in
            text.string.map { rented(inGroup: $0, at: now) }?.filter { isRented($0, as: type, at: now) } ?? []
        }
        guard !texts.isEmpty, !orders.contains([]) else { throw .orders }
        return orders.flatMap { $0 }.firstOfEach
    }

    /// The addresses of an order of IPv6 are extended together (`/reference/api-reference/extend/extend-by-ip-addresses`).
    private func requireWholeOrders(_ spots: [LegacySpot], at now: SandboxTime) throws(LegacyRefusal) {
        let chosen = Set(spots)
        for order in Set(spots.map(orderID)) where !chosen.isSuperset(of: rented(inGroup: order, at: now)) {
            throw .wholeOrder
        }
    }
}

extension Sequence where Element: Hashable {
    /// Each element once, where it comes first.
    fileprivate var firstOfEach: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
