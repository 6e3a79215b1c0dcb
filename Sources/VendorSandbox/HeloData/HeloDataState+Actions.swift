extension HeloDataState {
    /// Does a change, once for each `Idempotency-Key` if the settings say so.
    ///
    /// No page tells whether any call but `POST /orders` knows the header, so by default the key means nothing here. A key
    /// that was used with another call, another target or another body is a conflict.
    mutating func once(
        _ received: ReceivedCall, target: String,
        _ act: (inout HeloDataState) throws(HeloDataRefusal) -> SandboxAnswer
    ) throws(HeloDataRefusal) -> SandboxAnswer {
        guard settings.actionsHonourKeys, let key = received.exchange.idempotencyKey else { return try act(&self) }
        let digest = "\(received.call.rawValue) \(target) \(received.exchange.bodyDigest)"
        if let stored = storedAnswers[key] {
            guard stored.bodyDigest == digest else { throw .keyReused }
            return stored.answer
        }
        let answer = try act(&self)
        storedAnswers[key] = StoredAnswer(bodyDigest: digest, answer: answer)
        return answer
    }

    /// `POST /isp/batches/{id}/refresh`: every address is replaced, once per billing period (`/api-reference/orders`).
    /// It uses up the first days' free replacements (`/products/overview-2/ip-management`).
    mutating func refresh(
        _ id: String, in exchange: Exchange, at now: SandboxTime
    ) throws(HeloDataRefusal) -> SandboxAnswer {
        let index = try changeable(id, at: now)
        let period = batches[index].period(at: now)
        guard batches[index].refreshedIn != period else { throw .refreshUsed }
        batches[index].refreshedIn = period
        batches[index].earlyReplacements = batches[index].ips.count
        takeAddresses(for: index, at: now)
        note(.refresh, of: index, count: batches[index].ips.count, in: exchange, at: now)
        return refreshed(batches[index])
    }

    /// `POST /isp/batches/{id}/renew` with `{"months":1}` (`/api-reference/orders`): charges the monthly price and moves
    /// the end by calendar months, in the grace from the end as well. That a batch which is not ready can be renewed is
    /// assumed; so are 1 to 120 months, as in an order.
    mutating func renew(
        _ id: String, _ body: SandboxJSON, in exchange: Exchange, at now: SandboxTime
    ) throws(HeloDataRefusal) -> SandboxAnswer {
        let index = try changeable(id, whenNew: true, inGrace: true, at: now)
        guard let months = body["months"]?.integer, (1...120).contains(months) else {
            throw .invalid("months must be an integer from 1 to 120")
        }
        guard let price = prolong(index, by: months, as: .renewal, in: exchange, at: now) else {
            throw .insufficientBalance
        }
        return renewed(batches[index], months: months, price: price, at: now)
    }

    /// `POST /isp/batches/{id}/rotate-password` (`/api-reference/orders`): a new password for the whole batch.
    mutating func rotatePassword(
        of id: String, in exchange: Exchange, at now: SandboxTime
    ) throws(HeloDataRefusal) -> SandboxAnswer {
        let index = try changeable(id, at: now)
        batches[index].passwordNumber += 1
        note(.rotatePassword, of: index, count: batches[index].ips.count, in: exchange, at: now)
        return rotated(batches[index])
    }

    /// `DELETE /isp/batches/{id}` (`/api-reference/orders`): gives the batch back; nothing is refunded
    /// (`/account-and-billing/refunds`). That its addresses do not come back to the stock is assumed.
    mutating func release(
        _ id: String, in exchange: Exchange, at now: SandboxTime
    ) throws(HeloDataRefusal) -> SandboxAnswer {
        let index = try changeable(id, whenNew: true, inGrace: true, at: now)
        batches[index].releasedAt = now
        note(.release, of: index, count: batches[index].ips.count, in: exchange, at: now)
        return released(batches[index], at: now)
    }

    /// Charges for more months and moves the end; nil when the balance does not cover it.
    mutating func prolong(
        _ index: Int, by months: Int, as kind: SandboxSale.Kind, in exchange: Exchange?, at now: SandboxTime
    ) -> SandboxDecimal? {
        let price = renewalPrice(of: batches[index], months: months)
        guard price <= ledger.balance else { return nil }
        if !settings.graceKeepsIps, stage(of: batches[index], at: now) == .expired {
            takeAddresses(for: index, at: now)
        }
        batches[index].expiresAt = batches[index].expiresAt.adding(months: months)
        let batch = batches[index]
        var sale = SandboxSale(order: batch.orderID, product: "isp", price: price).of(batch)
        sale.kind = kind
        sale.months = months
        ledger.sell(sale, in: exchange, at: now)
        note(.renew, of: index, count: batch.ips.count, price: price, in: exchange, at: now)
        return price
    }

    func renewalPrice(of batch: HeloDataBatch, months: Int) -> SandboxDecimal {
        batch.monthlyPrice.times(months).roundedToCents + settings.renewalSurcharge
    }

    /// Where a batch stands in the list, if a change to it is allowed. Which changes a batch allows when is not
    /// documented, but for renewing in the grace.
    func changeable(
        _ id: String, whenNew: Bool = false, inGrace: Bool = false, at now: SandboxTime
    ) throws(HeloDataRefusal) -> Int {
        guard let index = indexByBatchID[id], isListed(batches[index], at: now) else { throw .notFound }
        switch stage(of: batches[index], at: now) {
        case .active: break
        case .provisioning: guard whenNew else { throw .batchNotReady }
        case .expired: guard inGrace else { throw .batchExpired }
        case .released: throw .batchReleased
        }
        return index
    }

    /// Writes a change into the books.
    mutating func note(
        _ kind: SandboxChange.Kind, of index: Int, count: Int, items: [String] = [],
        price: SandboxDecimal = .zero, in exchange: Exchange?, at now: SandboxTime
    ) {
        var change = SandboxChange(kind, count: count)
        change.batchID = batches[index].id
        change.items = items
        change.price = price
        if kind == .renew { change.expiresAt = batches[index].expiresAt.millisecondsText }
        ledger.change(change, in: exchange, at: now)
    }
}
