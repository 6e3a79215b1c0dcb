import Foundation
import Purchasing
import PurchasingTestKit
import Testing

@testable import SQLiteStore

/// Which way leads does not change what a page shows.
@Suite struct HistoryLeadTests {
    private typealias Change = @Sendable (inout OrderQuery) -> Void

    /// Filters that are asked of the indexes of others where they do not lead.
    private static let lookedUp: [Change] = [
        { $0.clients = ["acme"] }, { $0.clients = ["acme", "zenith"] }, { $0.countries = Array(countries.prefix(1)) },
        { $0.countries = countries }, { $0.metadata = [.init(name: "team", value: "crawl")] },
        { $0.metadata = [.init(name: "team", value: "crawl"), .init(name: "again", value: "crawl")] },
        { $0.statuses = [.completed] }, { $0.search = "cra" }, { $0.search = "run 1" },
        // No order that is asked for has a total or an expiry, so that there is no way to go at all.
        {
            $0.statuses = [.failed]
            $0.minTotal = Millionths(1)
        },
        {
            $0.statuses = [.canceled, .pending]
            $0.expiresAfter = .example
        },
    ]
    private static let countries = ["US", "LI"].compactMap { Country($0) }

    @Test func `pairs of filters find what both let through, once`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                var orders: [Order] = []
                for number in 0..<60 {
                    var request = OrderRequest.example(product: .isp)
                    request.country = Self.countries[number % 2]
                    request.metadata = [
                        .init(name: "again", value: number % 3 == 0 ? "craft" : "crawl"),
                        .init(name: "run", value: "run \(number % 12)"),
                        .init(name: "team", value: number % 5 == 0 ? "craft" : "crawl"),
                    ]
                    // Three orders of each instant, so that the id has to decide.
                    let createdAt = Date.example.addingTimeInterval(Double(number / 3))
                    let client = number % 4 == 0 ? "zenith" : "acme"
                    let order = Order.example(client: client, request: request, createdAt: createdAt)
                    let change = OrderChange.accepting(order)
                    _ = try await store.accept(change)
                    orders.append(change.order)
                }
                for first in Self.lookedUp {
                    for second in Self.lookedUp {
                        var query = OrderQuery()
                        first(&query)
                        second(&query)
                        query.limit = 4
                        var ids: [OrderID] = []
                        var hasMore = true
                        while hasMore {
                            let page = try await store.orders(query)
                            ids += page.orders.map(\.id)
                            hasMore = page.hasMore
                            query.before = page.orders.last?.id
                        }
                        #expect(ids == orders.filter(query.matches).reversed().map(\.id), "\(query)")
                    }
                }
            }
        }
    }

    @Test func `of two filters that leave many, the one leads on whose way orders stand further apart`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in 0..<20 {
                        group.addTask {
                            for number in 0..<110 {
                                var request = OrderRequest.example(product: .isp)
                                request.country = Self.countries[number % 2]
                                let createdAt = Date.example.addingTimeInterval(Double(number * 20 + writer))
                                let order = Order.example(client: "acme", request: request, createdAt: createdAt)
                                _ = try await store.accept(.accepting(order))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                var query = OrderQuery()
                query.clients = ["acme"]
                query.countries = [Self.countries[1]]
                let start = HistoryPlace(createdAt: .max, id: "")
                let bounds = HistoryBounds(oldest: .min, start: start, limit: 51, lastRow: nil)
                let statements = try store.read { db in try HistoryPlan(query, bounds).statements(db) }
                #expect(statements.count == 1)
                #expect(statements.first?.sql.contains("o INDEXED BY order_by_country") == true)
                #expect(statements.first?.sql.contains("other INDEXED BY order_by_client") == true)
            }
        }
    }
}
