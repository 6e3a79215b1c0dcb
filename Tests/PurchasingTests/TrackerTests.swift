import Foundation
import Logging
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

@Suite struct TrackerTests {
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
