import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit
import Testing

@Suite struct PurchaserTests {
    static let sold = PurchaseOutcome.bought(Receipt(vendorOrderID: "v-1", total: .usd("22.50"), isReady: true))
    static let lost = PurchaseOutcome.unknown(Doubt("connection_lost"))
    static let broke = PurchaseOutcome.refused(
        Refusal(.insufficientBalance, vendorCode: "insufficient_balance", message: "no funds"))

    // MARK: One call, one purchase

    @Test func `a sale is completed, priced by the vendor, and told in its events`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.sold] }
        try await Shop.open([("a", vendor)]) { shop in
            let answer = try await shop.buy(Shop.residential)
            #expect(!answer.isReplay)
            #expect(answer.order.status == .completed)
            #expect(answer.order.total == .usd("22.50"))
            #expect(answer.order.totalSource == .vendor)
            #expect(vendor.calls.map(\.key) == [answer.order.id.text])
            #expect(
                try await shop.timeline(answer.order.id) == [
                    "order.pending", "order.purchasing", "attempt.started", "attempt.ended", "order.completed",
                ])
        }
    }

    @Test func `two hundred calls with one key make one purchase and get one order`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.sold] }
        try await Shop.open([("a", vendor)]) { shop in
            vendor.hold()
            let ids = try await withThrowingTaskGroup(of: OrderID.self) { group in
                for _ in 0..<200 { group.addTask { try await shop.buy(Shop.residential).order.id } }
                vendor.open()
                return try await group.reduce(into: Set<OrderID>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `the same key with another meaning is refused and names the first order`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.sold] }
        try await Shop.open([("a", vendor)]) { shop in
            let first = try await shop.buy(Shop.residential).order
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.isp) }
            #expect(problem?.code == .idempotencyKeyReused)
            #expect(problem?.orderID == first.id)
            #expect(problem?.moneyState == .spent)
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `a key belongs to its client`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [Self.sold, .bought(Receipt(vendorOrderID: "v-2", isReady: true))]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let mine = try await shop.buy(Shop.residential).order
            let yours = try await shop.buy(Shop.residential, caller: Caller(client: "other", role: .buyer)).order
            #expect(mine.id != yours.id)
            let problem = await #expect(throws: Problem.self) {
                try await shop.purchaser.order(yours.id, for: Shop.buyer)
            }
            #expect(problem?.code == .notFound)
        }
    }

    @Test func `without a key every call buys`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [Self.sold, .bought(Receipt(vendorOrderID: "v-2", isReady: true))]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let one = try await shop.buy(Shop.residential, key: nil).order
            let other = try await shop.buy(Shop.residential, key: nil).order
            #expect(one.id != other.id)
        }
    }

    @Test func `an answer that does not wait says purchasing, and the key finds the sale`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.sold] }
        try await Shop.open([("a", vendor)]) { shop in
            vendor.hold()
            let early = try await shop.buy(Shop.residential, wait: .zero)
            #expect(early.order.status == .purchasing)
            #expect(early.order.moneyState == .maybeSpent)
            vendor.open()
            #expect(try await shop.settled(early.order.id).status == .completed)
            let again = try await shop.buy(Shop.residential)
            #expect(again.isReplay)
            #expect(again.order.id == early.order.id)
        }
    }

    @Test func `nobody is answered before the outcome is on the disk`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.sold] }
        let store = HoldingStore(MemoryOrderStore())
        try await Shop.open([("a", vendor)], store: store) { shop in
            store.hold()
            let early = try await shop.buy(Shop.residential, wait: .milliseconds(100)).order
            while store.waiting == 0 { await Task.yield() }
            #expect(early.status == .purchasing)
            #expect(try await shop.purchaser.order(early.id, for: Shop.buyer).moneyState == .maybeSpent)
            store.release()
            let late = try await shop.buy(Shop.residential).order
            #expect(late.status == .completed)
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `a caller that leaves changes nothing`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.sold] }
        try await Shop.open([("a", vendor)]) { shop in
            vendor.hold()
            let caller = Task { try await shop.buy(Shop.residential) }
            while vendor.calls.isEmpty { await Task.yield() }
            caller.cancel()
            _ = await caller.result
            vendor.open()
            let found = try await shop.buy(Shop.residential)
            #expect(found.isReplay)
            #expect(try await shop.settled(found.order.id).status == .completed)
            #expect(vendor.calls.count == 1)
        }
    }

    // MARK: Refusals and vendors that cannot be reached

    /// Each refusal, and the problem that it becomes.
    static let refusals: [(Refusal.Reason, ProblemCode)] = [
        (.insufficientBalance, .insufficientBalance), (.kycRequired, .kycRequired),
        (.insufficientInventory, .insufficientInventory),
        (.quantityOutOfRange, .quantityOutOfRange), (.promoCodeInvalid, .promoCodeInvalid),
        (.authFailed, .vendorAuthFailed),
        (.rejected, .vendorRejected),
    ]

    @Test(arguments: refusals) func `a refusal fails the order, unspent, and every replay says the same`(
        reason: Refusal.Reason, code: ProblemCode
    ) async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.refused(Refusal(reason, vendorCode: "x", message: "no"))]
        }
        try await Shop.open([("a", vendor)]) { shop in
            for _ in 0..<2 {
                let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.residential) }
                #expect(problem?.code == code)
                #expect(problem?.moneyState == .notSpent)
                #expect(problem?.vendor == VendorStatement(name: "a", code: "x", message: "no"))
                let id = try #require(problem?.orderID)
                #expect(try await shop.purchaser.order(id, for: Shop.buyer).status == .failed)
            }
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `a vendor that cannot be reached is tried until the deadline, then the order failed, unspent`()
        async throws
    {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [.notSent(.unreachable("connection_refused"))] }
        var orders = Shop.orders
        orders.deadline = .seconds(3)
        try await Shop.open([("a", vendor)], orders: orders) { shop in
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.residential) }
            #expect(problem?.code == .vendorUnavailable)
            let order = try await shop.purchaser.order(#require(problem?.orderID), for: Shop.buyer)
            #expect(order.attempts.map(\.outcome) == [.notSent])
            #expect(vendor.calls.count > 1)
        }
    }

    @Test func `a vendor that asks to wait is asked again, untainted`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [
                .notSent(.rateLimited(retryAfter: .milliseconds(5))),
                .notSent(.rateLimited(retryAfter: .milliseconds(5))), Self.broke,
            ]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.residential) }
            #expect(problem?.code == .insufficientBalance)
            #expect(vendor.calls.count == 3)
        }
    }

    @Test func `a failed order uses its key up, a refusal that stored nothing does not`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.withheld = [.residential] }
        try await Shop.open([("a", vendor)]) { shop in
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.residential) }
            #expect(problem?.code == .noVendor)
            #expect(problem?.orderID == nil)
            vendor.rewrite { $0.withheld = [] }
            let order = try await shop.buy(Shop.residential).order
            #expect(order.status == .completed)
        }
    }

    // MARK: The next candidate

    @Test(arguments: [
        (OrderPolicy.Fallback.stock, Refusal.Reason.insufficientInventory, true), (.stock, .insufficientBalance, false),
        (.anyRefusal, .insufficientBalance, true), (.none, .insufficientInventory, false),
    ])
    func `the next vendor is tried as the fallback says`(
        fallback: OrderPolicy.Fallback, reason: Refusal.Reason, isTried: Bool
    ) async throws {
        let first = ScriptedVendor.idempotent { $0.purchases = [.refused(Refusal(reason))] }
        let second = ScriptedVendor.idempotent { $0.purchases = [Self.sold] }
        var orders = Shop.orders
        orders.fallback = fallback
        try await Shop.open([("a", first), ("b", second)], orders: orders) { shop in
            if isTried {
                let order = try await shop.buy(Shop.residential).order
                #expect(order.vendor == "b")
                #expect(order.attempts.map(\.vendor) == ["a", "b"])
                #expect(order.routing.candidates.first?.ruledOut != nil)
                #expect(try await shop.timeline(order.id).filter { $0 == "order.purchasing" }.count == 2)
            } else {
                await #expect(throws: Problem.self) { try await shop.buy(Shop.residential) }
                #expect(second.calls.isEmpty)
            }
        }
    }

    @Test func `a vendor that cannot be reached is left at once for the next`() async throws {
        let first = ScriptedVendor.idempotent { $0.purchases = [.notSent(.unreachable("connection_refused"))] }
        let second = ScriptedVendor.idempotent { $0.purchases = [Self.sold] }
        try await Shop.open([("a", first), ("b", second)]) { shop in
            let order = try await shop.buy(Shop.residential).order
            #expect(order.vendor == "b")
            #expect(first.calls.count == 1)
        }
    }

    @Test func `the next vendor's price is held against the ceiling once more`() async throws {
        let first = ScriptedVendor.idempotent { $0.purchases = [.refused(Refusal(.insufficientInventory))] }
        let second = ScriptedVendor.idempotent {
            $0.listPrices = [.residential: UnitPrice(Money(Millionths(1_000_000)), per: .gb)]
        }
        var orders = Shop.orders
        orders.routing = RoutingRules(.init(.priority))
        try await Shop.open([("a", first), ("b", second)], orders: orders) { shop in
            first.rewrite { $0.listPrices = [.residential: UnitPrice(Money(Millionths(1_200_000)), per: .gb)] }
            first.hold()
            var request = Shop.residential
            request.maxTotal = .usd("7")
            let id = try await shop.buy(request, wait: .zero).order.id
            second.rewrite { $0.listPrices = [.residential: UnitPrice(Money(Millionths(1_600_000)), per: .gb)] }
            first.open()
            let order = try await shop.settled(id)
            #expect(order.problem?.code == .priceAboveLimit)
            #expect(second.calls.isEmpty)
        }
    }

    @Test func `a vendor that asks to wait is left alone as long as it asked`() async throws {
        let pause = Duration.milliseconds(700)
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.notSent(.rateLimited(retryAfter: pause)), Self.sold]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let start = ContinuousClock.now
            let order = try await shop.buy(Shop.residential).order
            #expect(order.status == .completed)
            #expect(ContinuousClock.now - start >= pause)
        }
    }

    @Test func `an unknown outcome never goes to another vendor`() async throws {
        let first = ScriptedVendor.attributable { $0.purchases = [Self.lost] }
        let second = ScriptedVendor.idempotent { $0.purchases = [Self.sold] }
        var orders = Shop.orders
        orders.fallback = .anyRefusal
        try await Shop.open([("a", first), ("b", second)], orders: orders) { shop in
            let early = try await shop.buy(Shop.ipv4, wait: .milliseconds(20))
            _ = try await shop.settled(early.order.id)
            #expect(first.calls.count == 1)
            #expect(second.calls.isEmpty)
        }
    }

    // MARK: Before the purchase

    @Test func `a quote above the ceiling fails the order with no purchase call`() async throws {
        let vendor = ScriptedVendor.attributable {
            $0.preparations = [.ready(price: .usd("7.51"), baseline: Baseline(balance: .usd("100"), goods: []))]
        }
        try await Shop.open([("a", vendor)]) { shop in
            var request = Shop.ipv4
            request.maxTotal = .usd("7.50")
            let problem = await #expect(throws: Problem.self) { try await shop.buy(request) }
            #expect(problem?.code == .priceAboveLimit)
            #expect(problem?.orderID != nil)
            #expect(vendor.calls.isEmpty)
        }
    }

    @Test func `a quote that would be refused fails the order with no purchase call`() async throws {
        let vendor = ScriptedVendor.attributable { $0.preparations = [.refused(Refusal(.promoCodeInvalid))] }
        try await Shop.open([("a", vendor)]) { shop in
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.ipv4) }
            #expect(problem?.code == .promoCodeInvalid)
            #expect(vendor.calls.isEmpty)
            let types = try await shop.timeline(#require(problem?.orderID))
            #expect(types == ["order.pending", "order.failed"])
        }
    }

    @Test func `a vendor that cannot be asked is asked again`() async throws {
        let vendor = ScriptedVendor.attributable {
            $0.preparations = [
                .unavailable(reason: "status_502", retryAfter: .milliseconds(2)),
                .ready(price: .usd("7.50"), baseline: nil),
            ]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.ipv4).order
            #expect(order.status == .completed)
            #expect(order.totalSource == .quote)
        }
    }

    // MARK: Queue, cancel, resolve

    @Test func `one purchase at a time, and a waiting one can be canceled, twice`() async throws {
        let vendor = ScriptedVendor.attributable()
        try await Shop.open([("a", vendor)]) { shop in
            vendor.hold()
            let first = try await shop.buy(Shop.ipv4, wait: .zero).order
            while vendor.calls.isEmpty { await Task.yield() }
            let second = try await shop.buy(Shop.ipv4, key: "k-2", wait: .zero).order
            #expect(second.status == .pending)
            for _ in 0..<2 {
                #expect(
                    try await shop.purchaser.cancel(second.id, by: Shop.buyer, requestID: "req_c").status == .canceled)
            }
            let problem = await #expect(throws: Problem.self) {
                try await shop.purchaser.cancel(first.id, by: Shop.buyer, requestID: "req_c")
            }
            #expect(problem?.code == .notCancelable)
            vendor.open()
            #expect(try await shop.settled(first.id).status == .completed)
            #expect(try await shop.buy(Shop.ipv4, key: "k-2").order.status == .canceled)
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `an order that waits too long in the queue failed, unspent`() async throws {
        let vendor = ScriptedVendor.attributable()
        var orders = Shop.orders
        orders.queueLimit = .milliseconds(20)
        try await Shop.open([("a", vendor)], orders: orders) { shop in
            vendor.hold()
            _ = try await shop.buy(Shop.ipv4, wait: .zero)
            while vendor.calls.isEmpty { await Task.yield() }
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.ipv4, key: "k-2") }
            #expect(problem?.code == .vendorUnavailable)
            vendor.open()
        }
    }

    @Test func `a person decides what evidence cannot, once`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.lost, Self.broke] }
        try await Shop.open([("a", vendor)]) { shop in
            let early = try await shop.buy(Shop.residential)
            #expect(early.order.status == .unknown)
            #expect(early.order.unknown?.needsReview == true)
            let bought = Resolution(
                outcome: .bought(vendorOrderID: "v-9", total: .usd("22.50")), reason: "seen in the dashboard")
            let resolved = try await shop.purchaser.resolve(
                early.order.id, bought, by: Shop.operatorCaller, requestID: "req_r")
            #expect(resolved.status == .completed)
            #expect(resolved.vendorOrderID == "v-9")
            #expect(resolved.totalSource == .operator)
            let problem = await #expect(throws: Problem.self) {
                try await shop.purchaser.resolve(early.order.id, bought, by: Shop.operatorCaller, requestID: "req_r")
            }
            #expect(problem?.code == .notResolvable)
            let decision = try await shop.store.events(of: early.order.id).last
            #expect(decision?.actor == .init(.operator, "kim"))
            #expect(decision?.data["reason"]?.string == "seen in the dashboard")
        }
    }

    @Test func `a circuit that opens turns new orders away at once, and a call that spends nothing closes it`()
        async throws
    {
        var policy = Shop.policy
        policy.breakerFailures = 2
        policy.breakerRest = .milliseconds(60)
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.notSent(.unreachable("connection_refused"))]
            $0.accounts = [
                .failure(.unavailable(reason: "connection_refused")),
                .success(VendorAccount(balance: nil, kycStatus: nil)),
            ]
        }
        var orders = Shop.orders
        orders.deadline = .seconds(1)
        try await Shop.open([("a", vendor)], policy: policy, orders: orders) { shop in
            await #expect(throws: Problem.self) { try await shop.buy(Shop.residential) }
            vendor.rewrite { $0.purchases = [Self.sold] }
            // Turned away until the probe has found the vendor well again.
            var order: Order?
            while order == nil {
                do throws(Problem) {
                    order = try await shop.buy(Shop.residential, key: "k-2").order
                } catch {
                    #expect(error.code == .vendorUnavailable)
                    #expect(error.orderID == nil)
                    #expect((error.retryAfter ?? 0) > 0)
                }
            }
            #expect(order?.status == .completed)
        }
    }
}
