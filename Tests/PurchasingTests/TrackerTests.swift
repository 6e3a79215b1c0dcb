import Foundation
import Logging
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct TrackerTests {
    @Test func `goods that are a day late are told of once, followed on, and never called failed`() async throws {
        let store = MemoryOrderStore()
        let long = Date().addingTimeInterval(-25 * 3600)
        let accepted = OrderChange.accepting(.example(request: Shop.isp, createdAt: long))
        _ = try await store.accept(accepted)
        let sent = try OrderChange.example(accepted.order, taking: .dispatched, vendor: "a", at: long)
        try await store.commit(sent)
        let sold = try OrderChange.example(sent.order, taking: .bought, vendor: "a", at: long) { $0.batchID = "bat-1" }
        try await store.commit(sold)
        let id = sold.order.id
        let vendor = ScriptedVendor.idempotent {
            $0.states =
                Array(repeating: GoodsState(count: nil, isReady: false), count: 3)
                + [GoodsState(count: nil, isReady: true)]
        }
        try await Shop.open([("a", vendor)], store: store) { shop in
            #expect(try await shop.settled(id).status == .completed)
            let causes = try await store.events(of: id).map(\.cause)
            #expect(causes.filter { $0 == "overdue" }.count == 1)
        }
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
