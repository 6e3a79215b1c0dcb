public import Foundation

/// What can be bought, where and for how much, at all vendors: one look at what the cache knows of their stock and their
/// lists.
public struct Inventory: Sendable {
    /// Every configured vendor, in the configured order.
    public let vendors: [Vendor]
    private let cache: VendorCache
    private let timepiece: Timepiece
    private let patience: Duration

    /// - Parameters:
    ///   - vendors: every configured vendor, in the configured order.
    ///   - patience: how long vendors are waited for of which nothing is known; the report says which have not answered.
    public init(
        vendors: [Vendor], cache: VendorCache, timepiece: Timepiece = .system, patience: Duration = .seconds(15)
    ) {
        self.vendors = vendors
        self.cache = cache
        self.timepiece = timepiece
        self.patience = patience
    }

    /// What is known of what a query asks for; vendors of which nothing is known are read, all at once.
    /// - Parameter notBefore: readings must have been begun at or after this instant, as far as the vendors can be read.
    public func report(_ query: InventoryQuery, notBefore: Date? = nil) async -> InventoryReport {
        let plan = InventoryPlan(query, vendors: vendors)
        let lookups = await lookups(plan.parts, notBefore: notBefore)
        return InventoryReport(plan, lookups)
    }

    /// Whether a report that was made of some readings may be given again, which counts as their use and begins renewals
    /// that are due. Takes no lock.
    /// - Returns: how old they are; nil when the report has to be made anew.
    public func use(_ basis: ReadingBasis) -> ReadingAge? { cache.use(basis) }

    /// How old the readings behind a report are now.
    public func age(of basis: ReadingBasis) -> ReadingAge { cache.age(of: basis) }

    // MARK: Reading

    /// What is known of each part's topic, in the parts' order; nil where there is nothing to be known.
    private func lookups(_ parts: [InventoryPlan.Part], notBefore: Date?) async -> [Lookup?] {
        let now = timepiece.moment
        let floor = notBefore.map(now.floor)
        var lookups: [Lookup?] = []
        var missing: [Int] = []
        for (index, part) in parts.enumerated() {
            let lookup = part.topic.flatMap { cache.lookNow($0, at: part.vendor.name, floor: floor, now: now) }
            if lookup == nil, part.topic != nil { missing.append(index) }
            lookups.append(lookup)
        }
        if missing.isEmpty { return lookups }
        for (index, lookup) in await fetched(missing, of: parts, notBefore: notBefore) { lookups[index] = lookup }
        return lookups
    }

    private func fetched(
        _ missing: [Int], of parts: [InventoryPlan.Part], notBefore: Date?
    ) async -> [(Int, Lookup)] {
        await withTaskGroup(of: (Int, Lookup)?.self) { group in
            for index in missing {
                let part = parts[index]
                group.addTask { await fetch(part, notBefore: notBefore).map { (index, $0) } }
            }
            group.addTask {
                await timepiece.pause(patience)
                return nil
            }
            var found: [(Int, Lookup)] = []
            for await result in group {
                if let result { found.append(result) }
                // Whoever still waits is told what there is without the vendor's answer.
                if result == nil || found.count == missing.count { group.cancelAll() }
            }
            return found
        }
    }

    private func fetch(_ part: InventoryPlan.Part, notBefore: Date?) async -> Lookup? {
        guard let topic = part.topic else { return nil }
        return await cache.look(topic, at: part.vendor.name, notBefore: notBefore)
    }
}

extension InventoryReport {
    /// Puts together what the parts of a plan say.
    /// - Parameter lookups: what is known of each part's topic; nil where there is nothing to be known.
    init(_ plan: InventoryPlan, _ lookups: [Lookup?]) {
        var basis = ReadingBasis()
        var lines: [(vendorIndex: Int, line: InventoryLine)] = []
        var found = Array(repeating: VendorFinding(), count: plan.vendors.count)
        for (part, lookup) in zip(plan.parts, lookups) {
            func add(_ row: InventoryRow, asOf: Date?, isStale: Bool) {
                let line = InventoryLine(vendor: part.vendor.name, row: row, asOf: asOf, isStale: isStale)
                lines.append((part.vendorIndex, line))
            }
            found[part.vendorIndex].note(lookup?.known)
            guard let lookup else {
                let prices = part.vendor.lastPrices
                let seen = prices[part.offer.shape]
                basis.add(seen, from: prices, of: part.offer.shape)
                add(plan.row(of: part, seen), asOf: seen?.at, isStale: false)
                continue
            }
            basis.add(lookup)
            for row in plan.rows(of: part, lookup.known.value) {
                add(row, asOf: lookup.known.readAt, isStale: lookup.known.isStale)
            }
        }
        self.lines = lines.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            if one.vendorIndex != other.vendorIndex { return one.vendorIndex < other.vendorIndex }
            if let isBefore = one.line.row.isBefore(other.line.row) { return isBefore }
            return left.offset < right.offset
        }.map(\.element.line)
        vendors = zip(plan.vendors, found).map { vendor, finding in
            vendor.isEnabled
                ? VendorInventory(
                    vendor: vendor.name, state: finding.state, asOf: finding.asOf, error: finding.error)
                : VendorInventory(vendor: vendor.name, state: .error, asOf: nil, error: "disabled")
        }
        self.basis = basis
        isFetched = lookups.contains { $0?.isFetched ?? false }
    }
}

/// What was found out about a vendor, product by product.
private struct VendorFinding {
    var state = VendorInventory.State.notOffered
    var asOf: Date?
    var error: String?

    /// Notes what is known of one product; nil for one of which nothing has to be read.
    mutating func note(_ known: KnownReading?) {
        let found: VendorInventory.State =
            known.map { $0.value == nil ? .error : $0.isStale ? .stale : .fresh } ?? .fresh
        if found.badness > state.badness || error == nil { error = known?.failure?.reason ?? error }
        if found.badness > state.badness { state = found }
        if let readAt = known?.readAt { asOf = min(asOf ?? readAt, readAt) }
    }
}

extension VendorInventory.State {
    fileprivate var badness: Int {
        switch self {
        case .notOffered: 0
        case .fresh: 1
        case .stale: 2
        case .error: 3
        }
    }
}

extension InventoryRow {
    /// Whether this row is told before another one; nil when it does not matter.
    fileprivate func isBefore(_ other: InventoryRow) -> Bool? {
        if shape != other.shape {
            let order = ProductShape.allCases
            return (order.firstIndex(of: shape) ?? 0) < (order.firstIndex(of: other.shape) ?? 0)
        }
        return Self.isBefore(country?.alpha2, other.country?.alpha2) ?? Self.isBefore(city, other.city)
            ?? Self.isBefore(asn, other.asn) ?? Self.isBefore(mobileOperator, other.mobileOperator)
    }

    /// What was not told comes first.
    private static func isBefore<Value: Comparable>(_ one: Value?, _ other: Value?) -> Bool? {
        if one == other { return nil }
        guard let one, let other else { return one == nil }
        return one < other
    }
}
