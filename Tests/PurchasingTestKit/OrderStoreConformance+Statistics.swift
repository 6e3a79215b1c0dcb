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
        Check("charges of actions are told apart, where they were sent and by what their orders say") { store in
            let (orders, actions) = try await fillActions(store)
            let berlin = try #require(TimeZone(identifier: "Asia/Kathmandu"))
            for groups in groupings {
                try await expectSums(store, orders, StatisticsQuery(by: groups), and: actions)
                try await expectSums(store, orders, StatisticsQuery(by: groups, in: berlin), and: actions)
            }
            for filter in queries + windows {
                try await expectSums(store, orders, StatisticsQuery(filter, by: [.day, .vendor]), and: actions)
                try await expectSums(store, orders, StatisticsQuery(filter, by: [.month, .status]), and: actions)
            }
            try await expectSums(store, orders, StatisticsQuery(by: [.vendor], withActions: false))
            let total = try await store.statistics(StatisticsQuery()).map(\.sums.actions).reduce(ActionSums(), +)
            #expect(total.spentActions > 0 && total.heldActions > 0 && total.unpricedActions > 0)
            #expect(total.unquotedActions > 0)
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
        and actions: [(action: Action, order: Order)] = [], at location: SourceLocation = #_sourceLocation
    ) async throws {
        let rows = try await store.statistics(query)
        #expect(
            Set(rows) == Set(query.rows(of: orders, actions)), "\(query)",
            sourceLocation: location)
        #expect(Set(rows).count == rows.count, sourceLocation: location)
    }

    /// Orders of several clients and products with an action each, days after the order, in every state and at every kind
    /// of price.
    private static func fillActions(_ store: any OrderStore) async throws -> (
        [Order], [(action: Action, order: Order)]
    ) {
        let absurd = Money.usd(micros: 1_000_000_000_000_000)
        let lives: [[ActionStep]] = [
            [.dispatched, .done], [.dispatched, .lost], [.dispatched, .lost, .done], [.dispatched, .notDone],
            [.dispatched], [.notDone], [],
        ]
        let totals: [Money?] = [.usd(micros: 1), nil, absurd, .usd(micros: 0), Money(Millionths(7), currency: "EUR")]
        let requests = [ActionTask.renew(.months(1)), .replace(ip: "ip_1"), .rotatePassword].map {
            ActionRequest($0)
        }
        var orders: [Order] = []
        var actions: [(action: Action, order: Order)] = []
        for index in 0..<105 {
            let createdAt = Date.example.addingTimeInterval(Double(index) * 20_000.001)
            var order = try await store.accepted(
                .example(client: ["acme", "zenith"][index % 2], createdAt: createdAt), dispatched: true)
            order = try await store.commit(order, taking: .boughtReady) { $0.total = .usd(micros: Int64(index)) }
            let asked = Action.example(on: order, request: requests[index % 3], createdAt: createdAt)
            let change = OrderChange.asking(for: asked, of: order)
            _ = try await store.accept(action: change)
            order = change.order
            var action = asked
            let sentAt = createdAt.addingTimeInterval(Double(index % 4) * 400_000)
            for step in lives[index % lives.count] {
                let next = try OrderChange.example(order, taking: step, of: action, at: sentAt) { action in
                    if step == .dispatched, index % 5 == 1 { action.quotedPrice = index % 2 == 0 ? nil : absurd }
                    if step == .done {
                        action.total = totals[index % totals.count]
                        action.totalSource = action.total.map { _ in .vendor }
                    }
                }
                _ = try await store.commit(next)
                (order, action) = (next.order, next.action ?? action)
            }
            orders.append(order)
            actions.append((action, order))
        }
        return (orders, actions)
    }
}
