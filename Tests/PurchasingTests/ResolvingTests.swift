import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

/// What a person says was bought, and the search for its goods.
@Suite(.timeLimit(.minutes(1))) struct ResolvingTests {
    /// A shop with a vendor of batches, or one whose list shows ids of orders, that lost the answer to every purchase.
    static func open(
        batches: Bool, store: any OrderStore = MemoryOrderStore(),
        _ body: @Sendable @escaping (Shop, ScriptedVendor, OrderRequest) async throws -> Void
    ) async throws {
        let vendor =
            batches
            ? ScriptedVendor.idempotent { $0.purchases = [SettlingTests.lost] }
            : SettlingTests.attributable([], balance: "92.50")
        var policy = Shop.policy
        policy.resendWindow = .milliseconds(1)
        try await Shop.open([("a", vendor)], policy: policy, store: store) { shop in
            try await body(shop, vendor, batches ? Shop.isp : Shop.ipv4)
        }
    }

    static func goods(_ id: String, _ request: OrderRequest, number: String? = nil, quantity: Int? = nil) -> Goods {
        Goods(
            id: id, orderNumber: number, shape: request.shape, country: Country("US"),
            quantity: quantity ?? request.quantity, startsAt: Date(),
            endsAt: Date().addingTimeInterval(30 * 86_400), isReady: true)
    }

    static func show(_ goods: [Goods], at vendor: ScriptedVendor) {
        vendor.rewrite { $0.goods = [.success([Goods(id: "old", isReady: true)] + goods)] }
    }

    /// An order that waits for a person.
    static func parked(_ shop: Shop, _ request: OrderRequest, key: String = "k-1") async throws -> OrderID {
        let order = try await shop.settled(shop.buy(request, key: key, wait: .zero).order.id)
        #expect(order.unknown?.needsReview == true)
        return order.id
    }

    @discardableResult static func say(_ shop: Shop, _ id: OrderID, bought named: String?, total: Money? = nil)
        async throws(Problem) -> Order
    {
        let resolution = Resolution(outcome: .bought(vendorOrderID: named, total: total), reason: "in the panel")
        return try await shop.purchaser.resolve(id, resolution, by: Shop.operatorCaller, requestID: "req_r")
    }

    /// Why a decision is not taken.
    static func refusal(_ shop: Shop, _ id: OrderID, _ outcome: Resolution.Outcome) async -> Problem? {
        do throws(Problem) {
            _ = try await shop.purchaser.resolve(
                id, Resolution(outcome: outcome, reason: "again"), by: Shop.operatorCaller, requestID: "req_r")
            return nil
        } catch { return error }
    }

    /// The findings of a cause on an order's timeline, once there is one.
    static func told(_ cause: String, _ shop: Shop, _ id: OrderID) async throws -> [OrderEvent] {
        while true {
            let told = try await shop.store.events(of: id).filter { $0.cause == cause }
            if !told.isEmpty { return told }
            await Task.yield()
        }
    }

    /// Waits until an order's goods were looked for a few times more.
    static func look(_ vendor: ScriptedVendor, times: Int = 4) async {
        let start = vendor.goodsCount
        while vendor.goodsCount < start + times { await Task.yield() }
    }

    static func expectClaimed(_ shop: Shop, _ id: OrderID, by owner: OrderID, named: String) async throws {
        do throws(Problem) {
            try await say(shop, id, bought: named)
            Issue.record("\(named) was given to two orders")
        } catch {
            #expect(error.code == .invalidRequest)
            #expect(error.faults.map(\.code) == ["claimed"])
            #expect(error.faults.first?.detail.contains(owner.text) == true)
        }
        #expect(try await shop.store.order(id)?.status == .unknown)
    }

    // MARK: Whose the id is

    @Test(arguments: ["v-1", "b-1", "n-1"])
    func `an id of another order is refused, whatever it is there`(named: String) async throws {
        try await Self.open(batches: true) { shop, vendor, request in
            vendor.rewrite {
                $0.purchases = [
                    .bought(
                        Receipt(
                            vendorOrderNumber: "n-1", vendorOrderID: "v-1", batchID: "b-1", total: .usd("7"),
                            isReady: true)), SettlingTests.lost,
                ]
            }
            let owner = try await shop.buy(request, key: "k-0").order
            let id = try await Self.parked(shop, request)
            try await Self.expectClaimed(shop, id, by: owner.id, named: named)
        }
    }

    @Test func `an id that is taken at the moment of the decision is refused as well`() async throws {
        let memory = MemoryOrderStore()
        let store = MeddlingStore(memory) { change, store throws(StoreError) in
            guard change.claim != nil else { return }
            let thief = OrderChange.accepting(.example(client: "thief", request: Shop.isp))
            _ = try await store.accept(thief)
            var order = thief.order
            for step in [OrderStep.dispatched, .bought] {
                let change: OrderChange
                do { change = try .example(order, taking: step, vendor: "a") { $0.batchID = "b-1" } } catch {
                    throw .refused("the test is wrong")
                }
                try await store.commit(change)
                order = change.order
            }
        }
        try await Self.open(batches: true, store: store) { shop, _, request in
            let id = try await Self.parked(shop, request)
            do throws(Problem) {
                try await Self.say(shop, id, bought: "b-1")
                Issue.record("b-1 was given to two orders")
            } catch {
                #expect(error.faults.map(\.code) == ["claimed"])
            }
            #expect(try await shop.store.order(id)?.status == .unknown)
        }
    }

    @Test func `two orders for which one sale is named, by order and by batch, both wait for a person`() async throws {
        try await Self.open(batches: true) { shop, vendor, request in
            let one = try await Self.parked(shop, request)
            let other = try await Self.parked(shop, request, key: "k-2")
            async let first = Self.say(shop, one, bought: "v-1")
            async let second = Self.say(shop, other, bought: "b-1")
            #expect(try await [first, second].map(\.status) == [.provisioning, .provisioning])
            let listed = [Self.goods("b-1", request, number: "v-1"), Self.goods("b-2", request, number: "v-2")]
            Self.show(listed, at: vendor)
            for (id, rival) in [(one, other), (other, one)] {
                let told = try await Self.told("named_goods_claimed", shop, id)
                #expect(told.first?.data["detail"]?.string?.contains(rival.text) == true)
            }
            await Self.look(vendor)
            #expect(try await Self.told("named_goods_claimed", shop, one).count == 1)
            try await Self.say(shop, other, bought: "b-2")
            let orders = [try await shop.settled(one), try await shop.settled(other)]
            #expect(orders.map(\.batchID) == ["b-1", "b-2"])
            #expect(orders.map(\.vendorOrderID) == ["v-1", "v-2"])
            #expect(orders.allSatisfy { $0.flags.isEmpty && $0.status == .completed })
        }
    }

    // MARK: Goods that were named

    @Test(arguments: [true, false])
    func `goods that were named wrongly are not taken, and can be named anew`(batches: Bool) async throws {
        try await Self.open(batches: batches) { shop, vendor, request in
            let id = try await Self.parked(shop, request)
            let order = try await Self.say(shop, id, bought: "no-such-id", total: .usd("9"))
            #expect(order.status == .provisioning)
            #expect(order.flags == ["goods_not_found"])
            #expect(order.total == .usd("9"))
            let wrong = Self.goods("wrong", request, number: "n-wrong", quantity: 77)
            Self.show([wrong, Self.goods("right", request, number: "n-right")], at: vendor)
            let told = try await Self.told("named_goods_not_listed", shop, id)
            #expect(told.first?.data["vendor_order_id"] == "no-such-id")
            #expect(told.first?.data["detail"]?.string?.contains("vendor_order_id") == true)
            try await Self.say(shop, id, bought: "wrong")
            let unfit = try await Self.told("named_goods_do_not_fit", shop, id)
            #expect(unfit.first?.data["detail"]?.string?.contains("77 IPs") == true)
            #expect(unfit.first?.data["candidates"] == ["right"])
            let named = try await Self.say(shop, id, bought: "right")
            #expect(named.total == .usd("9"))
            #expect(named.totalSource == .operator)
            let settled = try await shop.settled(id)
            #expect(settled.status == .completed)
            #expect(settled.flags.isEmpty)
            #expect((batches ? settled.batchID : settled.vendorOrderID) == "right")
            let events = try await shop.store.events(of: id)
            #expect(events.filter { $0.cause == "goods_named" }.map(\.actor.name) == ["kim", "kim"])
            #expect(events.filter { $0.cause == "goods_found" }.count == 1)
            _ = try await shop.timeline(id)
        }
    }

    @Test func `goods that were there before the order was sent are not its own, whatever a person says`() async throws
    {
        try await Self.open(batches: false) { shop, vendor, request in
            let id = try await Self.parked(shop, request)
            vendor.rewrite { $0.goods = [.success([Self.goods("old", request)])] }
            try await Self.say(shop, id, bought: "old")
            let told = try await Self.told("named_goods_do_not_fit", shop, id)
            #expect(told.first?.data["detail"]?.string?.contains("was there before") == true)
            #expect(try await shop.store.order(id)?.status == .provisioning)
        }
    }

    @Test func `what was decided stands: only the goods can be named after it, while they are not found`() async throws
    {
        try await Self.open(batches: true) { shop, vendor, request in
            let id = try await Self.parked(shop, request)
            try await Self.say(shop, id, bought: "b-0")
            #expect(await Self.refusal(shop, id, .notBought)?.code == .notResolvable)
            for named in [nil, "b-0"] {
                let problem = await Self.refusal(shop, id, .bought(vendorOrderID: named, total: nil))
                #expect(problem?.code == .notResolvable)
                #expect(problem?.moneyState == .spent)
            }
            let total = await Self.refusal(shop, id, .bought(vendorOrderID: "b-1", total: .usd("1")))
            #expect(total?.faults.map(\.code) == ["not_applicable"])
            Self.show([Self.goods("b-1", request, number: "v-1")], at: vendor)
            try await Self.say(shop, id, bought: "b-1")
            #expect(try await shop.settled(id).status == .completed)
            let late = await Self.refusal(shop, id, .bought(vendorOrderID: "b-2", total: nil))
            #expect(late?.code == .notResolvable)
        }
    }

    @Test func `goods by a number that another sale waits for are that sale's`() async throws {
        try await Self.open(batches: false) { shop, vendor, request in
            vendor.rewrite {
                $0.purchases = [.bought(Receipt(vendorOrderNumber: "N-1", isReady: false)), SettlingTests.lost]
                $0.accounts = [SettlingTests.account("80")]
            }
            let sold = try await shop.buy(request, key: "k-0").order
            #expect(sold.status == .provisioning)
            let id = try await Self.parked(shop, request)
            try await Self.say(shop, id, bought: "g-1")
            let other = Self.goods("g-2", request, number: "N-2")
            Self.show([Self.goods("g-1", request, number: "N-1"), other], at: vendor)
            let told = try await Self.told("named_goods_claimed", shop, id)
            #expect(told.first?.data["detail"]?.string?.contains(sold.id.text) == true)
            #expect(told.first?.data["candidates"] == ["g-2"])
            try await Self.say(shop, id, bought: "N-2")
            #expect(try await shop.settled(id).vendorOrderID == "g-2")
            #expect(try await shop.settled(sold.id).vendorOrderID == "g-1")
        }
    }

    @Test func `an event names a few goods, however many fit`() async throws {
        try await Self.open(batches: false) { shop, vendor, request in
            let id = try await Self.parked(shop, request)
            Self.show((100..<400).map { Self.goods("g-\($0)", request) }, at: vendor)
            try await Self.say(shop, id, bought: nil)
            let told = try await Self.told("goods_not_named", shop, id)
            #expect(told.first?.data["candidates"]?.array?.count == 20)
            #expect(told.first?.data["detail"]?.string?.hasPrefix("300 of the goods") == true)
        }
    }

    @Test(arguments: [#"a"b\c'd;--"#, String(repeating: "~", count: 128), "%00", "../../orders", "null"])
    func `an id of odd characters finds nothing and breaks nothing`(named: String) async throws {
        for batches in [true, false] {
            try await Self.open(batches: batches) { shop, vendor, request in
                let id = try await Self.parked(shop, request)
                try await Self.say(shop, id, bought: named)
                Self.show([Self.goods("g-1", request, number: "n-1")], at: vendor)
                let told = try await Self.told("named_goods_not_listed", shop, id)
                #expect(told.first?.data["vendor_order_id"]?.string == named)
                try await Self.say(shop, id, bought: "g-1")
                #expect(try await shop.settled(id).status == .completed)
            }
        }
    }

    @Test func `a decision while goods are looked for is not overtaken by what was found before it`() async throws {
        let memory = MemoryOrderStore()
        let isFirst = Mutex(true)
        let store = MeddlingStore(memory) { change, store throws(StoreError) in
            guard change.events.contains(where: { $0.cause == "goods_found" }), isFirst.withLock({ $0 }) else { return }
            isFirst.withLock { $0 = false }
            guard let stored = try await store.order(change.order.id) else { return }
            var named = OrderChange.changing(stored, ids: .examples, at: Date())
            named.claim(ClaimedID(id: "g-2", isNumber: true))
            named.note(.decisionMade, cause: "goods_named")
            try await store.commit(named)
        }
        try await Self.open(batches: true, store: store) { shop, vendor, request in
            let id = try await Self.parked(shop, request)
            try await Self.say(shop, id, bought: nil)
            Self.show([Self.goods("g-1", request, number: "n-1")], at: vendor)
            while isFirst.withLock({ $0 }) { await Task.yield() }
            let told = try await Self.told("named_goods_not_listed", shop, id)
            #expect(told.count == 1)
            #expect(try await shop.store.order(id)?.batchID == nil)
        }
    }

    // MARK: Goods that nobody named

    @Test(arguments: [true, false])
    func `goods that nobody named are the order's where they can be nobody else's`(batches: Bool) async throws {
        try await Self.open(batches: batches) { shop, vendor, request in
            let id = try await Self.parked(shop, request)
            try await Self.say(shop, id, bought: nil)
            Self.show([Self.goods("other", request, quantity: 1), Self.goods("g-1", request)], at: vendor)
            let order = try await shop.settled(id)
            #expect(order.status == .completed)
            #expect((batches ? order.batchID : order.vendorOrderID) == "g-1")
        }
    }

    @Test(arguments: [true, false])
    func `of two goods that fit none is taken until one is named`(batches: Bool) async throws {
        try await Self.open(batches: batches) { shop, vendor, request in
            let id = try await Self.parked(shop, request)
            try await Self.say(shop, id, bought: nil)
            Self.show([Self.goods("g-1", request), Self.goods("g-2", request)], at: vendor)
            var told = try await Self.told("goods_not_named", shop, id)
            while told.last?.data["candidates"] != ["g-1", "g-2"] {
                told = try await Self.told("goods_not_named", shop, id)
            }
            #expect(told.last?.data["detail"]?.string?.contains("resolve the order as bought once more") == true)
            await Self.look(vendor, times: 6)
            #expect(try await Self.told("goods_not_named", shop, id).count == told.count)
            #expect(try await shop.store.order(id)?.status == .provisioning)
            try await Self.say(shop, id, bought: "g-2")
            let order = try await shop.settled(id)
            #expect((batches ? order.batchID : order.vendorOrderID) == "g-2")
        }
    }

    @Test(arguments: [true, false])
    func `goods that another open order may have bought are taken by nobody`(batches: Bool) async throws {
        try await Self.open(batches: batches) { shop, vendor, request in
            let id = try await Self.parked(shop, request)
            let rival = try await Self.parked(shop, request, key: "k-2")
            try await Self.say(shop, id, bought: nil)
            Self.show([Self.goods("g-1", request)], at: vendor)
            var told = try await Self.told("goods_not_named", shop, id)
            while told.last?.data["candidates"] != ["g-1"] { told = try await Self.told("goods_not_named", shop, id) }
            #expect(told.last?.data["detail"]?.string?.contains(rival.text) == true)
            await Self.look(vendor)
            #expect(try await shop.store.order(id)?.status == .provisioning)
            _ = try await shop.deny(rival)
            #expect(try await shop.settled(id).status == .completed)
        }
    }

    @Test func `an order's id by which no batch is listed leaves only what can be nobody else's`() async throws {
        try await Self.open(batches: true) { shop, vendor, request in
            let id = try await Self.parked(shop, request)
            try await Self.say(shop, id, bought: "v-1")
            Self.show([Self.goods("b-1", request), Self.goods("b-2", request)], at: vendor)
            var told = try await Self.told("goods_not_named", shop, id)
            while told.last?.data["candidates"] != ["b-1", "b-2"] {
                told = try await Self.told("goods_not_named", shop, id)
            }
            await Self.look(vendor)
            #expect(try await shop.store.order(id)?.status == .provisioning)
            Self.show([Self.goods("b-1", request)], at: vendor)
            let order = try await shop.settled(id)
            #expect(order.batchID == "b-1")
            #expect(order.vendorOrderID == "v-1")
        }
    }

    @Test func `a regular sale's goods are not given to what a person named otherwise`() async throws {
        try await Self.open(batches: true) { shop, vendor, request in
            let id = try await Self.parked(shop, request)
            try await Self.say(shop, id, bought: "nothing-of-the-kind")
            vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderID: "v-2", isReady: false))] }
            let sold = try await shop.buy(request, key: "k-2").order
            #expect(sold.status == .provisioning)
            Self.show([Self.goods("b-2", request)], at: vendor)
            #expect(try await shop.settled(sold.id).batchID == "b-2")
            #expect(try await shop.store.order(id)?.batchID == nil)
        }
    }

    @Test(arguments: [true, false])
    func `goods that a sale may wait for are not taken, whatever a person names`(batches: Bool) async throws {
        try await Self.open(batches: batches) { shop, vendor, request in
            let id = try await Self.parked(shop, request)
            vendor.rewrite {
                $0.purchases = [.bought(Receipt(vendorOrderNumber: batches ? nil : "N-2", isReady: false))]
            }
            let sold = try await shop.buy(request, key: "k-2").order
            #expect(sold.status == .provisioning)
            try await Self.say(shop, id, bought: "g-2")
            Self.show([Self.goods("g-2", request)], at: vendor)
            let told = try await Self.told("named_goods_contested", shop, id)
            #expect(told.first?.data["detail"]?.string?.contains(sold.id.text) == true)
            try await Self.say(shop, id, bought: "g-1")
            Self.show([Self.goods("g-1", request), Self.goods("g-2", request)], at: vendor)
            let (own, others) = (try await shop.settled(id), try await shop.settled(sold.id))
            #expect((batches ? own.batchID : own.vendorOrderID) == "g-1")
            #expect((batches ? others.batchID : others.vendorOrderID) == "g-2")
        }
    }

    @Test func `what was bought at a vendor that is not configured is not decided before it is`() async throws {
        let store = MemoryOrderStore()
        let id = Mutex<OrderID?>(nil)
        try await Self.open(batches: false, store: store) { shop, _, request in
            let parked = try await Self.parked(shop, request)
            id.withLock { $0 = parked }
        }
        let parked = try #require(id.withLock { $0 })
        try await Shop.open([("renamed", SettlingTests.attributable([], balance: "92.50"))], store: store) { shop in
            let refusal = await Self.refusal(shop, parked, .bought(vendorOrderID: nil, total: nil))
            #expect(refusal?.code == .notResolvable)
            #expect(refusal?.detail.hasPrefix("a is not configured") == true)
            let kept = try await store.order(parked)
            #expect(kept?.status == .unknown)
        }
        try await Self.open(batches: false, store: store) { shop, _, _ in
            let resolved = try await Self.say(shop, parked, bought: nil)
            #expect(resolved.status == .provisioning)
        }
    }
}
