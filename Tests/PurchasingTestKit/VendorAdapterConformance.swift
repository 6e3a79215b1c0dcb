import Dispatch
import ExactJSON
public import Purchasing

/// What every vendor adapter must make of each thing that can happen to a purchase call, and to each call that asks what
/// there is to buy, tried over real sockets.
///
/// The suite knows no vendor's words; a `VendorDialect` brings them. `run` gives back what was wrong, so that any test
/// library can say it.
public struct VendorAdapterConformance: Sendable {
    let dialect: VendorDialect

    public init(_ dialect: VendorDialect) { self.dialect = dialect }

    /// What an outcome must be.
    public enum Expectation: Sendable, Hashable {
        case bought
        case refused(Refusal.Reason)
        /// Any of the words, or any word at all where none is given.
        case notSent([String])
        case unknown([String])
        /// Two errors race for it, and either is safe.
        case notSentOrUnknown
    }

    /// Something that happens to a purchase call, and what must be made of it.
    public struct Case: Sendable, CustomStringConvertible {
        public let name: String
        let peer: Peer
        let expectation: Expectation
        /// How many whole requests may have reached the server.
        let requests: ClosedRange<Int>
        /// How long the call may take: short where nothing else ends it, else long enough for a busy machine.
        var deadline = Duration.seconds(10)

        public var description: String { name }
    }

    /// Who stands at the other end.
    enum Peer: Sendable {
        case server(ScriptedServer.Moment)
        /// The same, called by `https`; what answers there is no TLS.
        case serverForTLS(ScriptedServer.Act)
        case nobody
        case noSuchName
    }

    /// Every case: what transports do to any vendor, and what this vendor's own words mean.
    public var cases: [Case] { transportCases + framingCases + bodyCases + dialectCases }

    /// Runs one case.
    /// - Returns: what was wrong; empty when all was well.
    public func run(_ test: Case) async throws -> [String] {
        let (server, url) = try open(test.peer)
        defer { server?.stop() }
        let adapter = try dialect.makeAdapter(url, test.deadline)
        let outcome = await adapter.adapter.purchase(dialect.call(adapter.adapter)) { _ in }
        await adapter.close()
        return faults(of: outcome, in: test, requests: server?.requests.count ?? 0)
    }

    /// Runs a purchase that is answered by a sale once its deadline has passed.
    /// - Returns: what was wrong; empty when the answer was delivered, once, for what it is.
    public func runLateAnswer() async throws -> [String] {
        let isOverdue = DispatchSemaphore(value: 0)
        let sale = dialect.sale
        let server = try ScriptedServer { _ in
            isOverdue.wait()
            return .http(200, sale)
        }
        defer { server.stop() }
        let adapter = try dialect.makeAdapter(server.url, .seconds(1))
        let (answers, continuation) = AsyncStream.makeStream(of: PurchaseOutcome.self)
        let outcome = await adapter.adapter.purchase(dialect.call(adapter.adapter)) { continuation.yield($0) }
        isOverdue.signal()
        var faults = outcome == .unknown(Doubt("deadline")) ? [] : ["expected unknown (deadline), got \(outcome)"]
        var late: PurchaseOutcome?
        for await answer in answers {
            late = answer
            break
        }
        await adapter.close()
        guard let late else { return faults + ["nothing came late"] }
        if !Expectation.bought.isMet(by: late) { faults.append("expected a sale, got \(late)") }
        if "\(late)".contains(dialect.key) { faults.append("the key stands in the late answer") }
        if server.requests.count != 1 { faults.append("\(server.requests.count) requests arrived") }
        return faults
    }

    /// The server of a peer, if it has one, and the address to call it at.
    func open(_ peer: Peer) throws -> (server: ScriptedServer?, url: String) {
        switch peer {
        case .server(let moment):
            let server = try ScriptedServer(at: moment)
            return (server, server.url)
        case .serverForTLS(let act):
            let server = try ScriptedServer(at: .accepted(act))
            return (server, server.tlsURL)
        case .nobody: return (nil, try ScriptedServer.refusingURL())
        case .noSuchName: return (nil, "http://vendor.invalid")
        }
    }

