import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let statistics = [
        Check("the sums are those of the orders, by everything they can be told apart by") { store in
            let orders = try await fillHistory(store)
            for groups in groupings {
                try await expectSums(store, orders, StatisticsQuery(by: groups))
            }
        },
        Check("the sums are those of the orders that match, under every filter") { store in
            let orders = try await fillHistory(store)
            for filter in queries {
                try await expectSums(store, orders, StatisticsQuery(filter, by: [.day, .vendor]))
                try await expectSums(store, orders, StatisticsQuery(filter, by: [.client, .status]))
            }
        },
        Check("days and months begin where the time zone says") { store in
            var orders: [Order] = []
            for hours in stride(from: 0, to: 24 * 40, by: 7) {
                let createdAt = Date.example.addingTimeInterval(Double(hours) * 3600 + Double(hours) * 61.001)
                var order = try await store.accepted(
                    .example(client: ["acme", "zenith"][hours % 2], createdAt: createdAt), dispatched: true)
                order = try await store.commit(order, taking: .boughtReady) { $0.total = .usd(micros: Int64(hours)) }
                orders.append(order)
            }
            for zone in ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"] {
                let timeZone = try #require(TimeZone(identifier: zone))
                for groups: [StatisticsQuery.Group] in [[.day], [.month, .vendor], [.day, .client]] {
                    for filter in windows {
                        try await expectSums(store, orders, StatisticsQuery(filter, by: groups, in: timeZone))
                    }
                }
            }
        },
        Check("a total that no money can be is counted, and never added up") { store in
            let absurd = Money.usd(micros: 1_000_000_000_000_000)
            var orders: [Order] = []
            for total in [absurd, .usd(micros: absurd.amount.count - 1), .usd(micros: .max), .usd(micros: .max), nil] {
                let order = try await store.accepted(.example(), dispatched: true)
                orders.append(try await store.commit(order, taking: .boughtReady) { $0.total = total })
            }
            try await expectSums(store, orders, StatisticsQuery())
            let rows = try await store.statistics(StatisticsQuery())
            #expect(rows.map(\.sums.unpricedOrders) == [4])
        },
        Check("each currency has sums of its own") { store in
            var orders: [Order] = []
            for currency in ["USD", "EUR", "EUR"] {
                let order = try await store.accepted(.example(), dispatched: true)
                orders.append(
                    try await store.commit(order, taking: .boughtReady) {
                        $0.total = Money(Millionths(1_000_001), currency: currency)
                    })
            }
            try await expectSums(store, orders, StatisticsQuery())
            #expect(try await store.statistics(StatisticsQuery()).count == 2)
        },
    ]

    private static let groupings: [[StatisticsQuery.Group]] = {
        let single: [StatisticsQuery.Group] = [
            .day, .month, .vendor, .product, .client, .country, .status, .metadata("team"), .metadata("nothing"),
        ]
        return [[]] + single.map { [$0] } + single.flatMap { first in single.map { [first, $0] } } + [single]
    }()

    private static let windows: [OrderQuery] = [
        OrderQuery(),
        asking { $0.createdAfter = .example.addingTimeInterval(86_400 * 3) },
        asking { $0.createdBefore = .example.addingTimeInterval(86_400 * 20 + 0.5) },
        asking {
            $0.createdAfter = .example.addingTimeInterval(100_000.001)
            $0.createdBefore = .example.addingTimeInterval(100_900)
        },
        asking {
            $0.createdAfter = .example.addingTimeInterval(86_400 * 3.3)
            $0.createdBefore = .example.addingTimeInterval(86_400 * 30.7)
            $0.vendors = ["helodata"]
        },
    ]

    private static func expectSums(
        _ store: any OrderStore, _ orders: [Order], _ query: StatisticsQuery,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let rows = try await store.statistics(query)
        #expect(
            Set(rows) == Set(query.rows(of: orders.filter(query.filter.matches))), "\(query)",
            sourceLocation: location)
        #expect(Set(rows).count == rows.count, sourceLocation: location)
    }
}
