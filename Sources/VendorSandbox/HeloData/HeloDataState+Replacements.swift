extension HeloDataState {
    /// `POST /isp/ips/{ip_id}/replace` with `{"reason":"target-blocked"}` (`/api-reference/orders`): the old address is
    /// released at once, its successor comes later (`/products/overview-2/ip-management`). Any text is taken for a
    /// reason, and none as well.
    mutating func replace(
        _ id: String, _ body: SandboxJSON?, in exchange: Exchange, at now: SandboxTime
    ) throws(HeloDataRefusal) -> SandboxAnswer {
        if let reason = body?["reason"], reason != .null, reason.string == nil {
            throw .invalid("reason must be a string")
        }
        let (index, position) = try replaceable(id, at: now)
        let ip = batches[index].ips[position]
        let allowance = allowance(of: batches[index], at: now)
        let price = allowance == .none ? batches[index].place(of: ip).price : .zero
        guard price <= ledger.balance || price == .zero else { throw .insufficientBalance }
        use(allowance, of: index, at: now)
        batches[index].ips[position].number = takeAddress()
        batches[index].ips[position].arrivesAt = now.adding(milliseconds: Int64(settings.replacementAfterMs))
        let successor = ipID(batches[index].ips[position].number)
        if price > .zero { charge(price, for: index, in: exchange, at: now) }
        note(.replace, of: index, count: 1, items: [id, successor], price: price, in: exchange, at: now)
        return replaced(id, by: successor, of: batches[index], price: price, at: now)
    }

    /// How many replacements are free from now on: those of the first days, then those of the billing period.
    func freeReplacements(of batch: HeloDataBatch, at now: SandboxTime) -> Int {
        early(of: batch, at: now) + inPeriod(of: batch, at: now)
    }

    /// What a replacement is paid from.
    private enum Allowance {
        case firstDays
        case period
        case none
    }

    private func allowance(of batch: HeloDataBatch, at now: SandboxTime) -> Allowance {
        if early(of: batch, at: now) > 0 { return .firstDays }
        return inPeriod(of: batch, at: now) > 0 ? .period : .none
    }

    /// Free within 14 days of the purchase (`/api-reference/orders`). As many as there are addresses: a refresh counts as
    /// the whole of it (`/products/overview-2/ip-management`).
    private func early(of batch: HeloDataBatch, at now: SandboxTime) -> Int {
        guard now < batch.soldAt.adding(days: settings.freeReplacementDays) else { return 0 }
        return max(0, batch.ips.count - batch.earlyReplacements)
    }

    /// Later 10 % of the batch per billing period (`/api-reference/orders`). That a part of an address does not count is
    /// assumed, and that the free ones of the first days are not taken from these.
    private func inPeriod(of batch: HeloDataBatch, at now: SandboxTime) -> Int {
        let all = batch.ips.count * settings.freeReplacementPercent / 100
        let used = batch.freeReplacements.period == batch.period(at: now) ? batch.freeReplacements.count : 0
        return max(0, all - used)
    }

    private mutating func use(_ allowance: Allowance, of index: Int, at now: SandboxTime) {
        switch allowance {
        case .firstDays: batches[index].earlyReplacements += 1
        case .period:
            let period = batches[index].period(at: now)
            let used = batches[index].freeReplacements
            batches[index].freeReplacements = (period, used.period == period ? used.count + 1 : 1)
        case .none: break
        }
    }

    /// Past the free ones, at the price of one address (`/products/overview-2/ip-management`): a whole month's is assumed.
    private mutating func charge(
        _ price: SandboxDecimal, for index: Int, in exchange: Exchange, at now: SandboxTime
    ) {
        var sale = SandboxSale(order: batches[index].orderID, product: "isp", price: price).of(batches[index])
        sale.kind = .replacement
        sale.quantity = 1
        sale.months = nil
        ledger.sell(sale, in: exchange, at: now)
    }

    /// The address that has an id: which batch, and where in it.
    private func replaceable(_ id: String, at now: SandboxTime) throws(HeloDataRefusal) -> (Int, Int) {
        guard let number = ids.number(of: id, prefix: "ip_"), number > 0, number <= lastAddress else {
            throw .notFound
        }
        for index in batches.indices {
            guard let position = batches[index].ips.firstIndex(where: { $0.number == number }) else { continue }
            _ = try changeable(batches[index].id, at: now)
            guard batches[index].ips[position].hasArrived(by: now) else { throw .ipNotReady }
            return (index, position)
        }
        throw .ipReleased
    }
}
