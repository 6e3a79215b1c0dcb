import ExactJSON
public import Purchasing
import Synchronization

/// A vendor that answers what a test tells it to, and remembers every purchase call.
public final class ScriptedVendor: VendorAdapter {
    /// What the vendor will say. Lists are used from the front; the last element stays.
    public struct Script: Sendable {
        public var purchases: [PurchaseOutcome] = [.bought(Receipt(vendorOrderID: "v-1", isReady: true))]
        public var preparations: [Preparation] = [.ready(price: nil, baseline: nil)]
        /// What happens while a preparation is made.
        public var whilePreparing: @Sendable () -> Void = {}
        public var goods: [Result<[Goods], VendorError>] = [.success([])]
        public var accounts: [Result<VendorAccount, VendorError>] = [
            .success(VendorAccount(balance: nil, kycStatus: nil))
        ]
        /// Waited for before an account is told.
        public var whileReadingAccount: @Sendable () async -> Void = {}
        public var states: [GoodsState] = [GoodsState(count: nil, isReady: true)]
        /// Products that the vendor does not sell.
        public var withheld: Set<ProductShape> = []
        /// What the vendor sells; nil for every product, with every field optional.
        public var offers: [ProductOffer]?
        public var listPrices: [ProductShape: UnitPrice] = [:]
        public var quotes: [VendorQuote] = [.unavailable(reason: "unscripted", retryAfter: nil)]
        public var stock: [Result<[InventoryRow], VendorError>] = [.success([])]
        public var lists: [Result<ReferenceLists, VendorError>] = [.success(ReferenceLists())]
        public var actionPreparations: [ActionPreparation] = [
            .ready(price: nil, baseline: GoodsCondition(isThere: true))
        ]
        public var actionOutcomes: [ActionOutcome] = [.done(ActionReceipt())]
        public var conditions: [Result<GoodsCondition, VendorError>] = [.success(GoodsCondition(isThere: true))]
        /// What can be done to goods; everything by default.
        public var actions = Set(ActionKind.allCases)
        /// Called where the vendor's ids of what an action names are read.
        public var whenNamed: @Sendable () async -> Void = {}
        public var whitelists: [Result<[WhitelistEntry]?, VendorError>] = [.success([])]
        /// Makes the list of a sale's proxies anew at each call.
        public var proxies: @Sendable (Sale) async throws(VendorError) -> ProxyList? = { _ in nil }

        public init() {}
    }

    private struct State {
        var script: Script
        var calls: [PurchaseCall] = []
        var actionCalls: [ActionCall] = []
        var lateAnswers: [LateAnswer] = []
        var stockQueries: [StockQuery] = []
        var listQueries: [ProductShape] = []
        var quoteCount = 0
        var followCount = 0
        var accountCount = 0
        var goodsCount = 0
        var gates: [CheckedContinuation<Void, Never>] = []
        var isGated = false
    }

    public let traits: VendorTraits
    private let state: Mutex<State>

    public init(traits: VendorTraits, _ change: (inout Script) -> Void = { _ in }) {
        self.traits = traits
        var script = Script()
        change(&script)
        state = Mutex(State(script: script))
    }

    /// A vendor with idempotency that needs no quote, as HeloData.
    public static func idempotent(width: Int = 32, _ change: (inout Script) -> Void = { _ in }) -> ScriptedVendor {
        ScriptedVendor(
            traits: VendorTraits(
                kind: "idempotent", isIdempotent: true, asksBeforeBuying: false, provesAbsence: false, width: width,
                listsGoodsOf: [.isp], goodsAreBatches: true), change)
    }

    /// A vendor without idempotency whose list and balance are evidence, as the legacy API.
    public static func attributable(_ change: (inout Script) -> Void = { _ in }) -> ScriptedVendor {
        ScriptedVendor(
            traits: VendorTraits(
                kind: "attributable", isIdempotent: false, asksBeforeBuying: true, provesAbsence: true, width: 1,
                listsGoodsOf: [.isp, .ipv4, .ipv6, .mobileByIP]), change)
    }

    /// Every purchase call so far, in order.
    public var calls: [PurchaseCall] { state.withLock { $0.calls } }

    /// Every action call so far, in order.
    public var actionCalls: [ActionCall] { state.withLock { $0.actionCalls } }

    /// How often sold goods were looked for.
    public var followCount: Int { state.withLock { $0.followCount } }

    /// How often the account was read.
    public var accountCount: Int { state.withLock { $0.accountCount } }

    /// How often the whole list of goods was read.
    public var goodsCount: Int { state.withLock { $0.goodsCount } }

    /// Changes what the vendor will say.
    public func rewrite(_ change: @Sendable (inout Script) -> Void) { state.withLock { change(&$0.script) } }

    /// Holds every purchase, every action and every read of stock or lists until `open()`.
    public func hold() { state.withLock { $0.isGated = true } }

    /// Lets the held calls go on.
    public func open() {
        let gates = state.withLock { state in
            state.isGated = false
            defer { state.gates = [] }
            return state.gates
        }
        for gate in gates { gate.resume() }
    }

