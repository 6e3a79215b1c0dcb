import ExactJSON
import OrderedCollections
import Purchasing
import VendorHTTP

/// What `GET /isp/inventory` tells, as rows. A row stands for everything in the places that it names: one without a city
/// counts all cities of its country or network, so rows overlap and are never to be added up.
///
/// A part has the country, city and network of what encloses it. Quantities are never handed down: a total says nothing of
/// its parts. A price is, unless some part beside it states another one: then it is only the lowest, or an average.
struct HeloDataInventory {
    /// What enclosing objects say.
    private struct Context {
        var country = HeloDataStockNode.Told<Country>.nothing
        var city = HeloDataStockNode.Told<String>.nothing
        var asn = HeloDataStockNode.Told<Int>.nothing
        var price: Money?
    }

    private struct Spot: Hashable {
        let country: Country?
        let city: String?
        let asn: Int?
    }

    private struct Entry {
        var row: InventoryRow
        /// Whether it is only a name in a list.
        var isNameOnly: Bool
        /// Whether its country or network was not told but asked for.
        var isBorrowed: Bool
    }

    /// More rows than any vendor has networks and cities.
    private static let rowLimit = 20_000
    /// How many rows of one spot are tried to be put together.
    private static let mergeLimit = 16
    /// How many bytes of what was not understood are kept beside a row.
    private static let detailLimit = 4096

    private let query: StockQuery
    private let redaction: Redaction
    /// Whether the answer tells of other countries, or other networks, than was asked for; if not, all of it is about those.
    private let statesCountries: Bool
    private let statesNetworks: Bool
    private var entries: [Entry] = []
    private var places: [Spot: [Int]] = [:]

    /// The rows of an answer's pages, in the order in which the vendor tells them.
    /// - Throws: `VendorError.unreadable` when nothing of a page can be understood.
    static func rows(
        in pages: [JSON], for query: StockQuery, redaction: Redaction
    ) throws(VendorError) -> [InventoryRow] {
        let nodes = pages.map(HeloDataStockNode.page)
        guard nodes.allSatisfy(\.isUnderstood) else { throw .unreadable("inventory") }
        var inventory = HeloDataInventory(nodes, query, redaction)
        for node in nodes { try inventory.add(node, in: Context()) }
        return inventory.rows
    }

    private init(_ nodes: [HeloDataStockNode], _ query: StockQuery, _ redaction: Redaction) {
        self.query = query
        self.redaction = redaction
        statesCountries = nodes.contains { node in
            node.states { $0.country.isTold && ($0.country.value == nil || $0.country.value != query.country) }
        }
        statesNetworks = nodes.contains { node in
            node.states { $0.asn.isTold && ($0.asn.value == nil || $0.asn.value != query.asn) }
        }
    }

    // MARK: From objects to rows

    private mutating func add(_ node: HeloDataStockNode, in outer: Context) throws(VendorError) {
        var context = outer
        if node.country.isTold { context.country = node.country }
        if node.city.isTold { context.city = node.city }
        if node.asn.isTold { context.asn = node.asn }
        if node.price.isTold { context.price = node.price.value }
        if isRow(node, context) { try add(row(node, context), isNameOnly: node.isNameOnly, context) }
        if let price = context.price, !node.agrees(on: price) { context.price = nil }
        for part in node.parts { try add(part, in: context) }
    }

    /// Whether an object says something that its parts do not say.
    private func isRow(_ node: HeloDataStockNode, _ context: Context) -> Bool {
        if node.parts.isEmpty, !node.isEnvelope { return !node.isNameOnly || node.statesPlace }
        if node.isEnvelope, !node.statesPlace { return false }
        if !context.country.isTold, statesCountries { return false }
        return node.available != nil || node.price.isTold || node.rest != nil
    }

