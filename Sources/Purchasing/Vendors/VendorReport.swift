public import Foundation

/// How one configured vendor stands, for those who watch it.
public struct VendorReport: Sendable {
    /// The name in the configuration.
    public let name: String
    /// What it sells and what its API can promise.
    public let offers: [ProductOffer]
    public let traits: VendorTraits
    /// Whether new orders may go to it.
    public let isEnabled: Bool
    public let health: VendorHealth
    /// How long its open circuit still rests; nil while it is closed.
    public let rest: Duration?
    /// Whether its idempotency key has held so far; nil where it has none.
    public let keyHolds: Bool?
    /// Purchases that are inside, and how many may be.
    public let inFlight: Int
    public let width: Int
    /// Orders whose outcome is not known, and when the oldest of them was made.
    public let unknownOrders: Int
    public let oldestUnknown: Date?
    /// Actions whose outcome is not known, and when the oldest of them was asked for.
    public let unknownActions: Int
    public let oldestUnknownAction: Date?
    /// Balance and KYC, with their age.
    public let account: KnownReading
}

/// The orders, or the actions, at one vendor whose outcome is not known.
public struct UnknownTally: Sendable, Hashable {
    public let vendor: String
    public let count: Int
    /// When the oldest of them was made.
    public let oldest: Date

    public init(vendor: String, count: Int, oldest: Date) {
        self.vendor = vendor
        self.count = count
        self.oldest = oldest
    }
}

extension Purchaser {
    /// How each configured vendor stands, in the order of the configuration.
    /// - Throws: `Problem` `store_unavailable`.
    public func vendorReports() async throws(Problem) -> [VendorReport] {
        let orders: [UnknownTally]
        let actions: [UnknownTally]
        do throws(StoreError) {
            orders = try await floor.store.unknownOrders()
            actions = try await floor.store.unknownActions()
        } catch { throw Self.unreadable }
        var reports: [VendorReport] = []
        for vendor in floor.vendors {
            reports.append(
                await report(
                    on: vendor, orders: orders.first { $0.vendor == vendor.name },
                    actions: actions.first { $0.vendor == vendor.name }))
        }
        return reports
    }

    private func report(on vendor: Vendor, orders: UnknownTally?, actions: UnknownTally?) async -> VendorReport {
        let traits = vendor.adapter.traits
        // The account first: reading it may tell something of the vendor's health.
        let account = await floor.desk.cache.reading(.account, at: vendor.name)
        return VendorReport(
            name: vendor.name, offers: vendor.adapter.offers, traits: traits, isEnabled: vendor.isEnabled,
            health: vendor.health.current, rest: vendor.circuit.remainingRest(at: floor.timepiece.now()),
            keyHolds: traits.isIdempotent ? vendor.keyHolds.load() : nil, inFlight: vendor.lane.inside,
            width: traits.width, unknownOrders: orders?.count ?? 0, oldestUnknown: orders?.oldest,
            unknownActions: actions?.count ?? 0, oldestUnknownAction: actions?.oldest, account: account)
    }
}
