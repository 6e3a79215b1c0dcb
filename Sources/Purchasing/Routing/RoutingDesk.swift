import Foundation

/// Where facts about vendors become a choice: what each can sell, what it would cost there, and whether it rests.
///
/// Orders and quotes are routed here alike, so that the same facts give the same decision.
struct RoutingDesk: Sendable {
    let vendors: [Vendor]
    let rules: RoutingRules
    let cache: VendorCache
    let timepiece: Timepiece

    /// How long vendors may take to tell their prices before the choice is made without them.
    static let patience = Duration.seconds(10)

    /// What vendors told when they were asked, by name.
    typealias Told = [String: Pricing]

    /// The router for a request, with what is known now and what vendors told.
    func router(for request: OrderRequest, told: Told = [:]) -> VendorRouter {
        let now = timepiece.now()
        let rule = rules.rule(for: request.product)
        return VendorRouter(
            policy: rule.policy,
            options: inOrder(of: rule).map { vendor in
                VendorRouter.Option(
                    name: vendor.name, isEnabled: vendor.isEnabled, objections: objections(to: request, at: vendor),
                    unused: vendor.unusedFields(of: request), overdrawn: vendor.health.current.overdraft?.balance,
                    pricing: told[vendor.name]
                        ?? (vendor.tellsPrice(of: request) ? nil : vendor.knownPrice(request)),
                    rest: vendor.circuit.remainingRest(at: now).map { Int($0.seconds) })
            })
    }

    /// The configured vendors as a rule puts them; those that it leaves out follow as they are configured.
    private func inOrder(of rule: RoutingRules.Rule) -> [Vendor] {
        let named = rule.order.compactMap { name in vendors.first { $0.name == name } }
        return named + vendors.filter { vendor in !rule.order.contains(vendor.name) }
    }

    /// What a vendor cannot honour by its offer, or by its lists while they are fresh.
    private func objections(to request: OrderRequest, at vendor: Vendor) -> [Fault] {
        let faults = vendor.objections(to: request)
        guard faults.isEmpty, vendor.adapter.offer(of: request.shape)?.tellsLists == true,
            let known = cache.known(.lists(request.shape), at: vendor.name), !known.isStale,
            case .lists(let lists) = known.value
        else { return faults }
        return lists.objections(to: request, vendor: vendor.name)
    }

    /// Asks vendors what a request would cost, all at once.
    /// - Parameter notBefore: how old a reading of stock may be; a quote is always asked anew.
    func ask(_ names: [String], _ request: OrderRequest, notBefore: Date, context: CallContext) async -> Told {
        await withTaskGroup(of: (String, Pricing).self) { group in
            for vendor in vendors where names.contains(vendor.name) {
                group.addTask { await self.named(vendor, request, notBefore, context) }
            }
            var told: Told = [:]
            for await (name, pricing) in group { told[name] = pricing }
            return told
        }
    }

    private func named(_ vendor: Vendor, _ request: OrderRequest, _ notBefore: Date, _ context: CallContext) async
        -> (String, Pricing)
    {
        (vendor.name, await price(request, at: vendor, notBefore: notBefore, context: context))
    }

    /// What a request costs at a vendor, asked within the desk's patience.
    func price(_ request: OrderRequest, at vendor: Vendor, notBefore: Date, context: CallContext) async -> Pricing {
        guard vendor.tellsPrice(of: request) else { return vendor.knownPrice(request) }
        let told = await firstWithin(Self.patience, timepiece) { [self] in
            await askedPrice(request, vendor, notBefore, context)
        }
        return told ?? .unpriced("it did not tell its price in time", retryable: true)
    }

    private func askedPrice(_ request: OrderRequest, _ vendor: Vendor, _ notBefore: Date, _ context: CallContext) async
        -> Pricing
    {
        if vendor.adapter.offer(of: request.shape)?.quotes == true {
            return await quotedPrice(request, vendor, context)
        }
        let query = StockQuery(request.shape, country: request.country, asn: request.asn)
        let known = await cache.reading(.stock(query), at: vendor.name, notBefore: notBefore)
        if case .stock(let rows) = known.value, let readAt = known.readAt, readAt >= notBefore {
            return vendor.stockPrice(request, rows, asOf: readAt)
        }
        // A failure that is remembered from before is no answer to a question of money.
        if let failure = known.failure, failure.at <= notBefore, vendor.isEnabled {
            return await CallTrace.with(context.traceparent) { await unsharedPrice(request, vendor, query) }
        }
        return .unpriced("its inventory could not be read (\(known.failure?.reason ?? "unreadable"))")
    }

