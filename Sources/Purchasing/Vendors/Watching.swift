public import Foundation

/// How the whole of buying stands, for those who watch it; made without calling any vendor.
public struct Standing: Sendable {
    /// In the order of the configuration.
    public let vendors: [VendorStanding]
    /// Sums of all orders by vendor and status; nil when the store could not be read.
    public let sums: [StatisticsRow]?
    /// What waits for evidence or for a person; nil when the store could not be read.
    public let doubts: [OpenDoubts]?
    /// The pause of buying that stands; nil while it goes on.
    public let pause: BuyingChange?
    /// The budgets of clients; nil when the store could not be read.
    public let budgets: [BudgetStanding]?
    /// Orders and actions that are carried at this moment.
    public let underWay: Int
    /// Outcomes that could not be stored yet; no new order is taken while there is one.
    public let unstoredOutcomes: Int
    /// Readings of vendors that are kept, and about how many bytes they take.
    public let cacheEntries: Int
    public let cacheBytes: Int
    /// When this was true.
    public let at: Date
}

/// How one configured vendor stands.
public struct VendorStanding: Sendable {
    public let name: String
    public let isEnabled: Bool
    public let calls: VendorCallBook
    public let saleFlags: SaleFlagBook
    public let health: VendorHealth
    /// Whether its circuit is open.
    public let isResting: Bool
    /// Purchases that are inside, and how many may be.
    public let inFlight: Int
    public let width: Int
    /// Its balance as it was last read, and when.
    public let balance: Money?
    public let balanceReadAt: Date?
}

extension Purchaser {
    /// How everything stands: a few sums that the store keeps, and what is in memory.
    public func standing() async -> Standing {
        let now = floor.timepiece.now()
        var sums: [StatisticsRow]?
        var doubts: [OpenDoubts]?
        var budgets: [BudgetStanding]?
        do throws(StoreError) {
            sums = try await floor.store.statistics(StatisticsQuery(by: [.vendor, .status], withActions: false))
            doubts = try await floor.store.openDoubts()
            budgets = try await floor.store.budgets(at: now)
        } catch {
            // It is told that the store cannot be read; what is in memory is told all the same.
        }
        let cache = floor.desk.cache
        return Standing(
            vendors: floor.vendors.map { standing(of: $0, at: now) }, sums: doubts == nil ? nil : sums, doubts: doubts,
            pause: floor.gate.pause, budgets: budgets, underWay: floor.underWay, unstoredOutcomes: floor.stuck.count,
            cacheEntries: cache.count, cacheBytes: cache.bytes, at: now)
    }

    private func standing(of vendor: Vendor, at now: Date) -> VendorStanding {
        let health = vendor.health.current
        var (balance, readAt) = (health.balance, health.balanceReadAt)
        // What an earlier process read is better than nothing.
        if balance == nil, let known = floor.desk.cache.glance(at: .account, of: vendor.name),
            case .account(let account) = known.value
        {
            (balance, readAt) = (account.balance, known.readAt)
        }
        return VendorStanding(
            name: vendor.name, isEnabled: vendor.isEnabled, calls: vendor.calls, saleFlags: vendor.saleFlags,
            health: health,
            isResting: vendor.circuit.remainingRest(at: now) != nil, inFlight: vendor.lane.inside,
            width: vendor.adapter.traits.width, balance: balance, balanceReadAt: balance == nil ? nil : readAt)
    }
}
