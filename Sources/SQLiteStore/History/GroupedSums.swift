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
    private let calendar: Calendar
    private var sums: [Key: OrderSums] = [:]
    /// The day of each instant that was met, so that the calendar is asked once.
    private var days: [Int64: String] = [:]

    init(_ query: StatisticsQuery) {
        groups = query.groups
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = query.timeZone
        self.calendar = calendar
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

    private mutating func day(_ number: Int64, _ time: SumTable.Key) -> String {
        if let day = days[number] { return day }
        let seconds = number * (time == .day ? 86_400 : 900)
        let parts = calendar.dateComponents(
            [.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
        let day = [parts.year ?? 0, parts.month ?? 0, parts.day ?? 0].map { number in
            number < 10 ? "0\(number)" : String(number)
        }.joined(separator: "-")
        days[number] = day
        return day
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
    }
}