    /// Answers a purchase call, the first one by default, after its deadline.
    public func answerLate(_ outcome: PurchaseOutcome, toCall index: Int = 0) async {
        await state.withLock { $0.lateAnswers[index] }(outcome)
    }

    private func next<Value>(_ list: WritableKeyPath<Script, [Value]>) -> Value where Value: Sendable {
        state.withLock { state in
            let values = state.script[keyPath: list]
            if values.count > 1 { state.script[keyPath: list].removeFirst() }
            return values[0]
        }
    }

    /// As scripted, or every product, with every field optional.
    public var offers: [ProductOffer] {
        let (withheld, scripted) = state.withLock { ($0.script.withheld, $0.script.offers) }
        return scripted
            ?? ProductShape.allCases.filter { !withheld.contains($0) }.map { shape in
                ProductOffer(
                    shape, required: [], optional: RequestField.allCases, quotes: traits.asksBeforeBuying,
                    tellsStock: traits.goodsAreBatches && shape == .isp, tellsLists: traits.asksBeforeBuying)
            }
    }

    public func listPrice(of shape: ProductShape) -> UnitPrice? { state.withLock { $0.script.listPrices[shape] } }

    /// What an order's total says of one GB.
    public func soldPrice(in order: Order) -> UnitPrice? {
        guard let total = order.total, order.totalSource == .vendor, order.request.gb == Millionths("1") else {
            return nil
        }
        return UnitPrice(total, per: .gb)
    }

    /// Every stock query so far, in order.
    public var stockQueries: [StockQuery] { state.withLock { $0.stockQueries } }
    /// The products whose lists were read so far, in order.
    public var listQueries: [ProductShape] { state.withLock { $0.listQueries } }
    /// How many quotes were asked.
    public var quoteCount: Int { state.withLock { $0.quoteCount } }

    public func quote(_ request: OrderRequest, context: CallContext) async -> VendorQuote {
        state.withLock { $0.quoteCount += 1 }
        return next(\.quotes)
    }

    public func stock(_ query: StockQuery) async throws(VendorError) -> [InventoryRow] {
        await passGate { $0.stockQueries.append(query) }
        return try next(\.stock).get()
    }

    public func lists(of shape: ProductShape) async throws(VendorError) -> ReferenceLists {
        await passGate { $0.listQueries.append(shape) }
        return try next(\.lists).get()
    }

    public func purchaseBody(for request: OrderRequest) -> [UInt8] { request.normalForm }

    public func prepare(_ request: OrderRequest, context: CallContext) async -> Preparation {
        state.withLock { $0.script.whilePreparing }()
        return next(\.preparations)
    }

    public func purchase(_ call: PurchaseCall, late: @escaping LateAnswer) async -> PurchaseOutcome {
        await passGate {
            $0.calls.append(call)
            $0.lateAnswers.append(late)
        }
        return next(\.purchases)
    }

    /// Notes a call and waits while the vendor is held; both at once, so that a call that was seen is not held later.
    private func passGate(_ note: (inout State) -> Void) async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                note(&state)
                if state.isGated { state.gates.append(continuation) }
                return !state.isGated
            }
            if goesOn { continuation.resume() }
        }
    }

    public func follow(_ sales: [Sale]) async -> [OrderID: GoodsState] {
        state.withLock { $0.followCount += 1 }
        let state = next(\.states)
        return Dictionary(uniqueKeysWithValues: sales.map { ($0.orderID, state) })
    }

    public func proxies(of sale: Sale) async throws(VendorError) -> ProxyList? {
        try await state.withLock { $0.script.proxies }(sale)
    }

    public func actions(on shape: ProductShape) -> Set<ActionKind> { state.withLock { $0.script.actions } }
    public func objections(to task: ActionTask, on sale: Sale) -> [Fault] { [] }
    public func prepare(_ call: ActionCall) async -> ActionPreparation { next(\.actionPreparations) }

    public func named(_ call: ActionCall) async throws(VendorError) -> ActionCall {
        await state.withLock { $0.script.whenNamed }()
        return call
    }

    public func perform(_ call: ActionCall) async -> ActionOutcome {
        await passGate { $0.actionCalls.append(call) }
        return next(\.actionOutcomes)
    }

    public func condition(for call: ActionCall) async throws(VendorError) -> GoodsCondition {
        try next(\.conditions).get()
    }

    public func goods(_ id: String) async throws(VendorError) -> Goods? {
        try next(\.goods).get().first { $0.id == id }
    }

    public func whitelist(ofBatch id: String) async throws(VendorError) -> [WhitelistEntry]? {
        try next(\.whitelists).get()
    }

    public func goods() async throws(VendorError) -> [Goods] {
        state.withLock { $0.goodsCount += 1 }
        return try next(\.goods).get()
    }

    public func account() async throws(VendorError) -> VendorAccount {
        let wait = state.withLock { state in
            state.accountCount += 1
            return state.script.whileReadingAccount
        }
        await wait()
        return try next(\.accounts).get()
    }
}
