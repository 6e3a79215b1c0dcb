import GRDB
import Purchasing

/// Which indexes a page of history is read from.
///
/// A filter that names values is a way through an index in the order of history; one that leaves the vendor, product or
/// status open is answered by one short way for each combination of their values. Of several filters the one that leaves
/// the fewest orders leads, and the others are asked of the orders on its way; an index for each combination of filters
/// would cost every write more. A range that stands in no order of age (totals, expiries) leads when it is short, and is
/// then read whole.
struct HistoryPlan {
    /// Ways with more orders than this are not told apart by their number.
    static let manyOrders = 1000
    /// A range of more orders than this is never read whole.
    static let longRange = 5000
    /// With more values than this, labels are a range.
    static let manyValues = 40
    /// Of so many ways, and no more, it is looked how close the orders stand on them.
    private static let fewWays = 16

    private struct Lead {
        let paths: [HistoryPath]
        let covers: Set<HistoryFilter>
    }

    private let query: OrderQuery
    private let bounds: HistoryBounds

    init(_ query: OrderQuery, _ bounds: HistoryBounds) {
        self.query = query
        self.bounds = bounds
    }

    /// The questions whose answers, put together, have the page in them.
    func statements(_ db: Database) throws -> [HistoryStatement] {
        if let lead = try exact(db) { return walks(lead) }
        let leads = try [labels, kinds(db), countries].compactMap(\.self)
        // A total or an expiry is asked of orders that were not sold.
        if leads.contains(where: \.paths.isEmpty) { return [] }
        guard leads.count + ranges.count > 1 || !ranges.isEmpty else {
            return walks(leads.first ?? Lead(paths: [.everything], covers: []))
        }
        var best = Lead(paths: [.everything], covers: [])
        var fewest = leads.isEmpty ? Int.max : Self.manyOrders + 1
        for lead in try byLength(leads, db) {
            let count = try count(lead, atMost: Self.manyOrders, db)
            if count < fewest { (best, fewest) = (lead, count) }
        }
        for range in ranges {
            let count = try range.count(atMost: Self.longRange + 1, db)
            guard count <= Self.longRange, count < fewest || fewest >= Self.manyOrders else { continue }
            return [range.walk(bounds, conditions(except: [range.filter]))]
        }
        return walks(best)
    }

    /// Those first on which the shortest way goes to a page: few ways, since each is walked for a whole page, on which the
    /// orders stand far apart, since they are then most of those that are looked for.
    private func byLength(_ leads: [Lead], _ db: Database) throws -> [Lead] {
        let few = leads.filter { $0.paths.count <= Self.fewWays }
        guard few.count > 1 else { return leads.sorted { $0.paths.count < $1.paths.count } }
        let lengths = try few.map { lead in
            let sample = HistoryBounds(
                oldest: bounds.oldest, start: bounds.start, limit: max(10, 200 / lead.paths.count), lastRow: nil)
            let density = try lead.paths.map { try $0.walk(sample, []).density(db) }.reduce(0, +)
            return (lead, density * Double(lead.paths.count))
        }
        return lengths.sorted { $0.1 < $1.1 }.map(\.0) + leads.filter { $0.paths.count > Self.fewWays }
    }

    private func walks(_ lead: Lead) -> [HistoryStatement] {
        let others = HistoryFilter.allCases.filter { !lead.covers.contains($0) && $0.condition(of: query) != nil }
        return lead.paths.map { path in
            let table = path.table
            let lookUps = others.compactMap { $0.lookUp(of: query, createdAt: table.createdAt, id: table.id) }
            // Where an order has to be read for one of them, it tells all.
            let isToBeRead = lookUps.count < others.count
            return path.walk(bounds, isToBeRead ? others.compactMap { $0.condition(of: query) } : lookUps)
        }
    }

    private func conditions(except covered: Set<HistoryFilter>) -> [HistoryCondition] {
        HistoryFilter.allCases.filter { !covered.contains($0) }.compactMap { $0.condition(of: query) }
    }

    private func count(_ lead: Lead, atMost limit: Int, _ db: Database) throws -> Int {
        var count = 0
        for path in lead.paths where count < limit { count += try path.count(atMost: limit - count, db) }
        return count
    }

    private var ranges: [HistoryRange] { [HistoryRange.total(query), .expiry(query)].compactMap(\.self) }

    // MARK: Leads

