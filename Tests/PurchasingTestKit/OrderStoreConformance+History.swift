import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let history = [
        Check("history comes newest first, and a walk meets each order once under every filter") { store in
            let orders = try await fillHistory(store)
            for query in queries {
                let walked = try await walk(store, query)
                let expected = orders.filter(query.matches).reversed().map(\.id)
                #expect(walked == Array(expected), "\(query)")
            }
        },
        Check("a page says whether older orders follow") { store in
            let orders = try await fillHistory(store)
            var query = OrderQuery()
            query.limit = orders.count
            #expect(try await store.orders(query).hasMore == false)
            query.limit = orders.count - 1
            let page = try await store.orders(query)
            #expect(page.hasMore)
            #expect(page.orders == Array(orders.reversed().prefix(orders.count - 1)))
        },
        Check("orders that arrive during a walk do not disturb it") { store in
            let orders = try await fillHistory(store)
            var query = OrderQuery()
            query.limit = 10
            let first = try await store.orders(query).orders
            _ = try await store.accepted(.example(createdAt: .example.addingTimeInterval(86_400)))
            query.before = first.last?.id
            query.limit = 200
            let rest = try await store.orders(query).orders
            #expect((first + rest).map(\.id) == orders.reversed().map(\.id))
        },
        Check("the id of an order finds it") { store in
            let orders = try await fillHistory(store)
            var query = OrderQuery()
            query.search = orders[11].id.text
            #expect(try await walk(store, query) == [orders[11].id])
        },
        Check("a view has every order that matched, once, as it was, whatever happens while it is read") { store in
            let orders = try await fillHistory(store)
            for var query in [OrderQuery()] + queries {
                query.before = nil
                let view = try await store.view(of: query)
                let expected = orders.filter(query.matches).reversed().map(\.self)
                #expect(try await rest(of: view) == Array(expected), "\(query)")
            }
            let pending = asking { $0.statuses = [.pending, .unknown] }
            let views = [try await store.view(of: OrderQuery()), try await store.view(of: pending)]
            let later = try await store.accepted(.example(createdAt: orders[20].createdAt))
            for order in orders where order.status == .pending || order.status == .unknown {
                try await store.commit(order, taking: order.status == .pending ? .withdrawn : .notBought)
            }
            try await store.commit(later, taking: .withdrawn)
            #expect(try await rest(of: views[0]) == orders.reversed())
            #expect(try await rest(of: views[1]) == orders.filter(pending.matches).reversed())
        },
        Check("a view that is half read is not disturbed either") { store in
            let orders = try await fillHistory(store)
            let view = try await store.view(of: OrderQuery())
            var seen = try await view.next() ?? []
            for order in orders where order.status == .pending { try await store.commit(order, taking: .withdrawn) }
            seen += try await rest(of: view)
            #expect(seen == orders.reversed())
        },
        Check("a view can begin where another broke off") { store in
            let orders = try await fillHistory(store)
            let query = asking { $0.before = orders[30].id }
            #expect(try await rest(of: store.view(of: query)) == orders.prefix(30).reversed())
            let stranger = asking { $0.before = IdentifierSource.examples.next(.order) }
            #expect(try await rest(of: store.view(of: stranger)).isEmpty)
        },
        Check("nothing is older than an order that is not there") { store in
            _ = try await fillHistory(store)
            var query = OrderQuery()
            query.before = IdentifierSource.examples.next(.order)
            let page = try await store.orders(query)
            #expect(page.orders.isEmpty)
            #expect(!page.hasMore)
        },
    ]

    /// Stores orders of every product, at several vendors, of several clients, in several states; gives them oldest first.
    static func fillHistory(_ store: any OrderStore) async throws -> [Order] {
        let lives: [[OrderStep]] = [
            [], [.withdrawn], [.dispatched], [.dispatched, .lost], [.dispatched, .bought],
            [.dispatched, .boughtReady], [.dispatched, .notBought],
        ]
        var orders: [Order] = []
        for index in 0..<70 {
            // Three orders of each instant, so that the id has to decide.
            let createdAt = Date.example.addingTimeInterval(Double(index / 3))
            var request = OrderRequest.example(product: Product.allCases[index % Product.allCases.count])
            if request.country != nil { request.country = Country(["US", "DE", "LI"][index % 4 % 3]) }
            request.metadata = index % 6 == 0 ? [] : labels(index)
            var order = try await store.accepted(
                .example(
                    client: ["acme", "zenith"][index % 2], idempotencyKey: index % 5 == 0 ? nil : "k\(index)",
                    request: request, createdAt: createdAt))
            for step in lives[index % lives.count] {
                let vendor = ["helodata", "legacy", "third"][index % 3]
                order = try await store.commit(order, taking: step, vendor: vendor) { order in
                    guard order.moneyState == .spent else { return }
                    order.expiresAt = .example.addingTimeInterval(Double(index % 9) * 86_400)
                    order.total = index % 8 == 0 ? nil : .usd(micros: Int64(index % 5) * 1_500_000)
                    order.totalSource = order.total == nil ? nil : .vendor
                    order.vendorOrderID = "goods\(index)"
                    order.batchID = index % 2 == 0 ? "batch\(index)" : nil
                }
            }
            orders.append(order)
        }
        return orders
    }

    private static func rest(of view: any OrderView) async throws -> [Order] {
        var orders: [Order] = []
        while let piece = try await view.next() { orders += piece }
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

    private static func labels(_ index: Int) -> [OrderRequest.Label] {
        [
            .init(name: "näme\" '", value: index % 7 == 0 ? "" : "run \(index % 2)"),
            .init(name: "team", value: ["crawl", "craft", "100%_*"][index % 3]),
        ]
    }

    /// Every subset of six filters, and every other filter alone, with one more, and with everything.
    static let queries: [OrderQuery] =
        (0..<64).map(subset) + narrow + narrow.flatMap { query in [2, 8, 16, 32, 63].map { subset($0, of: query) } }

    private static func subset(_ subset: Int) -> OrderQuery { self.subset(subset, of: OrderQuery()) }

    private static func subset(_ subset: Int, of query: OrderQuery) -> OrderQuery {
        var query = query
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

    private static let narrow: [OrderQuery] =
        [
            asking { $0.countries = [Country("US"), Country("LI")].compactMap(\.self) },
            asking { $0.metadata = [.init(name: "team", value: "crawl")] },
            asking { $0.metadata = [.init(name: "team", value: "crawl"), .init(name: "näme\" '", value: "run 1")] },
            asking { $0.metadata = [.init(name: "team", value: "Crawl")] },
            asking { $0.metadata = [.init(name: "näme\" '", value: "")] },
            asking { $0.idempotencyKey = "k7" },
            asking { $0.vendorOrderID = "goods25" },
            asking { $0.batchID = "batch12" },
            asking { $0.minTotal = Millionths(3_000_000) },
            asking { $0.maxTotal = Millionths(1_500_000) },
            asking {
                $0.minTotal = Millionths(1_500_001)
                $0.maxTotal = Millionths(4_500_000)
            },
        ]
        + ["cra", "100%", "100%_*x", "k8", "goods4", "batch4", "run", "ru_", "nothing"].map { text in
            asking { $0.search = text }
        }

    static func asking(_ change: (inout OrderQuery) -> Void) -> OrderQuery {
        var query = OrderQuery()
        change(&query)
        return query
    }
}
