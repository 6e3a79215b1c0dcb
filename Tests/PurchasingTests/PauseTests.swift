import ExactJSON
import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// An operator stops buying, with vendors that say what the test tells them to.
@Suite struct PauseTests {
    static let sold = PurchaserTests.sold

    @Test func `an order that waits in its vendor's queue stays pending, may be canceled, and goes on afterwards`()
        async throws
    {
        let vendor = ScriptedVendor.attributable()
        try await Shop.open([("a", vendor)]) { shop in
            vendor.hold()
            let first = try await shop.buy(Shop.ipv4, key: "k-1", wait: .zero).order
            while vendor.calls.isEmpty { await Task.yield() }
            let second = try await shop.buy(Shop.ipv4, key: "k-2", wait: .zero).order
            let third = try await shop.buy(Shop.ipv4, key: "k-3", wait: .zero).order
            try await shop.pause()
            vendor.open()
            #expect(try await shop.settled(first.id).status == .completed)
            let canceled = try await shop.purchaser.cancel(third.id, by: Shop.buyer, requestID: "req_c")
            #expect(canceled.status == .canceled)
            #expect(try await shop.store.order(second.id)?.status == .pending)
            vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderID: "v-2", isReady: true))] }
            #expect(vendor.calls.count == 1)
            try await shop.resume()
            #expect(try await shop.settled(second.id).status == .completed)
            #expect(vendor.calls.count == 2)
        }
    }

    @Test func `a pause that this process does not know of is told by the dispatch itself, and waited for`()
        async throws
    {
        let vendor = ScriptedVendor.attributable()
        let store = MemoryOrderStore()
        try await Shop.open([("a", vendor)], store: store) { shop in
            vendor.rewrite { $0.purchases = [Self.sold] }
            _ = try await store.changeBuying(reason: "elsewhere", by: "lee", requestID: "req_0", at: .example)
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.ipv4) }
            #expect(problem?.code == .buyingPaused && problem?.orderID == nil)
            #expect(problem?.detail.contains("elsewhere (lee, since ") == true)
            #expect(shop.purchaser.pause?.by == "lee")
            try await shop.resume()
            #expect(try await shop.buy(Shop.ipv4).order.status == .completed)
        }
    }

    @Test func `a pause between the last reading and the dispatch sends the order back to wait`() async throws {
        let vendor = ScriptedVendor.attributable()
        let store = MemoryOrderStore()
        let holding = HoldingStore(store)
        try await Shop.open([("a", vendor)], store: holding, atStep: { if $0 == .prepared { holding.hold() } }) {
            shop in
            let order = try await shop.buy(Shop.ipv4, wait: .zero).order
            while holding.waiting == 0 { await Task.yield() }
            let pause = try await store.changeBuying(reason: "now", by: "lee", requestID: "req_0", at: .example)
            holding.release()
            while shop.purchaser.pause != pause { await Task.yield() }
            #expect(try await store.order(order.id)?.status == .pending)
            #expect(vendor.calls.isEmpty)
            let resumed = Task { try await shop.settled(order.id) }
            try await shop.resume()
            while vendor.calls.isEmpty {
                holding.release()
                await Task.yield()
            }
            holding.release()
            #expect(try await resumed.value.status == .completed)
        }
    }

    @Test func `an order that waits longer than the queue's limit failed, unspent`() async throws {
        let vendor = ScriptedVendor.attributable()
        var orders = Shop.orders
        orders.queueLimit = .milliseconds(50)
        let store = MemoryOrderStore()
        let waiting = OrderChange.accepting(
            .example(
                client: "crawler", request: Shop.ipv4,
                routing: Routing(policy: .priority, candidates: [.init(vendor: "a", isChosen: true)])))
        _ = try await store.accept(waiting)
        _ = try await store.changeBuying(reason: "a strike", by: "lee", requestID: "req_0", at: .example)
        try await Shop.open([("a", vendor)], orders: orders, store: store) { shop in
            let failed = try await shop.settled(waiting.order.id)
            #expect(failed.status == .failed && failed.moneyState == .notSpent)
            #expect(failed.problem?.code == .buyingPaused)
            #expect(failed.problem?.detail.contains("a strike") == true)
            #expect(vendor.calls.isEmpty)
        }
    }

    @Test func `an action that waits longer than the queue's limit failed, unspent`() async throws {
        let store = MemoryOrderStore()
        let vendor = ActionTests.heloData()
        let order = try await Shop.open([("a", vendor)], store: store) { shop in try await shop.buy(Shop.isp).order }
        let action = Action.example(on: order, request: ActionTests.renewal)
        _ = try await store.accept(action: .asking(for: action, of: order))
        _ = try await store.changeBuying(reason: "a strike", by: "lee", requestID: "req_0", at: .example)
        var orders = Shop.orders
        orders.queueLimit = .milliseconds(50)
        try await Shop.open([("a", vendor)], orders: orders, store: store) { shop in
            let failed = try await shop.purchaser.action(action.id, for: Shop.operatorCaller, wait: .seconds(20))
            #expect(failed.status == .failed && failed.moneyState == .notSpent)
            #expect(failed.problem?.code == .buyingPaused)
            #expect(vendor.actionCalls.isEmpty)
        }
    }

    @Test func `what is proved not to have been sent is not sent again during a pause`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.notSent(.rateLimited(retryAfter: .milliseconds(500))), Self.sold]
        }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.residential, wait: .zero).order
            while vendor.calls.isEmpty { await Task.yield() }
            try await shop.pause()
            let failed = try await shop.settled(order.id)
            #expect(failed.status == .failed && failed.problem?.code == .buyingPaused)
            #expect(failed.attempts.map(\.outcome) == [.notSent])
            #expect(vendor.calls.count == 1)
        }
    }

    @Test func `a resend of what is unknown goes on, since it is no new purchase`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [PurchaserTests.lost, Self.sold] }
        try await Shop.open([("a", vendor)]) { shop in
            vendor.hold()
            let order = try await shop.buy(Shop.residential, wait: .zero).order
            while vendor.calls.isEmpty { await Task.yield() }
            try await shop.pause()
            vendor.open()
            #expect(try await shop.settled(order.id).status == .completed)
            #expect(vendor.calls.count == 2)
            #expect(try await shop.buy(Shop.residential).isReplay)
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.residential, key: "k-2") }
            #expect(problem?.code == .buyingPaused && problem?.moneyState == .notSpent)
        }
    }

    @Test func `an action that may be charged waits, and one that costs nothing is done`() async throws {
        let vendor = ActionTests.heloData()
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            vendor.hold()
            let first = try await shop.ask(ActionTests.renewal, of: order, key: "r-1", wait: .zero).action
            while vendor.actionCalls.isEmpty { await Task.yield() }
            let second = try await shop.ask(ActionTests.renewal, of: order, key: "r-2", wait: .zero).action
            try await shop.pause()
            vendor.open()
            while try await shop.store.action(first.id)?.status != .completed { await Task.yield() }
            #expect(try await shop.store.action(second.id)?.status == .pending)
            let problem = await #expect(throws: Problem.self) {
                try await shop.ask(ActionTests.renewal, of: order, key: "r-3")
            }
            #expect(problem?.code == .buyingPaused && problem?.actionID == nil)
            #expect(vendor.actionCalls.count == 1)
            // What costs nothing is not held up by what waits at the same goods.
            let free = try await shop.ask(ActionRequest(.rotatePassword), of: order, key: "r-4").action
            #expect(free.status == .completed)
            #expect(try await shop.store.action(second.id)?.status == .pending)
            try await shop.resume()
            while try await shop.store.action(second.id)?.status != .completed { await Task.yield() }
        }
    }

    @Test func `an action that waits for the account asks nothing of its vendor while buying is paused`() async throws {
        let sales = ["N-1", "N-2"].map { PurchaseOutcome.bought(Receipt(vendorOrderNumber: $0, isReady: true)) }
        let vendor = ActionTests.legacy { $0.purchases = sales }
        try await Shop.open([("a", vendor)]) { shop in
            var orders: [Order] = []
            for key in ["k-1", "k-2"] { orders.append(try await shop.buy(Shop.isp, key: key).order) }
            vendor.hold()
            let first = try await shop.ask(ActionTests.renewal, of: orders[0], key: "r-1", wait: .zero).action
            while vendor.actionCalls.isEmpty { await Task.yield() }
            let second = try await shop.ask(ActionTests.renewal, of: orders[1], key: "r-2", wait: .zero).action
            while shop.purchaser.floor.vendor("a")?.lane.waiting == 0 { await Task.yield() }
            try await shop.pause()
            // Would fail the second, if it were asked.
            vendor.rewrite { $0.actionPreparations = [.refused(Refusal(.insufficientInventory))] }
            vendor.open()
            while try await shop.store.action(first.id)?.status != .completed { await Task.yield() }
            while await shop.purchaser.standing().vendors.first?.inFlight != 0 { await Task.yield() }
            #expect(try await shop.store.action(second.id)?.status == .pending)
            vendor.rewrite { $0.actionPreparations = [ActionTests.ready("10")] }
            try await shop.resume()
            while try await shop.store.action(second.id)?.status != .completed { await Task.yield() }
        }
    }

    @Test func `an action for which something is still read when buying is paused is not sent`() async throws {
        let vendor = ActionTests.heloData()
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            vendor.rewrite { script in
                script.whenNamed = {
                    do { try await shop.pause() } catch { Issue.record("\(error)") }
                }
            }
            let action = try await shop.settledAction(ActionTests.renewal, of: order, key: "r-1")
            #expect(action.status == .failed && action.problem?.code == .buyingPaused)
            #expect(action.moneyState == .notSpent)
            #expect(vendor.actionCalls.isEmpty)
        }
    }

    @Test func `a pause outlives the process`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [Self.sold] }
        let store = MemoryOrderStore()
        try await Shop.open([("a", vendor)], store: store) { shop in try await shop.pause() }
        try await Shop.open([("a", vendor)], store: store) { shop in
            #expect(shop.purchaser.pause?.reason == "an odd invoice")
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.residential) }
            #expect(problem?.code == .buyingPaused)
            try await shop.resume()
            #expect(try await shop.buy(Shop.residential).order.status == .completed)
        }
    }
}

extension Shop {
    func pause() async throws {
        let changes = try await purchaser.pauseBuying("an odd invoice", by: Self.operatorCaller, requestID: "req_p")
        #expect(changes.first?.isPaused == true && changes.first?.by == "kim")
    }

    func resume() async throws {
        let changes = try await purchaser.resumeBuying(by: Self.operatorCaller, requestID: "req_q")
        #expect(changes.first?.isPaused == false && purchaser.pause == nil)
    }
}
