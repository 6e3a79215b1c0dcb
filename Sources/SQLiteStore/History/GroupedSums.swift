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
    /// In the order in which they were met, which is almost the one in which they are told.
    private var met: [StatisticsRow] = []
    private var places: [Key: Int] = [:]
    /// The text of each day that was met.
    private var days: [Int64: String] = [:]
    /// Between these seconds the zone is as far from UTC.
    private var offset: (seconds: Range<Int64>, fromUTC: Int64) = (0..<0, 0)

    init(_ query: StatisticsQuery) {
        groups = query.groups
        zone = query.timeZone
        places.reserveCapacity(4096)
    }

    /// The rows that have an order or a charge in them.
    var rows: [StatisticsRow] { met.filter { !$0.sums.isEmpty } }

    /// Adds a row with a column for each group, the currency, and the sums in their order.
    /// - Parameter isOfActions: whether the sums are those of actions.
    mutating func add(_ row: Row, time: SumTable.Key, isOfActions: Bool) {
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
        var sums = OrderSums()
        if isOfActions {
            sums.actions = ActionSums(row, from: groups.count + 1)
        } else {
            sums = OrderSums(row, from: groups.count + 1)
        }
        if let place = places[key] {
            met[place].sums = met[place].sums + sums
        } else {
            places[key] = met.count
            met.append(StatisticsRow(keys: keys, currency: key.currency, sums: sums))
        }
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
        if !offset.seconds.contains(seconds) { offset = zone.stretch(from: seconds) }
        return offset.fromUTC
    }
}

extension TimeZone {
    /// How far from UTC the zone's clocks are at a second since 1970, and until which they stay so.
    func stretch(from seconds: Int64) -> (seconds: Range<Int64>, fromUTC: Int64) {
        let date = Date(timeIntervalSince1970: Double(seconds))
        let next = nextDaylightSavingTimeTransition(after: date)
        let end = next.map { Int64($0.timeIntervalSince1970) } ?? .max
        return (seconds..<max(end, seconds + 1), Int64(secondsFromGMT(for: date)))
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

extension ActionSums {
    /// Reads the sums from a row, in the order of `ActionSumTable.columns`.
    fileprivate init(_ row: Row, from first: Int) {
        self.init()
        spentActions = row[first]
        spent = Millionths(row[first + 1])
        unpricedActions = row[first + 2]
        heldActions = row[first + 3]
        held = Millionths(row[first + 4])
        unquotedActions = row[first + 5]
    }
}
