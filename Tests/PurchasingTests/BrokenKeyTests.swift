import Foundation
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

/// What was learned of a vendor that sold twice for one key outlives the process that learned it.
@Suite(.timeLimit(.minutes(1))) struct BrokenKeyTests {
    static let lost = PurchaseOutcome.unknown(Doubt("connection_lost"))
    static let sold = PurchaseOutcome.bought(Receipt(vendorOrderID: "v-1", batchID: "bat-1", isReady: false))

    /// A vendor that sells twice when it is sent the same key again.
    static func doubling() -> ScriptedVendor {
        .idempotent {
            $0.purchases = [lost, sold, lost]
            $0.goods = [.success([SettlingTests.batch("bat-0"), SettlingTests.batch("bat-1")])]
            $0.states = [GoodsState(count: 0, isReady: false)]
        }
    }

    /// Sends again for a while, and leaves an order to a person soon.
    static var policy: VendorPolicy {
        var policy = Shop.policy
        policy.resendWindow = .seconds(2)
        return policy
    }

    /// Stores an order that took some steps.
    @discardableResult
    static func keep(
        in store: MemoryOrderStore, vendor: String, at: Date = .example, _ steps: OrderStep..., flags: [String] = []
    ) async throws -> OrderID {
        var change = OrderChange.accepting(.example(request: Shop.residential, createdAt: at))
        _ = try await store.accept(change)
        for step in steps {
            change = try OrderChange.example(change.order, taking: step, vendor: vendor, at: at) {
                if $0.moneyState == .spent { $0.flags = flags }
            }
            try await store.commit(change)
        }
        return change.order.id
    }

    @Test func `nothing is sent again after a restart at a vendor that was seen to sell twice`() async throws {
        let (store, vendor) = (MemoryOrderStore(), Self.doubling())
        try await Shop.open([("a", vendor)], policy: Self.policy, store: store) { shop in
            let first = try await shop.buy(Shop.isp).order
            while !Task.isCancelled, try await store.order(first.id)?.flags.isEmpty != false { await Task.yield() }
        }
        let calls = vendor.calls.count
        try await Shop.open([("a", vendor)], policy: Self.policy, store: store) { shop in
            let second = try await shop.settled(shop.buy(Shop.residential, key: "k-2", wait: .zero).order.id)
            #expect(second.unknown?.needsReview == true)
            #expect(vendor.calls.count == calls + 1)
        }
    }

    @Test func `an order that a restart takes up is not sent again there either`() async throws {
        let (store, vendor) = (MemoryOrderStore(), ScriptedVendor.idempotent { $0.purchases = [Self.lost] })
        try await Self.keep(in: store, vendor: "a", .dispatched, .boughtReady, flags: ["possible_double_purchase"])
        let order = try await Self.keep(in: store, vendor: "a", at: Date(), .dispatched, .lost)
        try await Shop.open([("a", vendor)], policy: Self.policy, store: store) { shop in
            let end = try await shop.settled(order)
            #expect(end.unknown?.needsReview == true)
            #expect(vendor.calls.count == 0)
        }
    }

    @Test(
        arguments: [
            ([], ["a": true, "b": true]),
            ([("a", ["possible_double_purchase"])], ["a": false, "b": true]),
            ([("b", ["price_unknown", "possible_double_purchase"])], ["a": true, "b": false]),
            (
                [("a", ["price_unknown", "above_max_total"]), ("gone", ["possible_double_purchase"])],
                ["a": true, "b": true]
            ),
            (
                [("a", ["possible_double_purchase"]), ("a", []), ("b", ["possible_double_purchase"])],
                ["a": false, "b": false]
            ),
        ] as [([(String, [String])], [String: Bool])])
    func `a start trusts the keys of every vendor but those`(
        orders: [(vendor: String, flags: [String])], trusted: [String: Bool]
    ) async throws {
        let store = MemoryOrderStore()
        for (vendor, flags) in orders {
            try await Self.keep(in: store, vendor: vendor, .dispatched, .boughtReady, flags: flags)
        }
        let vendors = [("a", ScriptedVendor.idempotent()), ("b", ScriptedVendor.idempotent())]
        try await Shop.open(vendors + [("c", .attributable())], policy: Self.policy, store: store) { shop in
            let reports = try await shop.purchaser.vendorReports()
            for report in reports { #expect(report.keyHolds == trusted[report.name], "\(report.name)") }
        }
    }

    @Test func `a sale after a resend is looked at before it is completed`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [Self.lost, .bought(Receipt(vendorOrderID: "v-1", batchID: "bat-1", isReady: true))]
            $0.goods = [.success([SettlingTests.batch("bat-1")])]
        }
        try await Shop.open([("a", vendor)], policy: Self.policy) { shop in
            let order = try await shop.settled(shop.buy(Shop.isp).order.id)
            let states = try await shop.store.events(of: order.id).map(\.state)
            #expect(order.status == .completed && states.contains(.provisioning), "\(states)")
            #expect(order.flags.isEmpty)
        }
    }

    @Test func `a sale after a resend that nobody looked at is looked at by the next start`() async throws {
        let store = MemoryOrderStore()
        let blind = ScriptedVendor.idempotent {
            $0.purchases = [Self.lost, Self.sold]
            $0.goods = [.failure(.unavailable(reason: "status_500"))]
            $0.states = [GoodsState(count: 0, isReady: false)]
        }
        let id = try await Shop.open([("a", blind)], policy: Self.policy, store: store) { shop in
            try await shop.buy(Shop.isp).order.id
        }
        let seeing = Self.doubling()
        try await Shop.open([("a", seeing)], policy: Self.policy, store: store) { shop in
            let order = try await RefusedOutcomeTests.soon {
                let order = try await store.order(id)
                return order?.flags.isEmpty == false ? order : nil
            }
            #expect(order?.flags == ["possible_double_purchase"])
            #expect(seeing.calls.isEmpty)
        }
    }

    @Test func `what others buy after a sale was told is not its double`() async throws {
        let store = MemoryOrderStore()
        let vendor = Self.doubling()
        vendor.rewrite { $0.goods = [.success([SettlingTests.batch("bat-1")])] }
        let id = try await Shop.open([("a", vendor)], policy: Self.policy, store: store) { shop in
            try await shop.buy(Shop.isp).order.id
        }
        vendor.rewrite {
            $0.goods = [.success([SettlingTests.batch("bat-1"), SettlingTests.batch("bat-9", startsIn: 600)])]
        }
        try await Shop.open([("a", vendor)], policy: Self.policy, store: store) { shop in
            let last = try await shop.buy(Shop.residential, key: "k-2", wait: .zero).order.id
            _ = try await shop.settled(last)
            #expect(try await store.order(id)?.flags == [])
            #expect(try await shop.purchaser.vendorReports().map(\.keyHolds) == [true])
        }
    }

    @Test func `that a vendor sold twice is stored although its order changes meanwhile`() async throws {
        let vendor = Self.doubling()
        let meddled = Mutex(false)
        let store = MeddlingStore(MemoryOrderStore()) { change, store throws(StoreError) in
            guard change.order.flags == ["possible_double_purchase"], !meddled.withLock({ $0 }),
                let order = try await store.order(change.order.id)
            else { return }
            meddled.withLock { $0 = true }
            var other = OrderChange.changing(order, ids: .examples, at: order.updatedAt)
            other.note(.evidenceRead, cause: "example")
            try await store.commit(other)
        }
        try await Shop.open([("a", vendor)], policy: Self.policy, store: store) { shop in
            let first = try await shop.buy(Shop.isp).order
            while !Task.isCancelled, !meddled.withLock({ $0 }) { await Task.yield() }
            while !Task.isCancelled, try await store.order(first.id)?.flags.isEmpty != false { await Task.yield() }
            #expect(try await shop.timeline(first.id).suffix(2) == ["evidence.read", "decision.made"])
        }
    }

    @Test func `a second sale told late is remembered although the database refuses to note the answer`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [Self.lost, .bought(Receipt(vendorOrderID: "v-2", isReady: true))]
        }
        let store = MeddlingStore(MemoryOrderStore()) { change, _ throws(StoreError) in
            if change.events.contains(where: { $0.cause == "late_answer" }) { throw .refused("it broke a rule") }
        }
        try await Shop.open([("a", vendor)], policy: Self.policy, store: store) { shop in
            let first = try await shop.settled(shop.buy(Shop.residential).order.id)
            await vendor.answerLate(.bought(Receipt(vendorOrderID: "v-1", isReady: true)))
            // Where the first answer's run is at its end still, that run hears it.
            while !Task.isCancelled, try await shop.store.order(first.id)?.flags.isEmpty != false { await Task.yield() }
            let kept = try await shop.store.order(first.id)
            #expect(kept?.vendorOrderID == "v-2" && kept?.status == .completed)
            #expect(kept?.flags == ["possible_double_purchase"])
        }
        try await Shop.open([("a", vendor)], policy: Self.policy, store: store) { shop in
            let reports = try await shop.purchaser.vendorReports()
            #expect(reports.map(\.keyHolds) == [false])
        }
    }
}
