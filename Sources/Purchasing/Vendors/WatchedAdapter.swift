import Foundation
import Logging

/// An adapter whose calls are watched for how its vendor answers, and noted at `debug`; it changes nothing about them.
struct WatchedAdapter: VendorAdapter {
    let base: any VendorAdapter
    let record: HealthRecord
    let book: VendorCallBook
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
        let quote = await CallTrace.with(context.traceparent) {
            await base.quote(request, context: context)
        }
        switch quote {
        case .priced: note("quote", .done, nil, since: start, context.orderID)
        case .refused(let refusal, _): note("quote", refusal.outcome, nil, since: start, context.orderID)
        case .unavailable(let reason, _):
            note("quote", .init(reading: reason), reason, since: start, context.orderID)
        }
        return quote
    }

    func prepare(_ request: OrderRequest, context: CallContext) async -> Preparation {
        let start = timepiece.elapsed()
        let preparation = await CallTrace.with(context.traceparent) {
            await base.prepare(request, context: context)
        }
        switch preparation {
        case .ready(_, let baseline, _):
            record.note(baseline?.balance, at: timepiece.now())
            note("prepare", .done, nil, since: start, context.orderID)
        case .refused(let refusal): note("prepare", refusal.outcome, nil, since: start, context.orderID)
        case .unavailable(let reason, _):
            note("prepare", .init(reading: reason), reason, since: start, context.orderID)
        }
        return preparation
    }

    func purchase(_ call: PurchaseCall, late: @escaping LateAnswer) async -> PurchaseOutcome {
        let start = timepiece.elapsed()
        let outcome = await CallTrace.with(call.context.traceparent) {
            await base.purchase(call, late: late)
        }
        switch outcome {
        case .bought: note("purchase", .done, nil, since: start, call.context.orderID)
        case .refused(let refusal): note("purchase", refusal.outcome, nil, since: start, call.context.orderID)
        case .notSent(let proof): note("purchase", proof.outcome, proof.reason, since: start, call.context.orderID)
        case .unknown(let doubt): note("purchase", .unknown, doubt.reason, since: start, call.context.orderID)
        }
        return outcome
    }

    /// What could not be read is left out of the answer, so that only a whole silence counts as a failure.
    func follow(_ sales: [Sale]) async -> [OrderID: GoodsState] {
        let start = timepiece.elapsed()
        let states = await base.follow(sales)
        let isSilent = states.isEmpty && !sales.isEmpty
        note("follow", isSilent ? .failed : .done, isSilent ? "goods_not_read" : nil, since: start)
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

    /// Noted once: when the list cannot be begun, else when it has ended, broken or been dropped. How long it took is how
    /// long it took to begin, since the rest is up to whoever reads it.
    func proxies(of sale: Sale) async throws(VendorError) -> ProxyList? {
        let start = timepiece.elapsed()
        do throws(VendorError) {
            let list = try await base.proxies(of: sale)
            let took = timepiece.elapsed() - start
            guard let list else {
                note("proxies", .done, nil, took: took, sale.orderID)
                return nil
            }
            return list.onEnd { failure in
                note("proxies", failure?.outcome ?? .done, failure?.silence, took: took, sale.orderID)
            }
        } catch {
            note("proxies", error.outcome, error.silence, took: timepiece.elapsed() - start, sale.orderID)
            throw error
        }
    }

    func actions(on shape: ProductShape) -> Set<ActionKind> { base.actions(on: shape) }
    func objections(to task: ActionTask, on sale: Sale) -> [Fault] { base.objections(to: task, on: sale) }

    func prepare(_ call: ActionCall) async -> ActionPreparation {
        let start = timepiece.elapsed()
        let preparation = await CallTrace.with(call.context.traceparent) { await base.prepare(call) }
        switch preparation {
        case .ready(_, let baseline):
            record.note(baseline.balance, at: timepiece.now())
            note("prepare_action", .done, nil, since: start, call.context.orderID)
        case .refused(let refusal): note("prepare_action", refusal.outcome, nil, since: start, call.context.orderID)
        case .unavailable(let reason, _):
            note("prepare_action", .init(reading: reason), reason, since: start, call.context.orderID)
        }
        return preparation
    }

    func named(_ call: ActionCall) async throws(VendorError) -> ActionCall { try await base.named(call) }

    func perform(_ call: ActionCall) async -> ActionOutcome {
        let start = timepiece.elapsed()
        let outcome = await CallTrace.with(call.context.traceparent) { await base.perform(call) }
        let name = call.task.kind.rawValue
        switch outcome {
        case .done: note(name, .done, nil, since: start, call.context.orderID)
        case .refused(let refusal): note(name, refusal.outcome, nil, since: start, call.context.orderID)
        case .notSent(let proof): note(name, proof.outcome, proof.reason, since: start, call.context.orderID)
        case .unknown(let doubt): note(name, .unknown, doubt.reason, since: start, call.context.orderID)
        }
        return outcome
    }

    func condition(for call: ActionCall) async throws(VendorError) -> GoodsCondition {
        try await watched("condition") { () async throws(VendorError) in
            let condition: Result<GoodsCondition, VendorError> = await CallTrace.with(call.context.traceparent) {
                do throws(VendorError) { return .success(try await base.condition(for: call)) } catch {
                    return .failure(error)
                }
            }
            let read = try condition.get()
            record.note(read.balance, at: timepiece.now())
            return read
        }
    }

    func goods(_ id: String) async throws(VendorError) -> Goods? {
        try await watched("batch") { () async throws(VendorError) in try await base.goods(id) }
    }

    func whitelist(ofBatch id: String) async throws(VendorError) -> [WhitelistEntry]? {
        try await watched("whitelist") { () async throws(VendorError) in try await base.whitelist(ofBatch: id) }
    }

    func account() async throws(VendorError) -> VendorAccount {
        let account = try await watched("account") { () async throws(VendorError) in try await base.account() }
        record.note(account.balance, at: timepiece.now())
        return account
    }

    private func watched<Value: Sendable>(_ name: String, _ call: () async throws(VendorError) -> Value)
        async throws(VendorError) -> Value
    {
        let start = timepiece.elapsed()
        do throws(VendorError) {
            let value = try await call()
            note(name, .done, nil, since: start)
            return value
        } catch {
            note(name, error.outcome, error.silence, since: start)
            throw error
        }
    }

    private func note(
        _ call: String, _ outcome: VendorCallOutcome, _ failure: String?, since start: Duration,
        _ order: OrderID? = nil
    ) {
        note(call, outcome, failure, took: timepiece.elapsed() - start, order)
    }

    private func note(
        _ call: String, _ outcome: VendorCallOutcome, _ failure: String?, took: Duration, _ order: OrderID?
    ) {
        book.note(call, outcome, took: took)
        let now = timepiece.now()
        let milliseconds = Int(took.seconds * 1000)
        var metadata: Logger.Metadata = [
            "call": .string(call), "outcome": .string(failure ?? "answered"),
            "milliseconds": .stringConvertible(milliseconds),
        ]
        if let order { metadata["order_id"] = .string(order.text) }
        logger.debug("vendor called", metadata: metadata)
        if let failure {
            record.noteFailure(failure, at: now)
        } else {
            record.noteAnswer(at: now, after: took)
        }
    }
}

extension VendorError {
    /// Its word; nil for a definite error of the vendor's own, which is an answer.
    fileprivate var silence: String? {
        if case .refused = self { return nil }
        return word
    }
}