    private func faults(of outcome: PurchaseOutcome, in test: Case, requests: Int) -> [String] {
        var faults: [String] = []
        if !test.expectation.isMet(by: outcome) { faults.append("expected \(test.expectation), got \(outcome)") }
        if !test.requests.contains(requests) { faults.append("\(requests) requests arrived, not \(test.requests)") }
        if case .notSent(.unreachable) = outcome, requests > 0 {
            faults.append("said to be not sent, but it arrived")
        }
        var words = "\(outcome)" + String(reflecting: outcome)
        dump(outcome, to: &words)
        if case .bought(let receipt) = outcome { words += receipt.details.text }
        if words.contains(dialect.key) { faults.append("the key stands in the outcome") }
        return faults
    }
}

extension VendorAdapterConformance.Expectation {
    func isMet(by outcome: PurchaseOutcome) -> Bool {
        switch (self, outcome) {
        case (.bought, .bought): true
        case (.refused(let reason), .refused(let refusal)): reason == refusal.reason
        case (.notSent(let words), .notSent(let proof)): words.isEmpty || words.contains(proof.reason)
        case (.unknown(let words), .unknown(let doubt)): words.isEmpty || words.contains(doubt.reason)
        case (.notSentOrUnknown, .notSent), (.notSentOrUnknown, .unknown): true
        default: false
        }
    }
}

/// A vendor's words, for the conformance suite.
public struct VendorDialect: Sendable {
    /// The vendor account's key; it must never be seen.
    public let key: String
    /// Makes an adapter that calls a base URL, with the time that a call may take, and says how to close it.
    public let makeAdapter:
        @Sendable (String, Duration) throws -> (adapter: any VendorAdapter, close: @Sendable () async -> Void)
    /// What is bought.
    public let request: OrderRequest
    public let baseline: Baseline?
    public let quotedPrice: Money?
    /// The body of the answer to a sale.
    public let sale: String
    /// Answers of this vendor, and what they prove.
    public let answers: [Answer]
    /// What can be asked before buying: one of each kind for each product whose offer claims it.
    public let readings: [VendorReadingDialect]
    /// What was sold, and how it is handed out.
    public let goods: VendorProxiesDialect

    /// One answer of the vendor.
    public struct Answer: Sendable {
        let name: String
        let status: Int
        let body: String
        let headers: [String: String]
        let expectation: VendorAdapterConformance.Expectation

        public init(
            _ name: String, _ status: Int, _ body: String, headers: [String: String] = [:],
            _ expectation: VendorAdapterConformance.Expectation
        ) {
            self.name = name
            self.status = status
            self.body = body
            self.headers = headers
            self.expectation = expectation
        }
    }

    public init(
        key: String, request: OrderRequest, baseline: Baseline?, quotedPrice: Money?, sale: String, answers: [Answer],
        readings: [VendorReadingDialect], goods: VendorProxiesDialect,
        makeAdapter:
            @escaping @Sendable (String, Duration) throws -> (
                adapter: any VendorAdapter, close: @Sendable () async -> Void
            )
    ) {
        self.key = key
        self.makeAdapter = makeAdapter
        self.request = request
        self.baseline = baseline
        self.quotedPrice = quotedPrice
        self.sale = sale
        self.answers = answers
        self.readings = readings
        self.goods = goods
    }

    /// The purchase call that is tried.
    func call(_ adapter: any VendorAdapter) -> PurchaseCall {
        let id = IdentifierSource(milliseconds: { 1_780_000_000_000 }).next(.order)
        return PurchaseCall(
            request: request, body: adapter.purchaseBody(for: request), key: id.text, baseline: baseline,
            quotedPrice: quotedPrice, context: CallContext(orderID: id))
    }
}
