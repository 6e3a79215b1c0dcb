import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let history = [
        Check("history comes newest first, and a walk meets each order once under every filter") { store in
            let orders = try await fill(store)
            for query in queries {
                let walked = try await walk(store, query)
                let expected = orders.filter(query.matches).reversed().map(\.id)
                #expect(walked == Array(expected), "\(query)")
            }
        },
        Check("a page says whether older orders follow") { store in
            let orders = try await fill(store)
            var query = OrderQuery()
            query.limit = orders.count
            #expect(try await store.orders(query).hasMore == false)
            query.limit = orders.count - 1
            let page = try await store.orders(query)
            #expect(page.hasMore)
            #expect(page.orders == Array(orders.reversed().prefix(orders.count - 1)))
        },
        Check("orders that arrive during a walk do not disturb it") { store in
            let orders = try await fill(store)
            var query = OrderQuery()
            query.limit = 10
            let first = try await store.orders(query).orders
            _ = try await store.accepted(.example(createdAt: .example.addingTimeInterval(86_400)))
            query.before = first.last?.id
            query.limit = 200
            let rest = try await store.orders(query).orders
            #expect((first + rest).map(\.id) == orders.reversed().map(\.id))
        },
        Check("nothing is older than an order that is not there") { store in
            _ = try await fill(store)
            var query = OrderQuery()
            query.before = IdentifierSource.examples.next(.order)
            let page = try await store.orders(query)
            #expect(page.orders.isEmpty)
            #expect(!page.hasMore)
        },
    ]

    /// Stores orders of every product, at several vendors, of several clients, in several states; gives them oldest first.
    private static func fill(_ store: any OrderStore) async throws -> [Order] {
        let lives: [[OrderStep]] = [
            [], [.withdrawn], [.dispatched], [.dispatched, .lost], [.dispatched, .bought],
            [.dispatched, .boughtReady], [.dispatched, .notBought],
        ]
        var orders: [Order] = []
        for index in 0..<70 {
            // Three orders of each instant, so that the id has to decide.
            let createdAt = Date.example.addingTimeInterval(Double(index / 3))
            var order = try await store.accepted(
                .example(
                    client: ["acme", "zenith"][index % 2], idempotencyKey: index % 5 == 0 ? nil : "k\(index)",
                    request: .example(product: Product.allCases[index % Product.allCases.count]),
                    createdAt: createdAt))
            for step in lives[index % lives.count] {
                let vendor = ["helodata", "legacy", "third"][index % 3]
                order = try await store.commit(order, taking: step, vendor: vendor) { order in
                    guard order.moneyState == .spent else { return }
                    order.expiresAt = .example.addingTimeInterval(Double(index % 9) * 86_400)
                }
            }
            orders.append(order)
        }
        return orders
    }

    private static func walk(_ store: any OrderStore, _ query: OrderQuery) async throws -> [OrderID] {
        var query = query
        query.limit = 4
        var ids: [OrderID] = []
        while true {
            let page = try await store.orders(query)
            ids += page.orders.map(\.id)
            guard page.hasMore, let last = page.orders.last else { return ids }
            query.before = last.id
        }
    }

    /// Every subset of six filters.
    private static let queries: [OrderQuery] = (0..<64).map { subset in
        var query = OrderQuery()
        if subset & 1 != 0 { query.statuses = [.completed, .failed, .pending, .completed] }
        if subset & 2 != 0 { query.products = [.isp, .residential, .ipv6] }
        if subset & 4 != 0 { query.vendors = ["legacy", "third", "nobody"] }
        if subset & 8 != 0 { query.clients = ["acme"] }
        if subset & 16 != 0 {
            query.createdAfter = .example.addingTimeInterval(3)
            query.createdBefore = .example.addingTimeInterval(17.0005)
        }
        if subset & 32 != 0 {
            query.expiresAfter = .example.addingTimeInterval(86_400)
            query.expiresBefore = .example.addingTimeInterval(6 * 86_400)
        }
        return query
    }
}
