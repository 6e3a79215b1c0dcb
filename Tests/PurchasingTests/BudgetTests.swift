import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit
import Testing

/// What a client may spend, with vendors that say what the test tells them to.
@Suite struct BudgetTests {
    static func priced(_ price: String) -> ScriptedVendor {
        .attributable { script in
            script.preparations = [.ready(price: .usd(price), baseline: Baseline(balance: nil, goods: []))]
        }
    }

    @Test func `an order whose price only its vendor tells is stored as failed, and nothing was sent`() async throws {
        let vendor = Self.priced("40")
        try await Shop.open([("a", vendor)]) { shop in
            try await shop.setBudget("30")
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.ipv4) }
            #expect(problem?.code == .budgetExceeded && problem?.moneyState == .notSpent)
            let detail =
                "crawler's budget of 30.00 USD in total has 30.00 left (0.00 spent, 0.00 held), and a asks 40.00 USD"
            #expect(problem?.detail == detail)
            let id = try #require(problem?.orderID)
            let order = try #require(try await shop.store.order(id))
            #expect(order.status == .failed && order.attempts.isEmpty)
            #expect(vendor.calls.isEmpty)
            #expect(try await shop.budget().free == Millionths("30"))
        }
    }

    @Test func `who is refused by every vendor's price is told them, the cheapest first`() async throws {
        try await Shop.open([("a", Self.priced("40")), ("b", Self.priced("35")), ("c", Self.priced("90"))]) { shop in
            try await shop.setBudget("30")
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.ipv4) }
            let budget = "crawler's budget of 30.00 USD in total has 30.00 left (0.00 spent, 0.00 held)"
            #expect(problem?.code == .budgetExceeded)
            #expect(problem?.detail == budget + ", and b asks 35.00 USD, a 40.00 USD, c 90.00 USD")
            let id = try #require(problem?.orderID)
            let order = try #require(try await shop.store.order(id))
            let first = order.routing.candidates.first { $0.ruledOut?.hasPrefix(budget) == true }
            #expect(first?.ruledOut == budget + ", and \(first?.vendor ?? "") asks \(first?.price?.text ?? "") USD")
        }
    }

    /// The first vendor's price is at hand, so that the order would be dispatched as it is taken.
    @Test func `a budget without room for the first vendor's price leaves an order to the next`() async throws {
        let dear = ScriptedVendor.idempotent { script in
            script.listPrices = [.residential: UnitPrice(Money(Millionths(9_000_000)), per: .gb)]
        }
        let cheap = ScriptedVendor.idempotent { script in
            script.listPrices = [.residential: UnitPrice(Money(Millionths(4_500_000)), per: .gb)]
            script.purchases = [PurchaserTests.sold]
        }
        var orders = Shop.orders
        orders.routing.products[.residential] = .init(.priority, order: ["dear", "cheap"])
        try await Shop.open([("dear", dear), ("cheap", cheap)], orders: orders) { shop in
            try await shop.setBudget("30")
            let order = try await shop.buy(Shop.residential).order
            #expect(order.status == .completed && order.vendor == "cheap")
            #expect(dear.calls.isEmpty)
        }
    }

    @Test func `an order that is dispatched as it is taken is not stored when there is no room`() async throws {
        let vendor = ScriptedVendor.idempotent { script in
            script.listPrices = [.residential: UnitPrice(Money(Millionths(4_500_000)), per: .gb)]
            script.purchases = [PurchaserTests.sold]
        }
        try await Shop.open([("a", vendor)]) { shop in
            try await shop.setBudget("30")
            #expect(try await shop.buy(Shop.residential).order.status == .completed)
            #expect(try await shop.budget().spent == Millionths("22.50"))
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.residential, key: "k-2") }
            #expect(problem?.code == .budgetExceeded && problem?.orderID == nil)
            #expect(try await shop.store.order(client: "crawler", idempotencyKey: "k-2") == nil)
            #expect(vendor.calls.count == 1)
            // The lane was left: more orders go in than it is wide.
            try await shop.setBudget("1000000")
            vendor.rewrite { $0.purchases = (2..<50).map { .bought(Receipt(vendorOrderID: "v-\($0)", isReady: true)) } }
            for number in 2..<40 {
                #expect(try await shop.buy(Shop.residential, key: "k-\(number)").order.status == .completed)
            }
        }
    }

    @Test func `an order whose price cannot be known is refused, however much its caller allows`() async throws {
        let vendor = ScriptedVendor.attributable()
        try await Shop.open([("a", vendor)]) { shop in
            var request = Shop.ipv4
            request.allowUnknownPrice = true
            try await shop.setBudget("30")
            let problem = await #expect(throws: Problem.self) { try await shop.buy(request) }
            #expect(problem?.code == .priceUnknown && problem?.moneyState == .notSpent)
            #expect(problem?.detail.contains("crawler's budget") == true)
            #expect(vendor.calls.isEmpty)
            #expect(
                try await shop.buy(request, caller: Caller(client: "other", role: .buyer)).order.status == .completed)
        }
    }

    @Test(arguments: [nil, "40"]) func `the least that an order may cost is nothing that a budget could hold`(
        max: String?
    )
        async throws
    {
        let vendor = ChoosingTests.stocked("6") { script in
            let untold = InventoryRow(.isp, country: Country("US"), asn: 2, available: 100)
            script.stock = [.success([ChoosingTests.row("6", asn: 1), untold])]
        }
        try await Shop.open([("h", vendor)]) { shop in
            var request = ChoosingTests.request(max: max)
            request.vendor = .named("h")
            request.allowUnknownPrice = true
            try await shop.setBudget("1000")
            let problem = await #expect(throws: Problem.self) { try await shop.buy(request) }
            #expect(problem?.code == .priceUnknown && problem?.moneyState == .notSpent)
            #expect(problem?.detail.contains("crawler's budget") == true)
            #expect(vendor.calls.isEmpty)
            vendor.rewrite { $0.stock = [.success([ChoosingTests.row("6", asn: 1)])] }
            #expect(try await shop.buy(request, key: "k-2").order.attempts.first?.quotedPrice == .usd("30"))
        }
    }

    @Test func `an order goes to a vendor that the budget has room for, where the first one asks too much`()
        async throws
    {
        let (dear, cheap) = (Self.priced("40"), Self.priced("20"))
        var orders = Shop.orders
        orders.routing = RoutingRules(.init(.priority))
        try await Shop.open([("dear", dear), ("cheap", cheap)], orders: orders) { shop in
            try await shop.setBudget("30")
            let order = try await shop.buy(Shop.ipv4).order
            #expect(order.status == .completed && order.vendor == "cheap")
            #expect(dear.calls.isEmpty && cheap.calls.count == 1)
            #expect(order.routing.candidates.first { $0.vendor == "dear" }?.ruledOut?.contains("budget") == true)
        }
    }

    @Test func `a sale that costs more than expected is spent as it was, and leaves less than nothing`() async throws {
        let vendor = Self.priced("20")
        vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderID: "v-1", total: .usd("35"), isReady: true))] }
        try await Shop.open([("a", vendor)]) { shop in
            try await shop.setBudget("30")
            #expect(try await shop.buy(Shop.ipv4).order.total == .usd("35"))
            let budget = try await shop.budget()
            #expect(budget.spent == Millionths("35") && budget.held == .zero)
            #expect(budget.free == Millionths(-5_000_000))
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.ipv4, key: "k-2") }
            #expect(problem?.code == .budgetExceeded && problem?.orderID == nil)
        }
    }

    @Test func `an unknown order keeps its hold until a person decides`() async throws {
        let vendor = ScriptedVendor.idempotent { script in
            script.listPrices = [.residential: UnitPrice(Money(Millionths(4_500_000)), per: .gb)]
            script.purchases = [PurchaserTests.lost, PurchaserTests.broke]
        }
        try await Shop.open([("a", vendor)]) { shop in
            try await shop.setBudget("30")
            let order = try await shop.buy(Shop.residential).order
            #expect(order.unknown?.needsReview == true)
            #expect(try await shop.budget().held == Millionths("22.50"))
            #expect(try await shop.deny(order.id).status == .failed)
            #expect(try await shop.budget().held == .zero)
        }
    }

    @Test func `a renewal for which there is no room is stored as failed, and nothing was sent`() async throws {
        let vendor = ActionTests.heloData()
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            try await shop.setBudget("50")
            #expect(try await shop.budget().spent == Millionths("30"))
            let problem = await #expect(throws: Problem.self) { try await shop.ask(ActionTests.renewal, of: order) }
            #expect(problem?.code == .budgetExceeded && problem?.moneyState == .notSpent)
            #expect(problem?.actionID != nil)
            #expect(vendor.actionCalls.isEmpty)
            try await shop.setBudget("60")
            #expect(try await shop.ask(ActionTests.renewal, of: order, key: "r-2").action.status == .completed)
            #expect(try await shop.budget().free == .zero)
        }
    }

    @Test(
        arguments: [
            (BudgetPeriod.total, nil, nil), (.day, "2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"),
            (.month, "2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"),
        ] as [(BudgetPeriod, String?, String?)])
    func `a period begins and ends in UTC`(period: BudgetPeriod, start: String?, end: String?) {
        for instant in [Date(milliseconds: 1_709_164_800_000), Date(milliseconds: 1_709_251_199_999)] {
            let span = period.span(around: instant)
            #expect(span?.start.rfc3339 == start && span?.end.rfc3339 == end)
        }
    }
}

extension Shop {
    func setBudget(_ limit: String) async throws {
        let micros: Millionths = try #require(Millionths(limit))
        let budget = try await purchaser.setBudget(
            of: "crawler", limit: micros, period: .total, reason: "a trial", by: Self.operatorCaller, requestID: "req_b"
        )
        #expect(budget.limit == micros && budget.by == "kim")
    }

    func budget() async throws -> BudgetStanding { try await purchaser.budget(of: "crawler", for: Self.buyer) }
}
