import Foundation
import Purchasing
import PurchasingTestKit
import Testing

@Suite struct SettlingTests {
    static let lost = PurchaseOutcome.unknown(Doubt("connection_lost"))
    static let refused = PurchaseOutcome.refused(Refusal(.insufficientBalance))
    static let before = Baseline(balance: .usd("100"), goods: ["old"])

    static func goods(_ id: String, quantity: Int = 3) -> Goods {
        Goods(
            id: id, shape: .ipv4, country: Country("US"), quantity: quantity, startsAt: Date(),
            endsAt: Date().addingTimeInterval(30 * 86_400), isReady: true)
    }

    static func batch(_ id: String, startsIn seconds: TimeInterval = 0) -> Goods {
        Goods(
            id: id, shape: .isp, country: Country("US"), quantity: 5, startsAt: Date().addingTimeInterval(seconds),
            endsAt: Date().addingTimeInterval(30 * 86_400), isReady: true)
    }

    static func account(_ balance: String) -> Result<VendorAccount, VendorError> {
        .success(VendorAccount(balance: .usd(balance), kycStatus: nil))
    }

    /// A vendor without idempotency whose purchase call is lost; `sells` says what it did all the same.
    static func attributable(_ goods: [Goods], balance: String) -> ScriptedVendor {
        .attributable {
            $0.preparations = [.ready(price: .usd("7.50"), baseline: before)]
            $0.purchases = [lost]
            $0.goods = [.success([Goods(id: "old", isReady: true)] + goods)]
            $0.accounts = [account(balance)]
        }
    }

    // MARK: With idempotency