    private func unsharedPrice(_ request: OrderRequest, _ vendor: Vendor, _ query: StockQuery) async -> Pricing {
        let now = timepiece.now()
        do throws(VendorError) {
            return vendor.stockPrice(request, try await vendor.adapter.stock(query), asOf: now)
        } catch {
            return .unpriced("its inventory could not be read (\(error.word))")
        }
    }

    private func quotedPrice(_ request: OrderRequest, _ vendor: Vendor, _ context: CallContext) async -> Pricing {
        let now = timepiece.now()
        switch await vendor.adapter.quote(request, context: context) {
        case .priced(let total): return .priced(VendorPrice(total: total, source: .quote, asOf: now))
        case .refused(let refusal, let total):
            return .refused(refusal, price: total.map { VendorPrice(total: $0, source: .quote, asOf: now) })
        case .unavailable(let reason, _): return .unpriced("it could not be asked (\(reason))", retryable: true)
        }
    }

    /// Whether a vendor has to be asked anew before a request may be sent: a ceiling is held against the freshest price.
    func mustAsk(_ request: OrderRequest, _ vendor: Vendor) -> Bool {
        request.maxTotal != nil && vendor.tellsPrice(of: request)
    }

    /// What a request costs at a vendor as far as it is known now, without any call.
    func pricingAtHand(_ request: OrderRequest, at vendor: Vendor) -> Pricing {
        guard vendor.adapter.offer(of: request.shape)?.tellsStock == true else { return vendor.knownPrice(request) }
        let query = StockQuery(request.shape, country: request.country, asn: request.asn)
        guard let known = cache.known(.stock(query), at: vendor.name), !known.isStale, let readAt = known.readAt,
            case .stock(let rows) = known.value
        else { return .unpriced("its inventory was not read just now") }
        return vendor.stockPrice(request, rows, asOf: readAt)
    }
}

extension Vendor {
    /// Whether the vendor has to be asked what a request costs.
    func tellsPrice(of request: OrderRequest) -> Bool {
        guard let offer = adapter.offer(of: request.shape) else { return false }
        return offer.quotes || offer.tellsStock
    }

    /// The price of a request in stock that was read; the price list speaks for what is sold and tells no price.
    func stockPrice(_ request: OrderRequest, _ rows: [InventoryRow], asOf readAt: Date) -> Pricing {
        StockPrice(of: request, in: rows).price(asOf: readAt, listed: adapter.listPrice(of: request.shape))
    }

    /// The price of a request by the last order of its product, else by the price list.
    func knownPrice(_ request: OrderRequest) -> Pricing {
        if let seen = lastPrices[request.shape], let total = seen.price.total(of: request) {
            return .priced(VendorPrice(total: total, unit: seen.price, source: .lastOrder, asOf: seen.at))
        }
        return listedPrice(request).map(Pricing.priced)
            ?? .unpriced("no order has told it and the configuration states none")
    }

    /// The price of a request by the price list.
    func listedPrice(_ request: OrderRequest) -> VendorPrice? {
        guard let unit = adapter.listPrice(of: request.shape), let total = unit.total(of: request) else { return nil }
        return VendorPrice(total: total, unit: unit, source: .priceList, asOf: nil)
    }
}

/// The value of some work, if it comes in time; else the work goes on and what it comes to is dropped.
func firstWithin<Value: Sendable>(
    _ limit: Duration, _ timepiece: Timepiece, _ work: @escaping @Sendable () async -> Value
) async -> Value? {
    let (stream, continuation) = AsyncStream.makeStream(of: Value?.self, bufferingPolicy: .bufferingOldest(1))
    let job = Task { continuation.yield(await work()) }
    let alarm = Task {
        await timepiece.pause(limit)
        continuation.yield(nil)
    }
    defer {
        alarm.cancel()
        job.cancel()
    }
    for await value in stream { return value }
    return nil
}
