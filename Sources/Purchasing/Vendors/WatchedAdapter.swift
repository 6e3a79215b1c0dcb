import Foundation

/// An adapter whose calls are watched for how its vendor answers; it changes nothing about them.
struct WatchedAdapter: VendorAdapter {
    let base: any VendorAdapter
    let record: HealthRecord
    let timepiece: Timepiece

    var traits: VendorTraits { base.traits }
    var offers: [ProductOffer] { base.offers }
    func listPrice(of shape: ProductShape) -> UnitPrice? { base.listPrice(of: shape) }
    func soldPrice(in order: Order) -> UnitPrice? { base.soldPrice(in: order) }
    func purchaseBody(for request: OrderRequest) -> [UInt8] { base.purchaseBody(for: request) }

    func quote(_ request: OrderRequest, context: CallContext) async -> VendorQuote {
        let start = timepiece.elapsed()
        let quote = await base.quote(request, context: context)
        switch quote {
        case .priced, .refused: note(nil, since: start)
        case .unavailable(let reason, _): note(reason, since: start)
        }
        return quote
    }

    func prepare(_ request: OrderRequest, context: CallContext) async -> Preparation {
        let start = timepiece.elapsed()
        let preparation = await base.prepare(request, context: context)
        switch preparation {
        case .ready, .refused: note(nil, since: start)
        case .unavailable(let reason, _): note(reason, since: start)
        }
        return preparation
    }

    func purchase(_ call: PurchaseCall, late: @escaping LateAnswer) async -> PurchaseOutcome {
        let start = timepiece.elapsed()
        let outcome = await base.purchase(call, late: late)
        switch outcome {
        case .bought, .refused: note(nil, since: start)
        case .notSent(let proof): note(proof.reason, since: start)
        case .unknown(let doubt): note(doubt.reason, since: start)
        }
        return outcome
    }

    /// What could not be read is left out of the answer, so that only a whole silence counts as a failure.
    func follow(_ sales: [Sale]) async -> [OrderID: GoodsState] {
        let start = timepiece.elapsed()
        let states = await base.follow(sales)
        note(states.isEmpty && !sales.isEmpty ? "goods_not_read" : nil, since: start)
        return states
    }

    func stock(_ query: StockQuery) async throws(VendorError) -> [InventoryRow] {
        try await watched { () async throws(VendorError) in try await base.stock(query) }
    }

    func lists(of shape: ProductShape) async throws(VendorError) -> ReferenceLists {
        try await watched { () async throws(VendorError) in try await base.lists(of: shape) }
    }

    func goods() async throws(VendorError) -> [Goods] {
        try await watched { () async throws(VendorError) in try await base.goods() }
    }

    func account() async throws(VendorError) -> VendorAccount {
        try await watched { () async throws(VendorError) in try await base.account() }
    }

    private func watched<Value: Sendable>(_ call: () async throws(VendorError) -> Value) async throws(VendorError)
        -> Value
    {
        let start = timepiece.elapsed()
        do throws(VendorError) {
            let value = try await call()
            note(nil, since: start)
            return value
        } catch {
            // A definite error of its own is an answer.
            if case .refused = error { note(nil, since: start) } else { note(error.word, since: start) }
            throw error
        }
    }

    private func note(_ failure: String?, since start: Duration) {
        let now = timepiece.now()
        if let failure {
            record.noteFailure(failure, at: now)
        } else {
            record.noteAnswer(at: now, after: timepiece.elapsed() - start)
        }
    }
}

extension VendorError {
    /// A stable word for events, logs and health.
    var word: String {
        switch self {
        case .unavailable(let reason): reason
        case .rateLimited: "rate_limited"
        case .authFailed: "auth_failed"
        case .unreadable: "unreadable"
        case .refused: "refused"
        }
    }
}
