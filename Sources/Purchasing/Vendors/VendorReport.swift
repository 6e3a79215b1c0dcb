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

/// What at one vendor waits for evidence or for a person.
public struct OpenDoubts: Sendable, Hashable {
    /// Things whose outcome is not known.
    public struct Count: Sendable, Hashable {
        public var count = 0
        /// How many of them only a person can decide.
        public var needReview = 0
        /// When the oldest of them was asked for; nil when there is none.
        public var oldest: Date?

        public init(count: Int = 0, needReview: Int = 0, oldest: Date? = nil) {
            self.count = count
            self.needReview = needReview
            self.oldest = oldest
        }

        /// Counts one more.
        public mutating func note(_ at: Date, needsReview: Bool) {
            count += 1
            needReview += needsReview ? 1 : 0
            oldest = min(oldest ?? at, at)
        }
    }

    public let vendor: String
    public var orders = Count()
    public var actions = Count()

    public init(vendor: String, orders: Count = Count(), actions: Count = Count()) {
        self.vendor = vendor
        self.orders = orders
        self.actions = actions
    }
}

extension Purchaser {
    /// For how long a vendor is waited for whose account is to be told; what was read before is told after that.
    static let accountPatience = Duration.seconds(2)

    /// How each configured vendor stands, in the order of the configuration. Accounts whose reading is not fresh are read,
    /// all at once.
    /// - Throws: `Problem` `store_unavailable`.
    public func vendorReports() async throws(Problem) -> [VendorReport] {
        let doubts: [OpenDoubts]
        do throws(StoreError) { doubts = try await floor.store.openDoubts() } catch { throw Self.unreadable }
        // The accounts first: reading them may tell something of the vendors' health.
        let accounts = await accounts()
        return floor.vendors.map { vendor in
            let own = doubts.first { $0.vendor == vendor.name } ?? OpenDoubts(vendor: vendor.name)
            return report(on: vendor, own, accounts[vendor.name])
        }
    }

    /// What is known of all accounts, by vendor.
    private func accounts() async -> [String: KnownReading] {
        await withTaskGroup(of: (String, KnownReading)?.self) { group in
            for vendor in floor.vendors {
                group.addTask { [floor] in (vendor.name, await floor.freshAccount(of: vendor)) }
            }
            group.addTask { [floor] in
                await floor.timepiece.pause(Self.accountPatience)
                return nil
            }
            var accounts: [String: KnownReading] = [:]
            while accounts.count < floor.vendors.count, let read = await group.next() {
                // Who is not waited for any more is told what was known before.
                if let (name, known) = read { accounts[name] = known } else { group.cancelAll() }
            }
            group.cancelAll()
            return accounts
        }
    }

    private func report(on vendor: Vendor, _ doubts: OpenDoubts, _ account: KnownReading?) -> VendorReport {
        let traits = vendor.adapter.traits
        return VendorReport(
            name: vendor.name, offers: vendor.adapter.offers, traits: traits, isEnabled: vendor.isEnabled,
            health: vendor.health.current, rest: vendor.circuit.remainingRest(at: floor.timepiece.now()),
            keyHolds: traits.isIdempotent ? vendor.keyHolds.load() : nil, inFlight: vendor.lane.inside,
            width: traits.width, unknownOrders: doubts.orders.count, oldestUnknown: doubts.orders.oldest,
            unknownActions: doubts.actions.count, oldestUnknownAction: doubts.actions.oldest,
            account: account ?? KnownReading(value: nil, readAt: nil, isStale: true, failure: nil))
    }
}

extension BuyingFloor {
    /// What is known of a vendor's account, read anew where that is not fresh.
    fileprivate func freshAccount(of vendor: Vendor) async -> KnownReading {
        let fresh = desk.cache.policy.freshTime(of: .account)
        return await readAccount(of: vendor, notBefore: timepiece.now().advanced(by: .zero - fresh))
    }
}
