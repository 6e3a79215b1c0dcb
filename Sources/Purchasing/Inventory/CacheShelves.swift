import Foundation
import Synchronization

/// The entries of the cache, spread over shelves with a lock each.
final class CacheShelves: Sendable {
    private final class Shelf: Sendable {
        let entries = Mutex<[ReadingKey: CacheEntry]>([:])
    }

    /// The stock of one product at one vendor.
    private struct StockGroup: Hashable {
        let vendor: String
        let shape: ProductShape
    }

    private let shelves = (0..<16).map { _ in Shelf() }
    /// Which stock is there by country, nil for queries that are not narrowed to one: a purchase finds what it has touched
    /// without looking at everything. Taken only within a shelf's lock or alone.
    private let stock = Mutex<[StockGroup: [Country?: Set<ReadingKey>]]>([:])
    private let total = Atomic(0)

    /// How many entries there are.
    var count: Int { total.load(ordering: .relaxed) }

    /// Every entry.
    var all: [CacheEntry] { shelves.flatMap { shelf in shelf.entries.withLock { Array($0.values) } } }

    /// The entry of a key.
    subscript(key: ReadingKey) -> CacheEntry? { shelf(key).entries.withLock { $0[key] } }

    /// The entry of a key, and whether it was made for this.
    func entry(_ key: ReadingKey, orAdd make: () -> CacheEntry) -> (CacheEntry, isNew: Bool) {
        shelf(key).entries.withLock { entries in
            if let entry = entries[key] { return (entry, false) }
            let entry = make()
            entries[key] = entry
            total.add(1, ordering: .relaxed)
            if case .stock(let query) = key.topic {
                _ = stock.withLock { $0[group(of: key, query), default: [:]][query.country, default: []].insert(key) }
            }
            return (entry, true)
        }
    }

    /// Takes an entry out; false when another one stands in its place, or none.
    @discardableResult
    func remove(_ entry: CacheEntry) -> Bool {
        let key = entry.key
        return shelf(key).entries.withLock { entries in
            guard entries[key] === entry else { return false }
            entries[key] = nil
            total.subtract(1, ordering: .relaxed)
            if case .stock(let query) = key.topic {
                let group = group(of: key, query)
                stock.withLock { stock in
                    _ = stock[group]?[query.country]?.remove(key)
                    if stock[group]?[query.country]?.isEmpty == true { stock[group]?[query.country] = nil }
                }
            }
            return true
        }
    }

    /// The stock that could have shown what an order took from a vendor.
    func stock(touchedBy request: OrderRequest, at vendor: String) -> [ReadingKey] {
        stock.withLock { stock in
            guard let byCountry = stock[StockGroup(vendor: vendor, shape: request.shape)] else { return [] }
            let countries = request.country.map { [nil, $0] } ?? Array(byCountry.keys)
            return countries.flatMap { byCountry[$0] ?? [] }.filter { key in
                guard case .stock(let query) = key.topic else { return false }
                return query.asn == nil || request.asn == nil || query.asn == request.asn
            }
        }
    }

    private func shelf(_ key: ReadingKey) -> Shelf {
        shelves[Int(UInt(bitPattern: key.hashValue) % UInt(shelves.count))]
    }

    private func group(of key: ReadingKey, _ query: StockQuery) -> StockGroup {
        StockGroup(vendor: key.vendor, shape: query.shape)
    }
}
