import Foundation
import Purchasing
import PurchasingTestKit

/// A cache with scripted vendors and a clock that stands still.
struct Larder: Sendable {
    let clock: ManualClock
    let vendor: ScriptedVendor
    let cache: VendorCache

    static let isp = ReadingTopic.stock(StockQuery(.isp, country: Country("US"), asn: 7922))

    init(
        _ vendor: ScriptedVendor = .idempotent(), others: [Vendor] = [], isEnabled: Bool = true,
        clock: ManualClock = ManualClock(), snapshots: (any SnapshotStore)? = nil, wallHighWater: Date = .distantPast,
        jitter: Double = 1, vendorPolicy: VendorPolicy = VendorPolicy(),
        _ change: (inout CachePolicy) -> Void = { _ in }
    ) {
        var policy = CachePolicy()
        change(&policy)
        self.clock = clock
        self.vendor = vendor
        cache = VendorCache(
            vendors: [Vendor(name: "a", adapter: vendor, policy: vendorPolicy, isEnabled: isEnabled)] + others,
            policy: policy, snapshots: snapshots, timepiece: clock.timepiece, wallHighWater: wallHighWater,
            jitter: { jitter })
    }

    /// Rows that tell how many there are.
    static func rows(_ available: Int) -> [InventoryRow] {
        [InventoryRow(.isp, country: Country("US"), asn: 7922, available: available)]
    }

    static func told(_ available: Int) -> VendorReading { .stock(rows(available)) }

    /// What a vendor answers, call by call.
    static func vendor(_ answers: Result<[InventoryRow], VendorError>...) -> ScriptedVendor {
        .idempotent { $0.stock = answers }
    }

    func read(_ topic: ReadingTopic = isp, notBefore: Date? = nil) async -> KnownReading {
        await cache.reading(topic, at: "a", notBefore: notBefore)
    }

    /// Begins to read in a task of its own.
    func ask(_ topic: ReadingTopic = isp, notBefore: Date? = nil) -> Task<KnownReading, Never> {
        Task { await read(topic, notBefore: notBefore) }
    }

    /// How many calls the vendor has seen.
    var calls: Int { vendor.stockQueries.count }

    /// Waits until the vendor has seen so many calls.
    func calls(reach count: Int) async { while calls < count { await Task.yield() } }

    /// Waits until something is so.
    func until(_ isSo: @Sendable () async -> Bool) async { while await !isSo() { await Task.yield() } }

    /// An order of ISP addresses that the vendor has sold.
    static func order(_ country: String? = "US", asn: Int? = nil, vendor: String = "a") -> Order {
        var order = Order.example(
            request: OrderRequest(product: .isp, country: country.flatMap(Country.init), asn: asn))
        order.vendor = vendor
        return order
    }
}