    @Test func `a lost answer is asked for again with the same bytes and the same key`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [Self.lost, Self.lost, .bought(Receipt(vendorOrderID: "v-1", isReady: true))]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.residential).order
            #expect(order.status == .completed)
            #expect(vendor.calls.count == 3)
            #expect(Set(vendor.calls.map(\.key)) == [order.id.text])
            #expect(Set(vendor.calls.map(\.body)).count == 1)
            #expect(order.attempts.first?.isTainted == true)
        }
    }

    @Test func `a resend that bought twice is noticed, and nothing is sent twice from then on`() async throws {
        let sold = PurchaseOutcome.bought(Receipt(vendorOrderID: "v-1", batchID: "bat-1", isReady: false))
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [Self.lost, sold, Self.lost]
            $0.goods = [.success([Self.batch("bat-0"), Self.batch("bat-1")])]
            $0.states = [GoodsState(count: 0, isReady: false)]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let first = try await shop.buy(Shop.isp).order
            #expect(first.status == .provisioning)
            while try await shop.store.order(first.id)?.flags != ["possible_double_purchase"] { await Task.yield() }
            var other = Shop.isp
            other.quantity = 6
            let second = try await shop.settled(shop.buy(other, key: "k-2", wait: .zero).order.id)
            #expect(second.unknown?.needsReview == true)
            #expect(vendor.calls.count == 3)
        }
    }

    @Test func `a refusal after a lost answer proves nothing`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.lost, Self.refused] }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.residential).order
            #expect(order.status == .unknown)
            #expect(order.unknown?.needsReview == true)
            #expect(order.moneyState == .maybeSpent)
            #expect(vendor.calls.count == 2)
        }
    }

    @Test func `a batch that nobody owns and that fits settles a lost order`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [Self.lost, Self.refused]
            $0.goods = [.success([Self.batch("older", startsIn: -3600), Self.batch("bat-1")])]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.settled(shop.buy(Shop.isp, wait: .zero).order.id)
            #expect(order.status == .completed)
            #expect(order.batchID == "bat-1")
            #expect(order.total == nil)
        }
    }

    @Test func `the same server error five times running leads to evidence, never to a new key`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [.unknown(Doubt("status_500", status: 500))] }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.settled(shop.buy(Shop.isp, wait: .zero).order.id)
            #expect(order.unknown?.needsReview == true)
            #expect((5...7).contains(vendor.calls.count))
            #expect(Set(vendor.calls.map(\.key)).count == 1)
        }
    }

    @Test func `past the resend window only a person can decide`() async throws {
        var policy = Shop.policy
        policy.resendWindow = .milliseconds(30)
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.lost] }
        try await Shop.open([("a", vendor)], policy: policy) { shop in
            let order = try await shop.settled(shop.buy(Shop.residential, wait: .zero).order.id)
            #expect(order.status == .unknown)
            #expect(order.unknown?.needsReview == true)
        }
    }

    // MARK: Without idempotency

    @Test func `one new group that fits and a balance that fell by the price is the purchase`() async throws {
        let vendor = Self.attributable([Self.goods("g-1")], balance: "92.50")
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.settled(shop.buy(Shop.ipv4, wait: .zero).order.id)
            #expect(order.status == .completed)
            #expect(order.vendorOrderID == "g-1")
            #expect(order.total == .usd("7.50"))
            #expect(order.totalSource == .quote)
            #expect(vendor.calls.count == 1)
            let types = try await shop.timeline(order.id)
            #expect(types.filter { $0 == "evidence.read" }.count >= 2)
            #expect(types.suffix(2) == ["decision.made", "order.completed"])
        }
    }

    @Test func `a list without news and an unmoved balance are the proof that nothing was bought`() async throws {
        let vendor = Self.attributable([], balance: "100")
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.settled(shop.buy(Shop.ipv4, wait: .zero).order.id)
            #expect(order.status == .failed)
            #expect(order.problem?.code == .vendorUnavailable)
            #expect(vendor.calls.count == 1)
        }
    }

    @Test(arguments: [(["g-1", "g-2"], "92.50"), ([], "92.50"), (["g-1"], "90.00")])
    func `evidence that does not agree goes to a person`(ids: [String], balance: String) async throws {
        let vendor = Self.attributable(ids.map { Self.goods($0) }, balance: balance)
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.settled(shop.buy(Shop.ipv4, wait: .zero).order.id)
            #expect(order.unknown?.needsReview == true)
            #expect(order.unknown?.findings.isEmpty == false)
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `a sale that a person confirms without its price has the price that was quoted`() async throws {
        let vendor = Self.attributable([], balance: "92.50")
        try await Shop.open([("a", vendor)]) { shop in
            let parked = try await shop.settled(shop.buy(Shop.ipv4, wait: .zero).order.id)
            let bought = Resolution(outcome: .bought(vendorOrderID: nil, total: nil), reason: "seen in the panel")
            let order = try await shop.purchaser.resolve(parked.id, bought, by: Shop.operatorCaller, requestID: "req_r")
            #expect(order.total == .usd("7.50"))
            #expect(order.totalSource == .quote)
        }
    }

    @Test func `a failed reading is no sample and never an empty list`() async throws {
        let vendor = Self.attributable([], balance: "100")
        vendor.rewrite { $0.goods = [.success([]), .failure(.unreadable("page 2"))] }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.settled(shop.buy(Shop.ipv4, wait: .zero).order.id)
            #expect(order.unknown?.needsReview == true)
        }
    }

    @Test func `the lane stays shut while an order is unknown, and opens when it is parked`() async throws {
        let vendor = Self.attributable([], balance: "92.50")
        try await Shop.open([("a", vendor)]) { shop in
            let first = try await shop.buy(Shop.ipv4, wait: .zero).order
            let second = try await shop.buy(Shop.ipv4, key: "k-2", wait: .zero).order
            let parked = try await shop.settled(first.id)
            #expect(parked.unknown?.needsReview == true)
            let pending = try await shop.purchaser.order(second.id, for: Shop.buyer)
            #expect(pending.attempts.allSatisfy { $0.startedAt >= parked.updatedAt })
            vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderNumber: "N-2", isReady: true))] }
            _ = try await shop.settled(second.id)
        }
    }

    @Test func `late goods of an earlier sale are its own, and never prove a lost order`() async throws {
        let vendor = Self.attributable([], balance: "92.50")
        vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderNumber: "N-1", isReady: false)), Self.lost] }
        try await Shop.open([("a", vendor)]) { shop in
            let sold = try await shop.buy(Shop.ipv4).order
            #expect(sold.status == .provisioning)
            let second = try await shop.buy(Shop.ipv4, key: "k-2", wait: .zero).order
            vendor.rewrite {
                $0.goods = [.success([Goods(id: "old", isReady: true), Self.goods("g-1")])]
                $0.accounts = [Self.account("92.50")]
            }
            let first = try await shop.settled(sold.id)
            #expect(first.status == .completed)
            #expect(first.vendorOrderID == "g-1")
            let lost = try await shop.settled(second.id)
            #expect(lost.status == .unknown)
        }
    }

    @Test func `a sale whose number another order has is for a person, whatever list and balance show`() async throws {
        let vendor = Self.attributable([], balance: "100")
        vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderNumber: "N-1", isReady: true))] }
        try await Shop.open([("a", vendor)]) { shop in
            #expect(try await shop.buy(Shop.ipv4).order.status == .completed)
            let order = try await shop.settled(shop.buy(Shop.ipv4, key: "k-2", wait: .zero).order.id)
            // The lane is open again, and whoever goes through it has the whole settle time.
            vendor.rewrite { $0.purchases = [Self.lost] }
            let next = try await shop.settled(shop.buy(Shop.ipv4, key: "k-3", wait: .zero).order.id)
            #expect(next.attempts.first?.reason == "connection_lost")
            let later = try await shop.purchaser.order(order.id, for: Shop.buyer)
            #expect(later.version == order.version)
            #expect(later.status == .unknown)
            #expect(later.unknown?.findings.first?.contains("N-1") == true)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `once a person has decided, nothing is sent again`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.lost] }
        try await Shop.open([("a", vendor)]) { shop in
            let id = try await shop.buy(Shop.residential, wait: .zero).order.id
            while vendor.calls.isEmpty { await Task.yield() }
            vendor.hold()
            let held = vendor.calls.count
            while vendor.calls.count == held { await Task.yield() }
            // A call is on its way: what it does cannot be known yet.
            let early = await #expect(throws: Problem.self) { try await shop.deny(id) }
            #expect(early?.code == .notResolvable)
            #expect(early?.moneyState == .maybeSpent)
            vendor.open()
            var decided: Order?
            while decided == nil {
                do throws(Problem) { decided = try await shop.deny(id) } catch { #expect(error.code == .notResolvable) }
            }
            let calls = vendor.calls.count
            // Another order is sent again often enough for this one to have had its turn.
            let other = try await shop.buy(Shop.residential, key: "k-2", wait: .zero).order.id
            while vendor.calls.count(where: { $0.key == other.text }) < 20 { await Task.yield() }
            #expect(decided?.status == .failed)
            #expect(vendor.calls.count(where: { $0.key == id.text }) == calls)
        }
    }

    @Test func `goods of a purchase that is still on its way prove no lost order`() async throws {
        let mine = PurchaseOutcome.bought(Receipt(vendorOrderID: "v-2", batchID: "bat-2", isReady: true))
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.lost, Self.refused, mine] }
        var policy = Shop.policy
        policy.settleTime = .milliseconds(900)
        try await Shop.open([("a", vendor)], policy: policy) { shop in
            let lost = try await shop.buy(Shop.isp, wait: .zero).order
            while vendor.calls.count < 2 { await Task.yield() }
            vendor.hold()
            let slow = try await shop.buy(Shop.isp, key: "k-2", wait: .zero).order
            while vendor.calls.count < 3 { await Task.yield() }
            vendor.rewrite { $0.goods = [.success([Self.batch("bat-2")])] }
            #expect(try await shop.settled(lost.id).unknown?.needsReview == true)
            vendor.open()
            let sold = try await shop.settled(slow.id)
            #expect(sold.status == .completed)
            #expect(sold.batchID == "bat-2")
        }
    }

    @Test func `a batch that names a sold order as its own is not another's`() async throws {
        let sold = PurchaseOutcome.bought(Receipt(vendorOrderID: "v-1", isReady: true))
        let vendor = ScriptedVendor.idempotent { $0.purchases = [sold, Self.lost, Self.refused] }
        try await Shop.open([("a", vendor)]) { shop in
            #expect(try await shop.buy(Shop.isp).order.status == .completed)
            let batch = Goods(
                id: "bat-1", orderNumber: "v-1", shape: .isp, country: Country("US"), quantity: 5, startsAt: Date(),
                isReady: true)
            vendor.rewrite { $0.goods = [.success([batch])] }
            let lost = try await shop.settled(shop.buy(Shop.isp, key: "k-2", wait: .zero).order.id)
            #expect(lost.unknown?.needsReview == true)
        }
    }

    @Test func `a batch that began long after the last send is somebody else's`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [Self.lost, Self.refused]
            $0.goods = [.success([Self.batch("later", startsIn: 3600)])]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.settled(shop.buy(Shop.isp, wait: .zero).order.id)
            #expect(order.unknown?.needsReview == true)
        }
    }

    @Test func `goods that an earlier sale still expects are not taken for a lost order's`() async throws {
        var policy = Shop.policy
        policy.followInterval = .seconds(600)
        let vendor = Self.attributable([], balance: "92.50")
        vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderNumber: "N-1", isReady: false)), Self.lost] }
        try await Shop.open([("a", vendor)], policy: policy) { shop in
            #expect(try await shop.buy(Shop.ipv4).order.status == .provisioning)
            vendor.rewrite { $0.goods = [.success([Self.goods("g-1")])] }
            let lost = try await shop.settled(shop.buy(Shop.ipv4, key: "k-2", wait: .zero).order.id)
            #expect(lost.unknown?.needsReview == true)
            #expect(lost.unknown?.findings.contains { $0.contains("earlier sale") } == true)
        }
    }

    // MARK: Crash and restart

    /// Runs a purchase up to a step, drops everything but the store, and starts again with another script.
    static func crash(
        at step: PurchaseStep, _ vendor: ScriptedVendor, _ request: OrderRequest,
        then rewrite: @Sendable (inout ScriptedVendor.Script) -> Void
    ) async throws -> (order: Order, calls: Int) {
        let store = MemoryOrderStore()
        let life = LifetimeStore(store)
        let died = AsyncStream.makeStream(of: Void.self)
        let id = try await Shop.open(
            [("a", vendor)], store: life,
            atStep: { reached in
                guard reached == step else { return }
                life.end()
                died.continuation.yield()
            }
        ) { shop in
            let order = try await shop.buy(request, wait: .zero).order
            for await _ in died.stream { break }
            return order.id
        }
        vendor.rewrite(rewrite)
        let order = try await Shop.open([("a", vendor)], store: store) { shop in try await shop.settled(id) }
        return (order, vendor.calls.count)
    }

    @Test(arguments: [PurchaseStep.dispatched, .called])
    func `a purchase that may have left is asked for again with the same key after a crash`(step: PurchaseStep)
        async throws
    {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.bought(Receipt(vendorOrderID: "v-1", isReady: true))]
        }
        let (order, _) = try await Self.crash(at: step, vendor, Shop.residential) { _ in }
        #expect(order.status == .completed)
        #expect(Set(vendor.calls.map(\.key)) == [order.id.text])
        #expect(Set(vendor.calls.map(\.body)).count == 1)
    }

    @Test(arguments: [PurchaseStep.dispatched, .called])
    func `without idempotency it is never sent again, and evidence settles it`(step: PurchaseStep) async throws {
        let vendor = Self.attributable([], balance: "100")
        vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderNumber: "N-1", isReady: false))] }
        let (order, calls) = try await Self.crash(at: step, vendor, Shop.ipv4) {
            $0.goods = [.success([Goods(id: "old", isReady: true), Self.goods("g-1")])]
            $0.accounts = [Self.account("92.50")]
        }
        #expect(order.status == .completed)
        #expect(order.vendorOrderID == "g-1")
        #expect(calls <= 1)
    }

    @Test(arguments: [PurchaseStep.accepted, .prepared])
    func `an order that was only accepted goes on after a crash`(step: PurchaseStep) async throws {
        let vendor = ScriptedVendor.attributable()
        let (order, calls) = try await Self.crash(at: step, vendor, Shop.ipv4) { _ in }
        #expect(order.status == .completed)
        #expect(calls == 1)
    }

    @Test func `what a sample showed before a restart speaks on`() async throws {
        let vendor = Self.attributable([], balance: "92.50")
        let (order, _) = try await Self.crash(at: .sampled, vendor, Shop.ipv4) { $0.accounts = [Self.account("100")] }
        #expect(order.unknown?.needsReview == true)
    }

    @Test func `an order that waited goes to no vendor that was switched off meanwhile`() async throws {
        let (store, vendor) = (MemoryOrderStore(), ScriptedVendor.attributable())
        let ids = IdentifierSource { UInt64(Date().timeIntervalSince1970 * 1000) }
        let routing = Routing(policy: .priority, candidates: [.init(vendor: "a", isChosen: true)])
        let waiting = Order(
            id: ids.next(.order), client: "crawler", idempotencyKey: "k-1", request: Shop.ipv4, fingerprint: "f",
            requestID: "req_test", traceparent: nil, routing: routing, createdAt: Date().cutToMilliseconds)
        _ = try await store.accept(.accepting(waiting, ids: ids))
        try await Shop.open([("a", vendor)], store: store, isEnabled: false) { shop in
            let order = try await shop.settled(waiting.id)
            #expect(order.status == .failed)
            #expect(order.problem?.detail.contains("switched off") == true)
            #expect(vendor.calls.isEmpty)
        }
    }
}
