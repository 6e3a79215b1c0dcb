import ExactJSON
import Foundation
public import Purchasing
public import VendorHTTP

/// The legacy `/client/api/v1/{apiKey}/order` API (YouProxy's): no idempotency key and no list of orders, so one purchase
/// at a time, never sent twice, settled by what the account owns and holds.
public final class LegacyAdapter: VendorAdapter {
    public let traits = VendorTraits(
        kind: "legacy", isIdempotent: false, asksBeforeBuying: true, provesAbsence: true, width: 1,
        listsGoodsOf: [.isp, .ipv4, .ipv6, .mobileByIP])

    public let offers: [ProductOffer]

    private let bodies: LegacyBodies
    private let endpoints: LegacyEndpoints
    private let mapping: LegacyMapping
    private let http: VendorHTTPClient
    private let time: Timepiece

    /// One purchase, one whose answer is late, and reads beside them.
    private static let connections = 5

    /// - Throws: `InvalidVendorSettings` when the address or the key cannot be used.
    public init(settings: LegacySettings, time: Timepiece = .system) throws(InvalidVendorSettings) {
        http = try VendorHTTPClient(
            address: VendorAddress(settings.baseURL), credential: .pathSegment(settings.apiKey),
            connectTimeout: settings.connectTimeout, connections: Self.connections, usesConnectionsOnce: true)
        self.time = time
        offers = LegacyOffer.all(defaultGoal: settings.goal)
        bodies = LegacyBodies(defaultGoal: settings.goal)
        endpoints = LegacyEndpoints(timeout: settings.timeout)
        mapping = LegacyMapping(redaction: http.redaction)
    }

    /// Closes the connections, once the last call has ended.
    public func close() async { await http.close() }

    /// The vendor has no price list; its quote is asked.
    public func listPrice(of shape: ProductShape) -> UnitPrice? { nil }

    /// The vendor's answer to an order has no price.
    public func soldPrice(in order: Order) -> UnitPrice? { nil }

    public func quote(_ request: OrderRequest, context: CallContext) async -> VendorQuote {
        .unavailable(reason: "not_read", retryAfter: nil)
    }

    /// The vendor tells no stock.
    public func stock(_ query: StockQuery) async throws(VendorError) -> [InventoryRow] { [] }

    public func lists(of shape: ProductShape) async throws(VendorError) -> ReferenceLists { ReferenceLists() }

    public func purchaseBody(for request: OrderRequest) -> [UInt8] { bodies.order(request).bytes }

    public func prepare(_ request: OrderRequest, context: CallContext) async -> Preparation {
        do {
            let call = endpoints.quote(body: bodies.quote(request).bytes, traceparent: context.traceparent)
            let quote = mapping.quote(in: try await answer(to: call), for: request)
            guard case .ready(let price, let baseline) = quote else { return quote }
            let ids = try await knownIDs()
            return .ready(price: price, baseline: Baseline(balance: baseline?.balance, goods: ids))
        } catch {
            switch error {
            case .unavailable(let reason): return .unavailable(reason: reason, retryAfter: nil)
            case .rateLimited(let retryAfter): return .unavailable(reason: "rate_limited", retryAfter: retryAfter)
            case .authFailed: return .refused(Refusal(.authFailed))
            case .unreadable(let reason): return .unavailable(reason: reason, retryAfter: nil)
            case .refused(let code, _): return .unavailable(reason: code ?? "refused", retryAfter: nil)
            }
        }
    }

    public func purchase(_ call: PurchaseCall, late: @escaping LateAnswer) async -> PurchaseOutcome {
        let outcome = { @Sendable [mapping] (answer: VendorAnswer) in mapping.outcome(of: answer, to: call) }
        let request = endpoints.order(body: call.body, traceparent: call.context.traceparent)
        return switch await http.send(request, late: { await late(outcome($0)) }) {
        case .failed(let failure): failure.outcome
        case .answer(let answer): outcome(answer)
        }
    }

    /// One list serves all sales, since the vendor has no other way to ask.
    public func follow(_ sales: [Sale]) async -> [OrderID: GoodsState] {
        let list: [Goods]
        // Sales that could not be read are left out, as the port says.
        do { list = try await goods() } catch { return [:] }
        var states: [OrderID: GoodsState] = [:]
        for sale in sales {
            guard let id = sale.vendorOrderID else { continue }
            states[sale.orderID] = mapping.state(of: sale.request, in: list.first { $0.id == id })
        }
        return states
    }

    public func goods() async throws(VendorError) -> [Goods] {
        let list = try LegacyGoodsList(mapping.read(try await answer(to: endpoints.goods())))
        return list.records.map { Goods(orderID: $0.key, records: $0.value, redaction: mapping.redaction) }
    }

    public func account() async throws(VendorError) -> VendorAccount {
        let said = try mapping.read(try await answer(to: endpoints.balance()))
        guard let balance = said.balance else { throw .unreadable("balance") }
        return VendorAccount(balance: balance, kycStatus: nil)
    }

    // MARK: Calls

    /// The ids of everything that is owned; nil when the list cannot be understood, which only makes a lost answer harder
    /// to settle.
    private func knownIDs() async throws(VendorError) -> [String]? {
        do { return try await goods().map(\.id) } catch {
            switch error {
            case .unreadable, .refused: return nil
            case .unavailable, .rateLimited, .authFailed: throw error
            }
        }
    }

    /// The answer to a read, with status 200.
    private func answer(to request: VendorRequest) async throws(VendorError) -> VendorAnswer {
        switch await http.send(request) {
        case .failed(let failure): throw failure.readFailure
        case .answer(let answer):
            if let failure = answer.readFailure(now: time.now(), redaction: mapping.redaction) { throw failure }
            return answer
        }
    }
}
