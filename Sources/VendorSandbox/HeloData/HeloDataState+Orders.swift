extension HeloDataState {
    /// `POST /orders` (`/api-reference/orders`).
    ///
    /// A sale is one step under the lock: no second request ever meets a key whose order is still being made.
    mutating func order(
        _ body: [UInt8], in exchange: Exchange, at now: SandboxTime
    ) throws(HeloDataRefusal) -> SandboxAnswer {
        let order = try HeloDataOrder(Self.json(body))
        if settings.idempotency == .balanceFirst { try checkBalance(for: order) }
        if let stored = try storedAnswer(to: exchange) { return stored }
        let answer = try sell(order, in: exchange, at: now)
        if let key = exchange.idempotencyKey {
            storedAnswers[key] = StoredAnswer(bodyDigest: exchange.bodyDigest, answer: answer)
        }
        return answer
    }

    /// Sells, by a client's request or by hand. The order of the checks is assumed.
    mutating func sell(
        _ order: HeloDataOrder, in exchange: Exchange?, charged: Bool = true, at now: SandboxTime
    ) throws(HeloDataRefusal) -> SandboxAnswer {
        guard !order.needsKYC || settings.kycStatus == "approved" else { throw .kycRequired }
        let quote = try quote(order)
        guard !charged || quote.total <= ledger.balance else { throw .insufficientBalance }
        let number = ids.next()
        var sale = SandboxSale(order: ids.ulid("ord_", number), product: quote.product, price: quote.total)
        sale.charged = charged
        switch order {
        case .bandwidth(_, let gigabytes):
            sale.gigabytes = gigabytes
            ledger.sell(sale, in: exchange, at: now)
            return .bandwidthOrder(sale, pricePerGigabyte: quote.unit, at: now)
        case .isp(let isp):
            let batch = take(isp, quote.shares, order: sale.order, number: number, at: now)
            ledger.sell(sale.of(batch), in: exchange, at: now)
            return .ispOrder(sale, batch)
        }
    }

    static func json(_ body: [UInt8]) throws(HeloDataRefusal) -> SandboxJSON {
        do {
            return try SandboxJSON(parsing: body)
        } catch {
            throw .invalid("The body is not JSON: \(error)")
        }
    }

    private func storedAnswer(to exchange: Exchange) throws(HeloDataRefusal) -> SandboxAnswer? {
        guard settings.idempotency != .ignore, let key = exchange.idempotencyKey, let stored = storedAnswers[key] else {
            return nil
        }
        guard stored.bodyDigest == exchange.bodyDigest else { throw .keyReused }
        return stored.answer
    }

    private func checkBalance(for order: HeloDataOrder) throws(HeloDataRefusal) {
        guard try quote(order).total <= ledger.balance else { throw .insufficientBalance }
    }

    /// Takes the addresses from the stock and puts the batch on the shelf.
    private mutating func take(
        _ isp: HeloDataISPOrder, _ shares: [HeloDataQuote.Share], order: String, number: Int, at now: SandboxTime
    ) -> HeloDataBatch {
        for share in shares { settings.stock[share.index].available -= share.count }
        let places = shares.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element.count) }
        let batch = HeloDataBatch(
            id: ids.ulid("bat_", number), orderID: order, order: isp,
            places: shares.map { settings.stock[$0.index] }, soldAt: now,
            ips: places.map { HeloDataIP(number: takeAddress(), place: $0) }, expiresAt: now.adding(months: isp.months))
        indexByBatchID[batch.id] = batches.count
        batches.append(batch)
        return batch
    }
}

extension SandboxSale {
    /// The same with what a batch tells.
    func of(_ batch: HeloDataBatch) -> SandboxSale {
        var sale = self
        sale.batchID = batch.id
        sale.country = batch.order.country
        sale.quantity = batch.order.quantity
        sale.months = batch.order.months
        return sale
    }
}
