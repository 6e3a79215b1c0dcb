import ExactJSON
import Foundation
import Logging
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct TrackerTests {
    /// An order for a batch that was sold a while ago, in a store of its own.
    private static func sold(_ hours: Double) async throws -> (store: MemoryOrderStore, id: OrderID) {
        let store = MemoryOrderStore()
        let long = Date().addingTimeInterval(-hours * 3600)
        let accepted = OrderChange.accepting(.example(request: Shop.isp, createdAt: long))
        _ = try await store.accept(accepted)
        let sent = try OrderChange.example(accepted.order, taking: .dispatched, vendor: "a", at: long)
        try await store.commit(sent)
        let sold = try OrderChange.example(sent.order, taking: .bought, vendor: "a", at: long) { $0.batchID = "bat-1" }
        try await store.commit(sold)
        return (store, sold.order.id)
    }

    /// A vendor whose goods are in some states, one after the other; the last one stays.
    private static func vendor(_ states: GoodsState...) -> ScriptedVendor {
        .idempotent { $0.states = states }
    }

    @Test func `goods that are a day late are told of once, followed on, and never called failed`() async throws {
        let (store, id) = try await Self.sold(25)
        let late = GoodsState(count: nil, isReady: false)
        try await Shop.open([("a", Self.vendor(late, late, late, GoodsState(count: nil, isReady: true)))], store: store)
        { shop in
            #expect(try await shop.settled(id).status == .completed)
            let causes = try await store.events(of: id).map(\.cause)
            #expect(causes.filter { $0 == "overdue" }.count == 1)
        }
    }

    @Test func `what was found about goods is told once for ever, also after a restart`() async throws {
        let (store, id) = try await Self.sold(25)
        let bare = GoodsState(count: 3, isReady: false, flags: ["short"], undocumentedState: "refunded")
        let whole = GoodsState(count: 5, isReady: false)
        for _ in 1...3 {
            let vendor = Self.vendor(bare, whole, bare)
            try await Shop.open([("a", vendor)], store: store) { shop in
                while vendor.followCount < 4 { await Task.yield() }
            }
        }
        let another = GoodsState(count: 3, isReady: false, undocumentedState: "cancelled")
        try await Shop.open([("a", Self.vendor(another, another, GoodsState(count: 5, isReady: true)))], store: store) {
            shop in
            let order = try await shop.settled(id)
            #expect(order.status == .completed)
        }
        let events = try await store.events(of: id).filter { $0.type == .evidenceRead }
        #expect(events.map(\.cause).sorted() == ["overdue", "short", "undocumented_state", "undocumented_state"])
        #expect(events.compactMap { $0.data["state"]?.string } == ["refunded", "cancelled"])
        #expect(events.allSatisfy { $0.state == .provisioning && $0.previous == .provisioning })
    }

    @Test func `a timeline that cannot be read is asked again, and nothing is told twice`() async throws {
        let (store, id) = try await Self.sold(1)
        let bare = GoodsState(count: 3, isReady: false, flags: ["short"])
        let vendor = Self.vendor(bare)
        try await Shop.open([("a", vendor)], store: store) { shop in
            while vendor.followCount < 2 { await Task.yield() }
            await store.fail(with: .unavailable("for a while"))
            await Task.yield()
            await store.fail(with: nil)
            let seen = vendor.followCount
            while vendor.followCount < seen + 2 { await Task.yield() }
        }
        #expect(try await store.events(of: id).filter { $0.cause == "short" }.count == 1)
    }

    @Test func `a finding that stands although the store said otherwise is not told twice`() async throws {
        let (memory, id) = try await Self.sold(1)
        let isFirst = Mutex(true)
        let store = MeddlingStore(memory) { change, store throws(StoreError) in
            guard change.events.contains(where: { $0.cause == "short" }), isFirst.withLock({ $0 }) else { return }
            try await store.commit(change)
            isFirst.withLock { $0 = false }
            throw .unavailable("it ended in between")
        }
        let vendor = Self.vendor(GoodsState(count: 3, isReady: false, flags: ["short"]))
        try await Shop.open([("a", vendor)], store: store) { shop in
            while vendor.followCount < 4 { await Task.yield() }
        }
        #expect(isFirst.withLock { !$0 })
        #expect(try await store.events(of: id).filter { $0.cause == "short" }.count == 1)
    }

    @Test func `a tracker that waits for goods rests between its readings`() async throws {
        let looks = Mutex(0)
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.bought(Receipt(vendorOrderID: "v-1", batchID: "b-1", isReady: false))]
            $0.states = [GoodsState(count: nil, isReady: false), GoodsState(count: 5, isReady: true)]
        }
        var policy = Shop.policy
        policy.followInterval = .milliseconds(600)
        let timepiece = Timepiece(
            now: {
                looks.withLock { $0 += 1 }
                return Timepiece.system.now()
            }, sleep: Timepiece.system.sleep)
        try await Shop.open([("a", vendor)], policy: policy, timepiece: timepiece) { shop in
            let order = try await shop.buy(Shop.isp).order
            #expect(order.status == .provisioning)
            #expect(try await shop.settled(order.id).status == .completed)
            // Sold later, it is followed all the same.
            let other = try await shop.buy(Shop.isp, key: "k-2", wait: .zero).order
            #expect(try await shop.settled(other.id).unknown?.needsReview == true)
        }
        #expect(looks.withLock { $0 } < 300)
    }
}
