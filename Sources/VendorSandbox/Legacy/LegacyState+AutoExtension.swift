extension LegacyState {
    /// Does what the vendor does by its own clock: addresses whose auto-extension is on are extended before they end
    /// (`/price-calculation/auto-extend-by-ips`), group by group. How long before is not documented; nor is what happens
    /// without the money for it: here it is tried once, and then they lapse.
    mutating func catchUp(to now: SandboxTime) {
        while settings.autoExtensionRuns, let (wanted, time) = nextAutoExtension(by: now) {
            for spot in wanted.spots {
                goods[spot.goods].rents[spot.index].triedFor = goods[spot.goods].rents[spot.index].endsAt
            }
            let price = price(of: wanted).total + settings.extensionSurcharge
            if price <= ledger.balance {
                prolong(wanted, price: price, as: .autoExtension, in: nil, at: time)
            } else {
                var entry = SandboxEntry(event: .unpaid)
                entry.amount = price
                ledger.record(entry, at: time)
            }
        }
        present = max(present, now)
    }

    /// The addresses of one group that end together and are to be extended first of all, and when.
    private func nextAutoExtension(by now: SandboxTime) -> (LegacyExtension, SandboxTime)? {
        let due = autoExtended.flatMap { dueSpots(of: $0, by: now) }
        guard let first = due.min(by: { rent($0).endsAt < rent($1).endsAt }), let days = rent(first).autoExtendDays
        else {
            return nil
        }
        let spots = due.filter { spot in
            orderID(spot) == orderID(first) && rent(spot).endsAt == rent(first).endsAt
                && rent(spot).autoExtendDays == days
        }
        let wanted = LegacyExtension(
            naming: .orders, type: goods[first.goods].order.terms.type, spots: spots, days: days, promo: .none)
        return (wanted, max(present, autoExtensionTime(of: rent(first))))
    }

    private func dueSpots(of index: Int, by now: SandboxTime) -> [LegacySpot] {
        goods[index].rents.indices.map { LegacySpot(goods: index, index: $0) }.filter { spot in
            let rent = rent(spot)
            return rent.autoExtendDays != nil && rent.triedFor != rent.endsAt && present < rent.endsAt
                && autoExtensionTime(of: rent) <= now
        }
    }

    private func autoExtensionTime(of rent: LegacyRent) -> SandboxTime {
        rent.endsAt.adding(milliseconds: -Int64(settings.autoExtensionAheadMs))
    }

    private func rent(_ spot: LegacySpot) -> LegacyRent {
        goods[spot.goods].rents[spot.index]
    }
}
