import Foundation
import Logging

/// An adapter whose calls are watched for how its vendor answers, and noted at `debug`; it changes nothing about them.
struct WatchedAdapter: VendorAdapter {
    let base: any VendorAdapter
    let record: HealthRecord
    let timepiece: Timepiece
    /// Carries the vendor's name.
    let logger: Logger

    var traits: VendorTraits { base.traits }
    var offers: [ProductOffer] { base.offers }
    func listPrice(of shape: ProductShape) -> UnitPrice? { base.listPrice(of: shape) }
    func soldPrice(in order: Order) -> UnitPrice? { base.soldPrice(in: order) }
    func purchaseBody(for request: OrderRequest) -> [UInt8] { base.purchaseBody(for: request) }

    func quote(_ request: OrderRequest, context: CallContext) async -> VendorQuote {
        let start = timepiece.elapsed()
        let quote = await base.quote(request, context: context)
        switch quote {
        case .priced, .refused: note("quote", nil, since: start, context.orderID)
        case .unavailable(let reason, _): note("quote", reason, since: start, context.orderID)
        }
        return quote
    }

    func prepare(_ request: OrderRequest, context: CallContext) async -> Preparation {
        let start = timepiece.elapsed()
        let preparation = await base.prepare(request, context: context)
        switch preparation {
        case .ready, .refused: note("prepare", nil, since: start, context.orderID)
        case .unavailable(let reason, _): note("prepare", reason, since: start, context.orderID)
        }
        return preparation
    }

    func purchase(_ call: PurchaseCall, late: @escaping LateAnswer) async -> PurchaseOutcome {
        let start = timepiece.elapsed()
        let outcome = await base.purchase(call, late: late)
        switch outcome {
        case .bought, .refused: note("purchase", nil, since: start, call.context.orderID)
        case .notSent(let proof): note("purchase", proof.reason, since: start, call.context.orderID)
        case .unknown(let doubt): note("purchase", doubt.reason, since: start, call.context.orderID)
        }
        return outcome
    }

    /// What could not be read is left out of the answer, so that only a whole silence counts as a failure.
    func follow(_ sales: [Sale]) async -> [OrderID: GoodsState] {
        let start = timepiece.elapsed()
        let states = await base.follow(sales)
        note("follow", states.isEmpty && !sales.isEmpty ? "goods_not_read" : nil, since: start)
        return states
    }

    func stock(_ query: StockQuery) async throws(VendorError) -> [InventoryRow] {
        try await watched("stock") { () async throws(VendorError) in try await base.stock(query) }
    }

    func lists(of shape: ProductShape) async throws(VendorError) -> ReferenceLists {
        try await watched("lists") { () async throws(VendorError) in try await base.lists(of: shape) }
    }

    func goods() async throws(VendorError) -> [Goods] {
        try await watched("goods") { () async throws(VendorError) in try await base.goods() }
    }

    func account() async throws(VendorError) -> VendorAccount {
        try await watched("account") { () async throws(VendorError) in try await base.account() }
    }

    private func watched<Value: Sendable>(_ name: String, _ call: () async throws(VendorError) -> Value)
        async throws(VendorError) -> Value
    {
        let start = timepiece.elapsed()
        do throws(VendorError) {
            let value = try await call()
            note(name, nil, since: start)
            return value
        } catch {
            // A definite error of its own is an answer.
            if case .refused = error { note(name, nil, since: start) } else { note(name, error.word, since: start) }
            throw error
        }
    }

    private func note(_ call: String, _ failure: String?, since start: Duration, _ order: OrderID? = nil) {
        let now = timepiece.now()
        let milliseconds = Int((timepiece.elapsed() - start).seconds * 1000)
        var metadata: Logger.Metadata = [
            "call": .string(call), "outcome": .string(failure ?? "answered"),
            "milliseconds": .stringConvertible(milliseconds),
        ]
        if let order { metadata["order_id"] = .string(order.text) }
        logger.debug("vendor called", metadata: metadata)
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
