import Foundation
import GRDB
import Purchasing

/// Sums that are put together from several questions.
struct GroupedSums {
    private struct Key: Hashable {
        let keys: [String?]
        let currency: String
    }

    private let groups: [StatisticsQuery.Group]
    private let zone: TimeZone
    private var sums: [Key: OrderSums] = [:]
    /// The text of each day that was met.
    private var days: [Int64: String] = [:]
    /// Between these seconds the zone is as far from UTC.
    private var offset: (seconds: Range<Int64>, fromUTC: Int64) = (0..<0, 0)

    init(_ query: StatisticsQuery) {
        groups = query.groups
        zone = query.timeZone
    }

    /// The rows that have an order in them.
    var rows: [StatisticsRow] {
        sums.filter { $0.value.orders != 0 }.map { StatisticsRow(keys: $0.keys, currency: $0.currency, sums: $1) }
    }

    /// Adds a row with a column for each group, the currency, and the sums in their order.
    mutating func add(_ row: Row, time: SumTable.Key) {
        var keys: [String?] = []
        for (index, group) in groups.enumerated() {
            switch group {
            case .day: keys.append(day(row[index], time))
            case .month: keys.append(String(day(row[index], time).prefix(7)))
            case .vendor, .country: keys.append((row[index] as String).isEmpty ? nil : row[index])
            case .product, .client, .status, .metadata: keys.append(row[index])
            }
        }
        let key = Key(keys: keys, currency: row[groups.count])
        sums[key] = (sums[key] ?? OrderSums()) + OrderSums(row, from: groups.count + 1)
    }

    /// The date in the zone, from whole days or quarters of an hour since 1970.
    private mutating func day(_ number: Int64, _ time: SumTable.Key) -> String {
        let seconds = number * (time == .day ? 86_400 : 900)
        let local = time == .day ? seconds : seconds + fromUTC(seconds)
        let day = (local - (local % 86_400 + 86_400) % 86_400) / 86_400
        if let text = days[day] { return text }
        let text = String(Date(timeIntervalSince1970: Double(day * 86_400)).rfc3339.prefix(10))
        days[day] = text
        return text
    }

    /// The zone is asked once for all that lies between two changes of its clocks.
    private mutating func fromUTC(_ seconds: Int64) -> Int64 {
        if !offset.seconds.contains(seconds) {
            let date = Date(timeIntervalSince1970: Double(seconds))
            let next = zone.nextDaylightSavingTimeTransition(after: date)
            let end = next.map { Int64($0.timeIntervalSince1970) } ?? .max
            offset = (seconds..<max(end, seconds + 1), Int64(zone.secondsFromGMT(for: date)))
        }
        return offset.fromUTC
    }
}

extension OrderSums {
    /// Reads the sums from a row, in the order of `SumTable.columns`.
    fileprivate init(_ row: Row, from first: Int) {
        self.init()
        orders = row[first]
        spentOrders = row[first + 1]
        spent = Millionths(row[first + 2])
        unpricedOrders = row[first + 3]
        heldOrders = row[first + 4]
        held = Millionths(row[first + 5])
        unquotedOrders = row[first + 6]
        quantity = row[first + 7]
        gb = Millionths(row[first + 8])
        refunded = Millionths(row[first + 9])
    }
}
