import ExactJSON
import Foundation
public import Purchasing
public import VendorHTTP

/// HeloData (https://docs.helodata.com): a REST API with an idempotency key on its order call.
public final class HeloDataAdapter: VendorAdapter {
    public let traits: VendorTraits

    let endpoints: HeloDataEndpoints
    let mapping: HeloDataMapping
    /// The clock by which the vendor says when batches began.
    let clock = VendorClock()
    private let prices: HeloDataSettings.Prices
    /// The vendor's name in the configuration.
    let name: String
    private let http: VendorHTTPClient
    /// For what can never be sent twice: no connection that the vendor may close just then is used again.
    private let onceHTTP: VendorHTTPClient
    private let rateLimit = HeloDataRateLimit()
    let time: Timepiece

    /// How long a call may wait inside for the vendor's rate limit; a longer wait is told to whoever asked.
    private static let patience = Duration.seconds(1)
    /// How many pages a list may have, and how many bytes all of them together.
    private static let pageLimit = 200
    private static let listLimit = 4 * VendorRequest.listBodyLimit
    /// Connections beside those of the purchases, and of as many whose answers are late, for reading: half of them for
    /// downloads, which callers may hold for as long as they take to read.
    private static let readConnections = 16
    /// How long a download may take, however slowly its caller reads.
    private static let longestDownload = Duration.seconds(600)

    /// - Throws: `InvalidVendorSettings` when the address or the key cannot be used.
    public init(settings: HeloDataSettings, time: Timepiece = .system) throws(InvalidVendorSettings) {
        http = try VendorHTTPClient(
            address: VendorAddress(settings.baseURL), credential: .bearer(settings.apiKey),
            connectTimeout: settings.connectTimeout, connections: settings.maxInFlight * 2 + Self.readConnections,
            usesConnectionsOnce: !settings.idempotency, caFile: settings.caFile)
        onceHTTP = try VendorHTTPClient(
            address: VendorAddress(settings.baseURL), credential: .bearer(settings.apiKey),
            connectTimeout: settings.connectTimeout, connections: settings.maxInFlight * 2, usesConnectionsOnce: true,
            caFile: settings.caFile)
        name = settings.name
        self.time = time
        traits = VendorTraits(
            kind: "helodata", isIdempotent: settings.idempotency, asksBeforeBuying: false, provesAbsence: false,
            width: settings.idempotency ? settings.maxInFlight : 1, listsGoodsOf: [.isp], goodsAreBatches: true,
            listensFor: settings.timeout)
        endpoints = HeloDataEndpoints(timeout: settings.timeout)
        mapping = HeloDataMapping(redaction: http.redaction)
        prices = settings.prices
    }

    /// Closes the connections, once the last call has ended.
    public func close() async {
        await http.close()
        await onceHTTP.close()
    }

    public var offers: [ProductOffer] { HeloDataOffer.all }

    public func listPrice(of shape: ProductShape) -> UnitPrice? { prices.unitPrice(of: shape) }

    public func soldPrice(in order: Order) -> UnitPrice? { HeloDataSoldPrice.of(order) }

    /// HeloData documents no quote.
    public func quote(_ request: OrderRequest, context: CallContext) async -> VendorQuote {
        .unavailable(reason: "not_offered", retryAfter: nil)
    }

    /// One answer has every row of what is asked; only ISP IPs are counted.
    public func stock(_ query: StockQuery) async throws(VendorError) -> [InventoryRow] {
        guard query.shape == .isp else { throw .refused(code: "not_offered", message: nil) }
        let request = endpoints.inventory(country: query.country, asn: query.asn)
        guard let pages = try await pages(of: request, .browse, unreadable: "inventory", read: { $0 }) else {
            // Whether 404 says "nothing there" or "no such call" is not documented.
            throw .refused(code: "status_404", message: nil)
        }
        return try HeloDataInventory.rows(in: pages, for: query, redaction: mapping.redaction)
    }

    /// HeloData documents no lists.
    public func lists(of shape: ProductShape) async throws(VendorError) -> ReferenceLists { ReferenceLists() }

    public func purchaseBody(for request: OrderRequest) -> [UInt8] { HeloDataOrderBody.bytes(for: request) }

    public func prepare(_ request: OrderRequest, context: CallContext) async -> Preparation {
        .ready(price: nil, baseline: nil)
    }

    public func purchase(_ call: PurchaseCall, late: @escaping LateAnswer) async -> PurchaseOutcome {
        let request = endpoints.order(
            body: call.body, key: traits.isIdempotent ? call.key : nil, traceparent: call.context.traceparent)
        let outcome = { @Sendable [mapping, time] (answer: VendorAnswer) in
            mapping.outcome(of: answer, to: call.request, now: time.now())
        }
        switch await send(request, .purchase, late: { await late(outcome($0)) }) {
        case .heldBack(let wait): return .notSent(.rateLimited(retryAfter: wait))
        case .reply(.failed(let failure)): return failure.outcome
        case .reply(.answer(let answer)): return outcome(answer)
        }
    }