    /// Filters that name one order, or hardly more.
    private func exact(_ db: Database) throws -> Lead? {
        if let key = query.idempotencyKey { return Lead(paths: [.key(key)], covers: [.key]) }
        if let id = query.vendorOrderID {
            return Lead(
                paths: try vendors(db).map { .vendorOrder(vendor: $0, id: id) }, covers: [.vendorOrder, .vendors])
        }
        if let id = query.batchID {
            return Lead(paths: try vendors(db).map { .batch(vendor: $0, id: id) }, covers: [.batch, .vendors])
        }
        guard let text = query.search, let labels = try labels(beginning: text, db) else { return nil }
        let ofVendors = try vendors(db).flatMap { vendor -> [HistoryPath] in
            [.vendorOrder(vendor: vendor, id: text), .batch(vendor: vendor, id: text)]
        }
        return Lead(paths: [.order(text), .key(text)] + labels + ofVendors, covers: [.search])
    }

    /// The ways to the orders with a label whose value begins with a text: one for each value, else one that is read whole;
    /// nil when that would be long.
    private func labels(beginning text: String, _ db: Database) throws -> [HistoryPath]? {
        let values = try String.fetchAll(
            db.cachedStatement(sql: Self.labelValues), arguments: [text, text, text, Self.manyValues + 1])
        if values.count <= Self.manyValues { return values.map(HistoryPath.anyLabel) }
        let prefix = HistoryPath.labelPrefix(text)
        return try prefix.count(atMost: Self.longRange + 1, db) <= Self.longRange ? [prefix] : nil
    }

    /// One look-up for each value that begins with a text.
    static let labelValues = """
        WITH RECURSIVE found (value) AS (
            SELECT min(value) FROM order_metadata INDEXED BY order_metadata_by_value
            WHERE value >= ? AND value < ? || char(0x10FFFF)
            UNION ALL
            SELECT (SELECT min(value) FROM order_metadata INDEXED BY order_metadata_by_value
                WHERE value > found.value AND value < ? || char(0x10FFFF))
            FROM found WHERE found.value IS NOT NULL)
        SELECT value FROM found WHERE value IS NOT NULL LIMIT ?
        """

    private var labels: Lead? {
        guard let label = query.metadata.first else { return nil }
        return Lead(paths: [.label(label)], covers: query.metadata.count == 1 ? [.metadata] : [])
    }

    private var countries: Lead? {
        if query.countries.isEmpty { return nil }
        return Lead(paths: unique(query.countries).map(HistoryPath.country), covers: [.countries])
    }

    private func kinds(_ db: Database) throws -> Lead? {
        let clients = unique(query.clients)
        if query.statuses.isEmpty, query.products.isEmpty, query.vendors.isEmpty {
            return clients.isEmpty ? nil : Lead(paths: clients.map(HistoryPath.client), covers: [.clients])
        }
        let products = query.products.isEmpty ? Product.allCases : unique(query.products)
        var statuses = query.statuses.isEmpty ? OrderStatus.allCases : unique(query.statuses)
        // Only what was sold has a total or goods: a way of anything else would be walked to its end for nothing.
        if !ranges.isEmpty { statuses.removeAll { $0.moneyState != .spent } }
        let kinds = try vendors(db).flatMap { vendor in
            products.flatMap { product in statuses.map { (vendor, product, $0) } }
        }
        let paths =
            clients.isEmpty
            ? kinds.map { HistoryPath.kind(vendor: $0.0, product: $0.1, status: $0.2) }
            : clients.flatMap { client in
                kinds.map { .clientAndKind(client: client, vendor: $0.0, product: $0.1, status: $0.2) }
            }
        return Lead(paths: paths, covers: [.clients, .vendors, .products, .statuses])
    }

    /// The vendors that are asked for; else every vendor that has an order, and null for the orders that have none yet.
    private func vendors(_ db: Database) throws -> [DatabaseValue] {
        if !query.vendors.isEmpty { return unique(query.vendors).map(\.databaseValue) }
        return try DatabaseValue.fetchAll(db.cachedStatement(sql: Self.knownVendors))
    }

    /// One look-up for each vendor.
    static let knownVendors = """
        WITH RECURSIVE known (vendor) AS (
            SELECT min(vendor) FROM purchase_order
            UNION ALL
            SELECT (SELECT min(vendor) FROM purchase_order WHERE vendor > known.vendor)
            FROM known WHERE known.vendor IS NOT NULL)
        SELECT vendor FROM known
        """

    private func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }
}
