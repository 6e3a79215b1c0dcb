extension LegacyState {
    /// Keeps the ids of addresses apart from those of orders, so that neither is ever taken for the other.
    private static let firstAddressID = 5_000_000

    /// `ipAddressId` of the list.
    func addressID(_ spot: LegacySpot) -> String {
        ids.digits(Self.firstAddressID + goods[spot.goods].firstAddress + spot.index)
    }

    /// `orderId` of the list, for one address.
    func orderID(_ spot: LegacySpot) -> String {
        ids.digits(goods[spot.goods].orderID + spot.index % goods[spot.goods].groups)
    }

    /// The address that has an id.
    func spot(_ addressID: String) -> LegacySpot? {
        guard let number = ids.number(ofDigits: addressID).map({ $0 - Self.firstAddressID }),
            let index = goods.lastIndex(where: { $0.firstAddress <= number })
        else { return nil }
        let offset = number - goods[index].firstAddress
        return goods[index].rents.indices.contains(offset) ? LegacySpot(goods: index, index: offset) : nil
    }

    /// The addresses of a group of the list that can be extended by now.
    func rented(inGroup orderID: String, at now: SandboxTime) -> [LegacySpot] {
        guard let number = ids.number(ofDigits: orderID),
            let index = goods.firstIndex(where: { ($0.orderID..<$0.orderID + $0.groups).contains(number) })
        else { return [] }
        return goods[index].indices(ofGroup: number - goods[index].orderID)
            .map { LegacySpot(goods: index, index: $0) }
            .filter { isRented($0, as: goods[index].order.terms.type, at: now) }
    }

    /// Whether an address is of a type, in the list, and not past its end.
    func isRented(_ spot: LegacySpot, as type: LegacyProxyType, at now: SandboxTime) -> Bool {
        let goods = goods[spot.goods]
        return goods.order.terms.type == type && spot.index < presentCount(of: goods, at: now)
            && now < goods.rents[spot.index].endsAt
    }

    /// Whether the list shows an address. That it drops those past their end is assumed, after the sibling vendor's
    /// (`https://docs.proxy-ipv4.com/developers-api/general-requests`).
    func isListed(_ spot: LegacySpot, at now: SandboxTime) -> Bool {
        let goods = goods[spot.goods]
        guard spot.index < presentCount(of: goods, at: now) else { return false }
        return settings.listKeepsExpired || now < goods.rents[spot.index].endsAt
    }

    /// How many of the addresses are there by now.
    private func presentCount(of goods: LegacyGoods, at now: SandboxTime) -> Int {
        let sinceFirst = now.milliseconds - goods.soldAt.milliseconds - Int64(settings.goodsAfterMs)
        guard sinceFirst >= 0 else { return 0 }
        let all = max(0, goods.rents.count - settings.withheldGoods)
        guard settings.goodsTrickleMs > 0 else { return all }
        return min(all, Int(sinceFirst) / settings.goodsTrickleMs + 1)
    }
}