    public func account() async throws(VendorError) -> VendorAccount {
        let answer = try await read(endpoints.account())
        guard let account = mapping.account(answer.json) else { throw .unreadable("account") }
        return account
    }

    // MARK: Calls

    enum Paced {
        case reply(VendorReply)
        /// Not sent, since the vendor's rate limit is used up.
        case heldBack(Duration)
    }

    /// Reads something that has to be there.
    func read(_ request: VendorRequest) async throws(VendorError) -> VendorAnswer {
        guard let answer = try await readIfThere(request) else {
            throw .refused(code: "status_404", message: nil)
        }
        return answer
    }

    /// Reads something that may not be there yet; nil for 404.
    func readIfThere(
        _ request: VendorRequest, _ urgency: HeloDataRateLimit.Urgency = .read
    ) async throws(VendorError) -> VendorAnswer? {
        switch await send(request, urgency) {
        case .heldBack(let wait): throw .rateLimited(retryAfter: wait)
        case .reply(let reply): return try answerIfThere(reply)
        }
    }

    /// A good answer; nil for 404.
    private func answerIfThere(_ reply: VendorReply) throws(VendorError) -> VendorAnswer? {
        switch reply {
        case .failed(let failure): throw failure.readFailure
        case .answer(let answer):
            clock.note(answer, now: time.now(), elapsed: time.elapsed())
            if answer.status == 404 { return nil }
            if let failure = answer.readFailure(now: time.now(), redaction: mapping.redaction) { throw failure }
            return answer
        }
    }

    /// Every page of a list, in order; nil when there is no such list.
    /// - Parameters:
    ///   - unreadable: what an answer that is no page, or that leaves open where it goes on, is called.
    ///   - read: what is kept of a page; nil when it is none.
    func pages<Page>(
        of request: VendorRequest, _ urgency: HeloDataRateLimit.Urgency = .read, unreadable: String,
        read: (JSON) -> Page?
    ) async throws(VendorError) -> [Page]? {
        var pages: [Page] = []
        var request = request
        var cursors: Set<String> = []
        var bytes = 0
        let fixedQuery = request.query
        for _ in 0..<Self.pageLimit {
            guard let answer = try await readIfThere(request, urgency) else {
                if pages.isEmpty { return nil }
                throw .unreadable("page_missing")
            }
            bytes += answer.body.count
            guard bytes <= Self.listLimit else { throw .unreadable("list_too_large") }
            guard let json = answer.json, let page = read(json) else { throw .unreadable(unreadable) }
            pages.append(page)
            switch HeloDataNextPage(json) {
            case .end: return pages
            case .untold: throw .unreadable(unreadable)
            case .at(let cursor):
                guard cursors.insert(cursor).inserted else { throw .unreadable("cursor_repeats") }
                request.query = fixedQuery + [VendorQueryItem("cursor", cursor)]
            }
        }
        throw .unreadable("too_many_pages")
    }

    /// Begins to read a download; nil for 404.
    func downloadIfThere(_ request: VendorRequest) async throws(VendorError) -> VendorBody? {
        if let wait = await pause(before: .read) { throw .rateLimited(retryAfter: wait) }
        switch await http.download(request, longest: Self.longestDownload) {
        case .body(let head, let body):
            await rateLimit.finish(.answer(head), now: time.now())
            return body
        case .reply(let reply):
            await rateLimit.finish(reply, now: time.now())
            guard try answerIfThere(reply) == nil else { throw .unreadable("ips") }
            return nil
        }
    }

    /// Waits for the vendor's rate limit.
    /// - Returns: nil when the call may go, and is counted; else how long it would still have to wait.
    private func pause(before urgency: HeloDataRateLimit.Urgency) async -> Duration? {
        var patience = Self.patience
        while let wait = await rateLimit.admit(urgency, now: time.now()) {
            guard wait <= patience else { return wait }
            patience -= wait
            do { try await time.sleep(wait) } catch { return wait }
        }
        return nil
    }

    /// Sends a change of what was bought, once.
    func sendOnce(_ request: VendorRequest) async -> Paced {
        if let wait = await pause(before: .purchase) { return .heldBack(wait) }
        let reply = await onceHTTP.send(request)
        await rateLimit.finish(reply, now: time.now())
        return .reply(reply)
    }

    /// What an answer to a change proves.
    func outcome(of answer: VendorAnswer, to call: ActionCall) -> ActionOutcome {
        mapping.outcome(of: answer, to: call, now: time.now())
    }

    private func send(
        _ request: VendorRequest, _ urgency: HeloDataRateLimit.Urgency,
        late: @escaping @Sendable (VendorAnswer) async -> Void = { _ in }
    ) async -> Paced {
        if let wait = await pause(before: urgency) { return .heldBack(wait) }
        let reply = await http.send(request, late: late)
        await rateLimit.finish(reply, now: time.now())
        return .reply(reply)
    }
}