    /// A row; where it names a place that cannot be read, its quantity and price are not those of every place, so they are
    /// told as details only.
    private func row(_ node: HeloDataStockNode, _ context: Context) -> InventoryRow {
        var row = InventoryRow(
            .isp, country: context.country.value, city: context.city.value, asn: context.asn.value,
            available: node.available, price: context.price.map { UnitPrice($0, per: .ipMonth) },
            details: details(node.rest))
        if !context.country.isTold, !statesCountries { row.country = query.country }
        if !context.asn.isTold, !statesNetworks { row.asn = query.asn }
        if context.country == .unreadable || context.city == .unreadable || context.asn == .unreadable {
            row.available = nil
            row.price = nil
        }
        return row
    }

    /// What was not understood, without secrets, cut to what can be kept beside a row.
    private func details(_ rest: JSON?) -> JSON? {
        guard let rest else { return nil }
        guard case .object(let members) = redaction.details(rest) else { return redaction.details(rest) }
        var kept = OrderedDictionary<String, JSON>()
        var size = 0
        for (name, value) in members.prefix(Redaction.listLimit) {
            let length = name.utf8.count + value.text.utf8.count
            guard size + length <= Self.detailLimit else { continue }
            size += length
            kept[name] = value
        }
        return .object(kept)
    }

    // MARK: From rows to an inventory

    private mutating func add(_ row: InventoryRow, isNameOnly: Bool, _ context: Context) throws(VendorError) {
        guard isAsked(row, context) else { return }
        let isBorrowed = row.country != context.country.value || row.asn != context.asn.value
        let entry = Entry(row: row, isNameOnly: isNameOnly, isBorrowed: isBorrowed)
        let spot = Spot(country: row.country, city: row.city, asn: row.asn)
        for index in places[spot, default: []].suffix(Self.mergeLimit) {
            guard let merged = merged(entries[index], entry) else { continue }
            entries[index] = merged
            return
        }
        guard entries.count < Self.rowLimit else { throw .unreadable("too_many_rows") }
        places[spot, default: []].append(entries.count)
        entries.append(entry)
    }

    /// Whether a row is about what was asked for: the vendor filters by country and network, but might not.
    private func isAsked(_ row: InventoryRow, _ context: Context) -> Bool {
        if let country = query.country, let told = row.country, told != country { return false }
        guard let asn = query.asn else { return true }
        if let told = row.asn { return told == asn }
        // A sum over several networks says nothing of the one that was asked for; what was not understood is kept.
        let saysNothing = row.country == nil && row.city == nil && row.available == nil && row.price == nil
        return context.asn == .unreadable || saysNothing
    }

    /// Two rows of one spot as one; nil when they contradict each other. What was told there goes before what is there only
    /// because it was asked for. Without a country nothing shows that two rows are about the same.
    private func merged(_ first: Entry, _ second: Entry) -> Entry? {
        if first.row == second.row { return first }
        guard first.row.country != nil, Self.fit(first.row.available, second.row.available),
            Self.fit(first.row.price, second.row.price), Self.fit(first.row.details, second.row.details)
        else {
            guard first.row.country != nil, first.isBorrowed != second.isBorrowed else { return nil }
            return first.isBorrowed ? second : first
        }
        var merged = first
        merged.row.available = first.row.available ?? second.row.available
        merged.row.price = first.row.price ?? second.row.price
        merged.row.details = first.row.details ?? second.row.details
        merged.isNameOnly = first.isNameOnly && second.isNameOnly
        merged.isBorrowed = first.isBorrowed && second.isBorrowed
        return merged
    }

    private static func fit<Value: Equatable>(_ first: Value?, _ second: Value?) -> Bool {
        first == nil || second == nil || first == second
    }

    /// The rows, without names that a row with both city and network says too.
    private var rows: [InventoryRow] {
        var covered: Set<Spot> = []
        for row in entries.map(\.row) where row.city != nil && row.asn != nil {
            covered.insert(Spot(country: row.country, city: row.city, asn: nil))
            covered.insert(Spot(country: row.country, city: nil, asn: row.asn))
        }
        return entries.filter { entry in
            let spot = Spot(country: entry.row.country, city: entry.row.city, asn: entry.row.asn)
            return !entry.isNameOnly || !covered.contains(spot)
        }.map(\.row)
    }
}
