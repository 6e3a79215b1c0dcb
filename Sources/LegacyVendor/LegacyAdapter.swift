import ExactJSON
import Foundation
import OrderedCollections
public import Purchasing
public import VendorHTTP

/// The legacy `/client/api/v1/{apiKey}/order` API (YouProxy's): no idempotency key and no list of orders, so one purchase
/// at a time, never sent twice, settled by what the account owns and holds.
public final class LegacyAdapter: VendorAdapter {
    public let traits: VendorTraits
    public let offers: [ProductOffer]

    /// The vendor's name in the configuration.
    let name: String
    let endpoints: LegacyEndpoints
    let mapping: LegacyMapping
    /// The clock by which the vendor says when goods began.
    let clock = VendorClock()
    let http: VendorHTTPClient
    private let bodies: LegacyBodies
    private let time: Timepiece

    /// One purchase, one whose answer is late, and reads beside them.
    private static let connections = 5

    /// - Throws: `InvalidVendorSettings` when the address or the key cannot be used.
    public init(settings: LegacySettings, time: Timepiece = .system) throws(InvalidVendorSettings) {
        http = try VendorHTTPClient(
            address: VendorAddress(settings.baseURL), credential: .pathSegment(settings.apiKey),
            connectTimeout: settings.connectTimeout, connections: Self.connections, usesConnectionsOnce: true,
            caFile: settings.caFile)
        self.time = time
        traits = VendorTraits(
            kind: "legacy", isIdempotent: false, asksBeforeBuying: true, provesAbsence: true, width: 1,
            listsGoodsOf: [.isp, .ipv4, .ipv6, .mobileByIP], listensFor: settings.timeout)
        name = settings.name
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
        guard LegacyProxyType(request.shape) != nil else { return .unavailable(reason: "not_offered", retryAfter: nil) }
        return await readQuote(request, context).answer
    }

    /// The vendor tells no stock.
    public func stock(_ query: StockQuery) async throws(VendorError) -> [InventoryRow] { [] }

    /// One list after the other; each that cannot be understood is left out.
    /// - Throws: what the first list failed of, when none can be understood.
    public func lists(of shape: ProductShape) async throws(VendorError) -> ReferenceLists {
        guard let type = LegacyProxyType(shape) else { throw .refused(code: "not_offered", message: nil) }
        var reading = LegacyListReading()
        var lists = ReferenceLists()
        let reader = LegacyListReader(redaction: mapping.redaction)
        lists.countries = try await list(endpoints.countries(of: type), &reading, reader.countries)
        lists.rentalDays = try await list(endpoints.rentPeriods(of: type), &reading, reader.rentalDays)
        lists.promoCodes = try await list(endpoints.promoCodes(), &reading, reader.promoCodes)
        if type == .mobile {
            lists.mobileOperators = try await list(endpoints.mobileOperators(), &reading, reader.mobileOperators)
        }
        if let failure = reading.failure, !reading.isAnyRead { throw failure }
        return lists
    }

    public func purchaseBody(for request: OrderRequest) -> [UInt8] { bodies.order(request).bytes }

    /// The goods before the price: a list may take its time, and the price is what a ceiling is held against.
    public func prepare(_ request: OrderRequest, context: CallContext) async -> Preparation {
        let ids: [String]?
        do { ids = try await knownIDs() } catch { return LegacyQuote(error).preparation }
        let asked = time.now()
        let quote = await readQuote(request, context)
        guard case .ready(let price, let balance) = quote else { return quote.preparation }
        return .ready(price: price, baseline: Baseline(balance: balance, goods: ids), pricedAt: asked)
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
        let goods = list.records.map { Goods(orderID: $0, records: $1, redaction: mapping.redaction) }
        return clock.judged(goods, now: time.now())
    }

    /// The vendor has one list for all orders of a type, and that has to be whole before a part of it can be believed; of it
    /// only the records of this order are kept.
    public func proxies(of sale: Sale) async throws(VendorError) -> ProxyList? {
        guard let type = LegacyProxyType(sale.request.shape), let orderID = sale.vendorOrderID else { return nil }
        let list = try LegacyGoodsList(mapping.read(try await answer(to: endpoints.goods(of: type))))
        guard let records = list.records[orderID] else { return nil }
        var proxies: [BoughtProxy] = []
        for record in records {
            // Where a login was ordered, a record without one tells less than its buyer needs.
            guard let proxy = record.proxy, proxy.login != nil || sale.request.auth != .login else {
                throw .unreadable("record")
            }
            proxies.append(proxy)
        }
        return ProxyList(proxies)
    }

    public func account() async throws(VendorError) -> VendorAccount {
        let said = try mapping.read(try await answer(to: endpoints.balance()))
        guard let balance = said.balance else { throw .unreadable("balance") }
        return VendorAccount(balance: balance, kycStatus: nil)
    }

    // MARK: Calls

    private func readQuote(_ request: OrderRequest, _ context: CallContext) async -> LegacyQuote {
        let call = endpoints.quote(body: bodies.quote(request).bytes, traceparent: context.traceparent)
        do { return mapping.quote(in: try await answer(to: call), for: request) } catch { return LegacyQuote(error) }
    }

    /// How reading several lists went.
    private struct LegacyListReading {
        var isAnyRead = false
        var failure: VendorError?
    }

    /// One list; nil when it cannot be understood, or when the vendor says no to this list alone.
    /// - Throws: what all lists would fail of: the connection, the key, the rate.
    private func list<List>(
        _ request: VendorRequest, _ reading: inout LegacyListReading, _ read: (LegacyAnswer) -> List?
    ) async throws(VendorError) -> List? {
        do throws(VendorError) {
            guard let list = read(try mapping.readList(try await answer(to: request))) else {
                throw .unreadable("list")
            }
            reading.isAnyRead = true
            return list
        } catch {
            switch error {
            case .unavailable, .rateLimited, .authFailed: throw error
            case .unreadable, .refused:
                reading.failure = reading.failure ?? error
                return nil
            }
        }
    }

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
    func answer(to request: VendorRequest) async throws(VendorError) -> VendorAnswer {
        switch await http.send(request) {
        case .failed(let failure): throw failure.readFailure
        case .answer(let answer):
            clock.note(answer, now: time.now(), elapsed: time.elapsed())
            if let failure = answer.readFailure(now: time.now(), redaction: mapping.redaction) { throw failure }
            return answer
        }
    }
}
